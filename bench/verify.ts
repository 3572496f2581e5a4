import { shellWord } from '../src/operate/install/shell-words.ts';
import { type Benchmark, type Figure, seconds } from './benchmark.ts';
import { speedup } from './figures.ts';
import { archiveAll, archiveAllAs, firn } from './firn-process.ts';
import { toolUses, workspace } from './fixtures.ts';
import { type Timed, timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';

/** Proof of every byte, against a program that inflates the same bytes and looks at none. */
export const verify: Benchmark = {
  name: 'verify',
  about: 'firn verify --deep of an archive of tool uses, against zcat of the same rows to /dev/null',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.rows));
    using zstd = workspace(toolUses(options.rows));
    await archiveAll(work);
    await archiveAllAs(zstd, 'zstd');
    if (!isThere('zcat', 'verify --deep is', options)) return [];
    const files = `find ${shellWord(work.archives)} -name '*.jsonl.gz' -print0`;
    const rounds = await inRounds(options.runs, {
      zcat: () => timedShell(`${files} | xargs -0 zcat > /dev/null`),
      verify: () => timed(firn(work, 'verify', '--deep', '--json')),
      zstd: () => timed(firn(zstd, 'verify', '--deep', '--json')),
    });
    const times = (runs: readonly Timed[]): number[] => runs.map(({ ms }) => ms);
    const yardstick = times(rounds.zcat);
    for (const [name, runs] of Object.entries(rounds))
      options.say(`${name}: ${times(runs).map(seconds).join(', ')}`);
    return [
      speedup('zcat / verify --deep', { firn: times(rounds.verify), yardstick }, seconds, { atLeast: 2.5 }),
      speedup('zcat / verify --deep, zstd', { firn: times(rounds.zstd), yardstick }, seconds, {
        better: 'more',
      }),
    ];
  },
};
