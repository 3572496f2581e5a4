/**
 * `firn archive all` as the program runs it, telling when how many rows had left. Prints a line at its first transaction and JSON in
 * the end: `at` (ms since 1970) and `rows` done by then.
 * Usage: archive-watched.ts DATABASE ARCHIVES
 */
import { loadConfig } from '../../src/config/load.ts';
import { runArchive } from '../../src/lifecycle/archive/archive-run.ts';
import { openWriting } from '../../src/stores/open-sessions.ts';
import { systemClock } from '../../src/stores/system-clock.ts';

const [dbPath, archivePath] = process.argv.slice(2) as [string, string];
const config = loadConfig({ flags: { dbPath, archivePath }, env: {}, cwd: '/', readFile: () => null });
const told = { at: [] as number[], rows: [] as number[] };
{
  await using opened = await openWriting(config, systemClock, 'archive');
  const { store, archive, clock, policies } = opened;
  const copier = await opened.startCopier();
  await runArchive({ store, archive, copier, clock }, policies, 'all', {
    onProgress: ({ rows }) => {
      if (told.at.length === 0) console.log('draining');
      told.at.push(performance.timeOrigin + performance.now());
      told.rows.push(rows);
    },
  });
}
console.log(JSON.stringify(told));
