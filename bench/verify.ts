import { shellWord } from '../src/operate/install/shell-words.ts';
import { type Benchmark, type Figure, seconds } from './benchmark.ts';
import { speedup } from './figures.ts';
import { archiveAll, firn } from './firn-process.ts';
import { toolUses, workspace } from './fixtures.ts';
import { timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';

/** Proof of every byte, against a program that inflates the same bytes and looks at none. */
export const verify: Benchmark = {
  name: 'verify',
  about: 'firn verify --deep of an archive of tool uses, against zcat of the same files to /dev/null',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.rows));
    await archiveAll(work);
    if (!isThere('zcat', 'verify --deep is', options)) return [];
    const files = `find ${shellWord(work.archives)} -name '*.jsonl.gz' -print0`;
    const rounds = await inRounds(options.runs, {
      zcat: () => timedShell(`${files} | xargs -0 zcat > /dev/null`),
      verify: () => timed(firn(work, 'verify', '--deep', '--json')),
    });
    const [ours, theirs] = [rounds.verify, rounds.zcat].map((runs) => runs.map(({ ms }) => ms));
    options.say(`verify --deep: ${ours!.map(seconds).join(', ')}; zcat: ${theirs!.map(seconds).join(', ')}`);
    return [speedup('zcat / verify --deep', { firn: ours!, yardstick: theirs! }, seconds, { atLeast: 1.6 })];
  },
};
