import {
  type Benchmark,
  type BenchOptions,
  type Figure,
  megabytes,
  rowsPerSecond,
  seconds,
} from './benchmark.ts';
import { ratio, speedup } from './figures.ts';
import { archiveAll } from './firn-process.ts';
import { toolUses, type Workspace, workspace } from './fixtures.ts';
import type { Measured } from './measured.ts';
import { inRounds } from './rounds.ts';
import { sameWork, yardstick } from './yardsticks.ts';

/** Firn end to end against the bare DELETE of the same rows, and against the loop one writes first. */
export const archive: Benchmark = {
  name: 'archive',
  about: 'firn archive all, as a process, on tool uses with ten indexes, WAL; no other writer',
  async run(options): Promise<Figure[]> {
    const source = toolUses(options.rows);
    const rounds = await inRounds(options.runs, {
      bare: () => onCopy(source, 'bare DELETE', (work) => yardstick('bare DELETE', work), options),
      firn: () => onCopy(source, 'firn archive all', archiveAll, options),
      loop: () => onCopy(source, 'straight loop', (work) => yardstick('straight loop', work), options),
    });
    sameWork('archive', rounds.firn[0]!.rows, rounds.bare[0]!.rows, options);
    const firn = rounds.firn.map(({ ms }) => ms);
    const bare = rounds.bare.map(({ ms }) => ms);
    const loop = rounds.loop.map(({ ms }) => ms);
    return [
      ratio('archive / bare DELETE', { firn, yardstick: bare }, seconds, { atMost: 1.25 }),
      speedup('straight loop / archive', { firn, yardstick: loop }, seconds, { atLeast: 4 }),
    ];
  },
};

/** One run on a copy of its own. */
export async function onCopy(
  source: string,
  name: string,
  run: (work: Workspace) => Promise<Measured & { readonly rows: number }>,
  { say }: Pick<BenchOptions, 'say'>,
  prepare = '',
): Promise<Measured & { readonly rows: number }> {
  using work = workspace(source, { prepare });
  const done = await run(work);
  const { rows, ms, maxRss } = done;
  say(`${name}: ${rows} rows in ${seconds(ms)}, ${rowsPerSecond(rows, ms)}, ${megabytes(maxRss)}`);
  return done;
}
