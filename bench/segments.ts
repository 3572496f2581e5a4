import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { type Benchmark, count, type Figure, seconds } from './benchmark.ts';
import { promise, speedup } from './figures.ts';
import { bareFirn } from './firn-process.ts';
import { FOLDER } from './fixtures.ts';
import { timed } from './measured.ts';
import { inRounds } from './rounds.ts';

/** Ten years of six tables; of a small benchmark, less. */
const SEGMENTS = 22_000;
const ROWS_A_SEGMENT = 80;
const MAKE_SEGMENTS = fileURLToPath(new URL('./children/make-segments.ts', import.meta.url));
const SEARCH_MS = 500;
const OTHERS_MS = 1_000;

/** Commands that look at every segment, over archives with very many small ones. */
export const segments: Benchmark = {
  name: 'segments',
  about:
    'a search by key, firn status, firn retention status, firn archive all with nothing to archive and firn verify over 22,000 small segments (ten years of six tables), as files of a day and in bundles; the search also without the index of lookup keys',
  sizedBy: 'searchRows',
  async run({ searchRows, runs, say }): Promise<Figure[]> {
    const many = Math.min(SEGMENTS, Math.ceil(searchRows / ROWS_A_SEGMENT));
    const figures: Figure[] = [];
    for (const tier of ['warm', 'cold'] as const) {
      const folder = archiveOf(tier, many);
      const config = ['--config', join(folder, 'firn.config.yaml')];
      const run = (...words: string[]) => timed(bareFirn(...words, '--json', ...config));
      const key = ['search', '--where', `run_id=${someRun(folder, many)}`, '--count'];
      rmSync(join(folder, 'archives', 'lookup.index'), { force: true });
      const without = await inRounds(runs, { search: () => run(...key) });
      // Writes the index.
      await run('archive', 'all');
      const rounds = await inRounds(runs, {
        search: () => run(...key),
        status: () => run('status'),
        retention: () => run('retention', 'status'),
        archive: () => run('archive', 'all'),
        verify: () => run('verify'),
      });
      const ms = (of: readonly { readonly ms: number }[]): number[] => of.map((one) => one.ms);
      for (const [name, all] of Object.entries(rounds))
        say(`${tier}, ${name}: ${ms(all).map(seconds).join(', ')}`);
      const on = `${count(many)} segments ${tier === 'warm' ? 'as files' : 'in bundles'}`;
      figures.push(
        promise(`search by key, ${on}`, ms(rounds.search), SEARCH_MS, seconds),
        speedup(
          `without / with the index, ${on}`,
          { firn: ms(rounds.search), yardstick: ms(without.search) },
          seconds,
          { atLeast: 2 },
        ),
        promise(`status, ${on}`, ms(rounds.status), OTHERS_MS, seconds),
        promise(`retention status, ${on}`, ms(rounds.retention), OTHERS_MS, seconds),
        promise(`archive of nothing, ${on}`, ms(rounds.archive), OTHERS_MS, seconds),
        promise(`verify, ${on}`, ms(rounds.verify), OTHERS_MS, seconds),
      );
    }
    return figures;
  },
};

/** A folder with a database and its archive, made once a day: nothing in it is due. */
function archiveOf(tier: 'warm' | 'cold', many: number): string {
  mkdirSync(FOLDER, { recursive: true });
  const folder = join(FOLDER, `segments-${tier}-${many}-${Math.floor(Date.now() / 86_400_000)}.db`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.unfinished-${process.pid}`;
  mkdirSync(unfinished);
  const made = spawnSync(process.execPath, [MAKE_SEGMENTS, unfinished, String(many), tier], {
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(`the archive was not made:\n${made.stderr}`);
  renameSync(unfinished, folder);
  return folder;
}

/** A key of one row, in the middle of the years. */
function someRun(folder: string, many: number): string {
  using db = new DatabaseSync(join(folder, 'bench.db'), { readOnly: true });
  const { table, day } = db
    .prepare('SELECT "table", day FROM _firn_receipts ORDER BY day, "table" LIMIT 1 OFFSET ?')
    .get(many >> 1) as { table: string; day: string };
  return `run-${table}-${day}-3`;
}
