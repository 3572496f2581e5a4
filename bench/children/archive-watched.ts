/**
 * `firn archive all` as the program runs it, telling when how many rows had left. Prints a line at its first transaction and JSON in
 * the end: `at` (ms since 1970) and `rows` done by then.
 * Of each write transaction: when it ended, and how long the lock was held and waited for. Ends early when there is a stop file.
 * Usage: archive-watched.ts DATABASE ARCHIVES [STOP_FILE]
 */
import { existsSync } from 'node:fs';
import { loadConfig } from '../../src/config/load.ts';
import { lockHolds } from '../../src/hot/sqlite/connection/lock-turns.ts';
import { runArchive } from '../../src/lifecycle/archive/archive-run.ts';
import { openWriting } from '../../src/stores/open-sessions.ts';
import { systemClock } from '../../src/stores/system-clock.ts';

const [dbPath, archivePath, stopFile] = process.argv.slice(2) as [string, string, string?];
const config = loadConfig({ flags: { dbPath, archivePath }, env: {}, cwd: '/', readFile: () => null });
const told = {
  at: [] as number[],
  rows: [] as number[],
  heldMs: [] as number[],
  waitedMs: [] as number[],
  heldAt: [] as number[],
};
lockHolds.subscribe((message) => {
  const { heldMs, waitedMs } = message as { heldMs: number; waitedMs: number };
  told.heldMs.push(heldMs);
  told.waitedMs.push(waitedMs);
  told.heldAt.push(performance.timeOrigin + performance.now());
});
{
  await using opened = await openWriting(config, systemClock, 'archive');
  const { store, archive, clock, policies } = opened;
  const copier = await opened.startCopier();
  await runArchive({ store, archive, copier, clock }, policies, 'all', {
    stop: () => (stopFile !== undefined && existsSync(stopFile) ? 'stopped' : null),
    onProgress: ({ rows }) => {
      if (told.at.length === 0) console.log('draining');
      told.at.push(performance.timeOrigin + performance.now());
      told.rows.push(rows);
    },
  });
}
console.log(JSON.stringify(told));
