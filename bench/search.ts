import { DatabaseSync } from 'node:sqlite';
import { shellWord } from '../src/operate/install/shell-words.ts';
import { type Benchmark, type BenchOptions, type Figure, seconds } from './benchmark.ts';
import { promise, speedup } from './figures.ts';
import { archiveAll, archiveAllAs, firn } from './firn-process.ts';
import { cutoffText, toolUses, type Workspace, workspace } from './fixtures.ts';
import { type Timed, timed, timedShell } from './measured.ts';
import { inRounds } from './rounds.ts';
import { isThere } from './tools.ts';

/** What is left of a key search when the machine answers at once: the share of bytes that it may read. */
const SHARE_OF_BYTES = 0.03;
/** The same of the key that reads most. */
const MOST_BYTES = 0.06;
const KEYS = 25;
const WORDS = 'because a test failed (scripts/gateway';

/** Against the only thing there is without an index: every file unpacked, and every line looked at. */
export const search: Benchmark = {
  name: 'search',
  about:
    'firn search in a month of archived tool uses, by a lookup key and by words, against zcat | grep and rg -z over the same files',
  sizedBy: 'searchRows',
  async run(options): Promise<Figure[]> {
    using work = workspace(toolUses(options.searchRows));
    using zstd = workspace(toolUses(options.searchRows));
    const executions = someExecutions(work);
    const execution = executions[executions.length >> 1]!;
    await archiveAll(work);
    await archiveAllAs(zstd, 'zstd');
    const rounds = await inRounds<Contenders>(options.runs, {
      key: () => keySearch(work, execution, options),
      grepKey: () => grep(work, execution, options),
      words: () => wordSearch(work, options),
      zstdWords: () => wordSearch(zstd, options),
      grepWords: () => grep(work, WORDS, options),
      ...(isThere('rg', 'words against rg -z are', options)
        ? {
            rgWords: () => ripgrep(work, WORDS, options),
            rgZstdWords: () => ripgrep(zstd, WORDS, options),
          }
        : {}),
    });
    const shares: number[] = [];
    for (const key of executions) shares.push((await keySearch(work, key, options)).share);
    agree(rounds.key[0]!, rounds.grepKey[0]!, options);
    agree(rounds.words[0]!, rounds.grepWords[0]!, options);
    const times = (runs: readonly Timed[]): number[] => runs.map(({ ms }) => ms);
    const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
    return [
      speedup('zcat | grep / key', { firn: times(rounds.key), yardstick: times(rounds.grepKey) }, seconds, {
        atLeast: 20,
      }),
      speedup(
        'zcat | grep / words',
        { firn: times(rounds.words), yardstick: times(rounds.grepWords) },
        seconds,
        { atLeast: 4 },
      ),
      speedup(
        'zcat | grep / words, zstd',
        { firn: times(rounds.zstdWords), yardstick: times(rounds.grepWords) },
        seconds,
        { atLeast: 5.5 },
      ),
      ...(rounds.rgWords === undefined || rounds.rgZstdWords === undefined
        ? []
        : [
            speedup(
              'rg -z -j2 / words',
              { firn: times(rounds.words), yardstick: times(rounds.rgWords) },
              seconds,
              { better: 'more' },
            ),
            speedup(
              'rg -z -j2 / words, both of zstd',
              { firn: times(rounds.zstdWords), yardstick: times(rounds.rgZstdWords) },
              seconds,
              { better: 'more' },
            ),
          ]),
      promise('bytes read by key', [mean(shares)], SHARE_OF_BYTES, percent),
      promise('bytes read by the unluckiest key', [Math.max(...shares)], MOST_BYTES, percent),
    ];
  },
};

type Contenders = Record<'key' | 'grepKey' | 'words' | 'zstdWords' | 'grepWords', () => Promise<Run>> & {
  readonly rgWords?: () => Promise<Run>;
  readonly rgZstdWords?: () => Promise<Run>;
};
type Run = Timed & { readonly rows: number; readonly share: number };

async function keySearch(work: Workspace, execution: string, options: BenchOptions): Promise<Run> {
  return await found(
    'firn search by key',
    firn(work, 'search', '--where', `execution_id=${execution}`, ...COUNT),
    options,
  );
}

async function wordSearch(work: Workspace, options: BenchOptions): Promise<Run> {
  return await found('firn search by words', firn(work, 'search', WORDS, ...COUNT), options);
}

const COUNT = ['--table', 'tool_uses', '--tier', 'warm', '--count', '--format', 'json'];

async function found(name: string, command: [string, ...string[]], { say }: BenchOptions): Promise<Run> {
  const run = await timed(command);
  const { count, bytes } = JSON.parse(run.stdout) as {
    count: number;
    bytes: { read: number; total: number };
  };
  say(
    `${name}: ${count} rows in ${seconds(run.ms)}, ${((bytes.read / bytes.total) * 100).toFixed(2)} % of the bytes read`,
  );
  return { ...run, rows: count, share: bytes.read / bytes.total };
}

async function grep(work: Workspace, text: string, { say }: BenchOptions): Promise<Run> {
  const run = await timedShell(
    // With status 1 grep says that it found nothing, which is no failure.
    `zcat ${shellWord(work.archives)}/warm/*/tool_uses*.gz | { grep -cF ${shellWord(text)} || [ $? -eq 1 ]; }`,
  );
  const rows = Number(run.stdout);
  say(`zcat | grep: ${rows} lines in ${seconds(run.ms)}`);
  return { ...run, rows, share: 1 };
}

/** Two threads, and no tool that looks only for text in any case: `rg` is fastest so. */
async function ripgrep(work: Workspace, text: string, { say }: BenchOptions): Promise<Run> {
  const run = await timedShell(
    `{ rg -z -j2 -F -c --no-filename ${shellWord(text)} ${shellWord(work.archives)}/warm || [ $? -eq 1 ]; } | awk '{ n += $1 } END { print n + 0 }'`,
  );
  const rows = Number(run.stdout);
  say(`rg -z -j2: ${rows} lines in ${seconds(run.ms)}`);
  return { ...run, rows, share: 1 };
}

/** The key may stand in other columns too, where grep finds it. */
function agree(ours: Run, theirs: Run, { warn }: BenchOptions): void {
  if (ours.rows === 0 || ours.rows > theirs.rows)
    warn(`search found ${ours.rows} rows, grep ${theirs.rows} lines`);
}

/** Executions from the smallest to the largest, evenly spread. One alone would say more of its luck with the filters than of the search. */
function someExecutions({ database }: Workspace): readonly string[] {
  using db = new DatabaseSync(database);
  const rows = db
    .prepare(
      `SELECT execution_id AS id FROM tool_uses WHERE start_time < ? AND execution_id GLOB '????????-????-*'
      GROUP BY execution_id ORDER BY count(*), execution_id`,
    )
    .all(cutoffText()) as { id: string }[];
  return Array.from({ length: KEYS }, (_, at) => rows[Math.floor(((at + 0.5) * rows.length) / KEYS)]!.id);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value) / values.length;
}
