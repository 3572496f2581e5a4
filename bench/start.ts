import { type Benchmark, type Figure, milliseconds } from './benchmark.ts';
import { promise, ratio } from './figures.ts';
import { archiveAll, bareFirn, firn } from './firn-process.ts';
import { FRESH_DAYS, toolUses, workspace } from './fixtures.ts';
import { timed } from './measured.ts';
import { inRounds } from './rounds.ts';

/** Short runs vary more: so many for each run of a long one. */
const REPEATS = 5;

/** What every command costs before it does anything, and what a run costs that finds nothing to do. */
export const start: Benchmark = {
  name: 'start',
  about: 'firn --help, and firn archive all with nothing to archive; with a warm compile cache',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.rows, FRESH_DAYS));
    const first = await archiveAll(work);
    if (first.rows > 0) options.warn(`start: ${first.rows} rows were due, which should have been none`);
    await timed(bareFirn('--help'));
    const rounds = await inRounds(options.runs * REPEATS, {
      node: () => timed([process.execPath, '--eval', '0']),
      help: () => timed(bareFirn('--help')),
      noop: () => timed(firn(work, 'archive', 'all', '--json')),
    });
    const ms = (runs: readonly { readonly ms: number }[]): number[] => runs.map((run) => run.ms);
    const [node, help, noop] = [ms(rounds.node), ms(rounds.help), ms(rounds.noop)];
    return [
      promise('firn --help / 120 ms', help, 120, milliseconds),
      ratio('firn --help / node --eval 0', { firn: help, yardstick: node }, milliseconds, { better: 'less' }),
      promise('firn archive all with nothing due / 400 ms', noop, 400, milliseconds),
    ];
  },
};
