import {
  type Benchmark,
  type BenchOptions,
  count,
  type Figure,
  megabytes,
  milliseconds,
} from './benchmark.ts';
import { archiveAlone, archiveBesideWriter, type Beside, type Drained } from './beside.ts';
import { promise, ratio } from './figures.ts';
import { toolUses, workspace } from './fixtures.ts';
import { inRounds, percentile } from './rounds.ts';

type Journal = 'wal' | 'delete';
const NAMES = { wal: 'WAL', delete: 'rollback journal' } as const;

/** How many rows at a million the writer is there for: long enough to see much, short enough to see the speed come back. */
const SPANS = { aloneMs: 8_000, besideMs: 12_000, rows: 1_000_000 };
const BACK_WITHIN_MS = 1000;

/** What a writer beside a run feels of it, and what the run loses by being gentle. */
export const writer: Benchmark = {
  name: 'writer',
  about:
    'a writer inserting 200 rows a second beside firn archive all, against the same writer alone; WAL and rollback journal',
  async run(options): Promise<Figure[]> {
    return [...(await inMode('wal', options)), ...(await inMode('delete', options))];
  },
};

async function inMode(journal: Journal, options: BenchOptions): Promise<Figure[]> {
  const source = toolUses(options.rows);
  const scale = Math.min(2, Math.max(0.05, options.rows / SPANS.rows));
  const rounds = await inRounds(options.runs, {
    alone: async () => {
      using work = workspace(source, { journal });
      return speedFrom(await archiveAlone(work), BACK_WITHIN_MS * Math.min(1, scale));
    },
    beside: async () => {
      using work = workspace(source, { journal });
      const spans = { aloneMs: SPANS.aloneMs * scale, besideMs: SPANS.besideMs * scale };
      return told(journal, await archiveBesideWriter(work, spans), options);
    },
  });
  const over = rounds.beside.map(({ beside }) => beside);
  const under = rounds.beside.map(({ alone }) => alone);
  const rank = (share: number, more = 0): { firn: number[]; yardstick: number[] } => ({
    firn: over.map((ms) => percentile(ms, share)),
    yardstick: under.map((ms) => percentile(ms, share) + more),
  });
  const mode = NAMES[journal];
  const back = rounds.beside.flatMap(({ backAt }) => (backAt === null ? [] : [backAt]));
  if (back.length < options.runs)
    options.warn(`${mode}: the run ended with the writer: too few rows to see its speed come back`);
  return [
    ratio(`insert p50 beside a run / alone, ${mode}`, rank(0.5), milliseconds, { better: 'less' }),
    ratio(`insert p99 beside a run / alone + 20 ms, ${mode}`, rank(0.99, 20), milliseconds, { atMost: 1 }),
    promise(`insert max beside a run / 60 ms, ${mode}`, rank(1).firn, 60, milliseconds),
    ...(journal === 'wal'
      ? [
          promise(
            'largest write-ahead log beside the writer / 64 MB',
            rounds.beside.map(({ wal }) => wal.beside),
            64e6,
            megabytes,
          ),
        ]
      : []),
    promise(
      `archived beside the writer / 10,000 rows/s, ${mode}`,
      rounds.beside.map(({ speed }) => speed),
      10_000,
      perSecond,
      { atLeast: 1 },
    ),
    ...(back.length < options.runs
      ? []
      : [
          ratio(
            `archived from 1 s after the writer stopped / with nobody beside, ${mode}`,
            { firn: back, yardstick: rounds.alone },
            perSecond,
            { atLeast: 0.9 },
          ),
        ]),
  ];
}

interface Told {
  /** Waits of single inserts, in milliseconds. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Rows a second, beside the writer and from a second after it stopped; null when the run had ended by then. */
  readonly speed: number;
  readonly backAt: number | null;
  readonly wal: Beside['peakWal'];
}

function told(journal: Journal, run: Beside, { say, warn }: BenchOptions): Told {
  const { inserts, drained, archiverStarted, archiverEnded, writerStopped, peakWal } = run;
  const end = Math.min(writerStopped, archiverEnded);
  const waits = (from: number, until: number): number[] =>
    inserts.ms.filter((_, i) => inserts.at[i]! >= from && inserts.at[i]! < until);
  const alone = waits(0, archiverStarted);
  const beside = waits(archiverStarted, end);
  const speed = rowsPerSecondBetween(drained, drained.at[0]!, end);
  const backFrom = writerStopped + BACK_WITHIN_MS;
  const backAt =
    drained.at.at(-1)! > backFrom + 500 ? rowsPerSecondBetween(drained, backFrom, archiverEnded) : null;
  const ranks = (ms: readonly number[]): string =>
    [0.5, 0.99, 1].map((share) => percentile(ms, share).toFixed(1)).join(' / ');
  const perSecondBeside = (beside.length / (end - archiverStarted)) * 1000;
  say(
    `${NAMES[journal]}: insert p50 / p99 / max ${ranks(alone)} ms alone, ${ranks(beside)} ms beside (${perSecondBeside.toFixed(0)} inserts/s); ` +
      `archiver ${perSecond(speed)}, then ${backAt === null ? 'done' : perSecond(backAt)}; WAL ${megabytes(peakWal.beside)}, then ${megabytes(peakWal.after)}`,
  );
  if (inserts.failed > 0) warn(`${NAMES[journal]}: ${inserts.failed} inserts gave up after 5 s`);
  return { alone, beside, speed, backAt, wal: peakWal };
}

/** Rows a second of a whole run, but for its beginning: a run listens for others first. */
function speedFrom(drained: Drained, skipMs: number): number {
  const [first, last] = [drained.at[0]!, drained.at.at(-1)!];
  return rowsPerSecondBetween(drained, last > first + 2 * skipMs ? first + skipMs : first, last);
}

function rowsPerSecondBetween({ at, rows }: Drained, from: number, until: number): number {
  const inside = at.flatMap((time, i) => (time >= from && time <= until ? [i] : []));
  const [first, last] = [inside[0] ?? 0, inside.at(-1) ?? at.length - 1];
  return ((rows[last]! - rows[first]!) / Math.max(1, at[last]! - at[first]!)) * 1000;
}

function perSecond(rows: number): string {
  return `${count(rows)} rows/s`;
}
