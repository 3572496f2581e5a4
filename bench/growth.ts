import { onCopy } from './archive.ts';
import { type Benchmark, type BenchOptions, count, type Figure, megabytes } from './benchmark.ts';
import { promise, ratio } from './figures.ts';
import { archiveAll } from './firn-process.ts';
import { toolUses } from './fixtures.ts';
import type { Measured } from './measured.ts';
import { inRounds, median, type Rounds } from './rounds.ts';
import { yardstick } from './yardsticks.ts';

type Run = Measured & { readonly rows: number };

const WITHOUT_INDEX = 'DROP INDEX idx_tool_uses_start_time';

/** Memory, and the time of one row, as the table grows. */
export const growth: Benchmark = {
  name: 'growth',
  about:
    'memory and time per row of firn archive all as tool_uses grows, with and without the index on its age column',
  sizedBy: 'sizes',
  async run(options): Promise<Figure[]> {
    const indexed = await overSizes('with the index', archiveAll, '', options);
    const scanned = await overSizes('without the index', archiveAll, WITHOUT_INDEX, options);
    const bare = await overSizes('bare DELETE', (work) => yardstick('bare DELETE', work), '', options);
    return [
      ...indexed.map(({ rows, runs }) => memory(rows, 'with the index', runs)),
      ...scanned.map(({ rows, runs }) => memory(rows, 'without the index', runs)),
      flatness('with the index', indexed),
      flatness('without the index', scanned),
      ...timeGrowth('with the index', indexed, 1.15),
      ...timeGrowth('without the index', scanned, 1.15),
      ...timeGrowth('of the bare DELETE', bare, null).map((figure) => ({
        ...figure,
        unguarded: true as const,
      })),
    ];
  },
};

interface Sized {
  readonly rows: number;
  readonly runs: Rounds<Run>;
}

async function overSizes(
  name: string,
  run: Parameters<typeof onCopy>[2],
  prepare: string,
  options: BenchOptions,
): Promise<Sized[]> {
  const contenders = options.sizes.map((rows) => [
    String(rows),
    (): Promise<Run> => onCopy(toolUses(rows), `${count(rows)} rows, ${name}`, run, options, prepare),
  ]);
  const rounds = await inRounds<Record<string, () => Promise<Run>>>(
    options.runs,
    Object.fromEntries(contenders),
  );
  return options.sizes.map((rows) => ({ rows, runs: rounds[String(rows)]! }));
}

function memory(rows: number, name: string, runs: Rounds<Run>): Figure {
  return promise(`memory at ${count(rows)} rows ${name} / 200 MB`, bytes(runs), 200e6, megabytes);
}

/** The size that takes most against the one that takes least. */
function flatness(name: string, sizes: readonly Sized[]): Figure {
  const taken = sizes.map(({ runs }) => bytes(runs)).sort((a, b) => median(a) - median(b));
  const sides = { firn: taken.at(-1)!, yardstick: taken[0]! };
  return ratio(`memory, most / least of all sizes ${name}`, sides, megabytes, { atMost: 1.1 });
}

/** Each size against the one before it. */
function timeGrowth(name: string, sizes: readonly Sized[], atMost: number | null): Figure[] {
  const micros = ({ runs }: Sized): number[] => runs.map(({ ms, rows }) => (ms * 1000) / rows);
  return sizes.slice(1).map((size, i) => {
    const smaller = sizes[i]!;
    // Start-up weighs on small tables: only between the largest two is anything promised.
    const promised = atMost !== null && size === sizes.at(-1);
    return ratio(
      `time per row at ${count(size.rows)} / ${count(smaller.rows)} ${name}`,
      { firn: micros(size), yardstick: micros(smaller) },
      (value) => `${value.toFixed(1)} µs`,
      promised ? { atMost } : { better: 'less' },
    );
  });
}

function bytes(runs: Rounds<Run>): number[] {
  return runs.map(({ maxRss }) => maxRss);
}
