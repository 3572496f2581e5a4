import {
  type Benchmark,
  type BenchOptions,
  count,
  type Figure,
  megabytes,
  milliseconds,
} from './benchmark.ts';
import { archiveAlone, archiveBesideWriter, type Beside, type Drained, type Writers } from './beside.ts';
import { promise, ratio } from './figures.ts';
import { toolUses, workspace } from './fixtures.ts';
import { inRounds, percentile, type Rounds } from './rounds.ts';

type Journal = 'wal' | 'delete';
const NAMES = { wal: 'WAL', delete: 'rollback journal' } as const;

/** How many rows at a million the writer is there for: long enough to see much, short enough to see the speed come back. */
const SPANS = { aloneMs: 8_000, besideMs: 12_000, rows: 1_000_000 };
const BACK_WITHIN_MS = 1000;
const INSERTS_PER_SECOND = 200;

const ONE: Writers = { count: 1, language: 'Node.js', busyTimeoutMs: 5000 };

/** What writers beside a run feel of it, and what the run loses by being gentle. */
export const writer: Benchmark = {
  name: 'beside',
  about:
    'writers inserting 200 rows a second each beside firn archive all, against the same writers alone; WAL and rollback journal',
  async run(options): Promise<Figure[]> {
    const impatient = await besideOnly('wal', { ...ONE, busyTimeoutMs: 0 }, options);
    return [
      ...(await inMode('wal', options)),
      ...felt('two writers, WAL', await besideOnly('wal', { ...ONE, count: 2 }, options)),
      ...felt('Python, WAL', await besideOnly('wal', { ...ONE, language: 'Python' }, options)),
      promise(
        'inserts refused beside a run / half, no busy timeout, WAL',
        impatient.map(({ refused }) => refused),
        0.5,
        (share) => `${(share * 100).toFixed(1)} %`,
        { better: 'less' },
      ),
      ...(await inMode('delete', options)),
    ];
  },
};

async function inMode(journal: Journal, options: BenchOptions): Promise<Figure[]> {
  const source = toolUses(options.rows);
  const mode = NAMES[journal];
  const rounds = await inRounds(options.runs, {
    alone: async () => {
      using work = workspace(source, { journal });
      return speedFrom(await archiveAlone(work), BACK_WITHIN_MS * Math.min(1, scaleOf(options)));
    },
    beside: () => oneRound(journal, ONE, true, options),
  });
  const back = rounds.beside.flatMap(({ backAt }) => (backAt === null ? [] : [backAt]));
  if (back.length < options.runs)
    options.warn(`${mode}: the run ended with the writer: too few rows to see its speed come back`);
  return [
    ...felt(mode, rounds.beside),
    ...(journal === 'wal'
      ? [
          promise(
            'write lock held beside a writer, p90 / 1 ms, WAL',
            rounds.beside.map(({ held }) => percentile(held, 0.9)),
            1,
            milliseconds,
          ),
          promise(
            'largest write-ahead log beside the writer / 64 MB',
            rounds.beside.map(({ wal }) => wal.beside),
            64e6,
            megabytes,
          ),
        ]
      : []),
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

/** With writers of another kind; the run ends with them. */
async function besideOnly(journal: Journal, writers: Writers, options: BenchOptions): Promise<Rounds<Told>> {
  const rounds = await inRounds(options.runs, { beside: () => oneRound(journal, writers, false, options) });
  return rounds.beside;
}

async function oneRound(
  journal: Journal,
  writers: Writers,
  toTheEnd: boolean,
  options: BenchOptions,
): Promise<Told> {
  using work = workspace(toolUses(options.rows), { journal });
  const scale = scaleOf(options);
  const spans = { aloneMs: SPANS.aloneMs * scale, besideMs: SPANS.besideMs * scale, toTheEnd };
  return told(journal, writers, await archiveBesideWriter(work, writers, spans), options);
}

function scaleOf({ rows }: Pick<BenchOptions, 'rows'>): number {
  return Math.min(2, Math.max(0.05, rows / SPANS.rows));
}

/** What the writers feel, and how fast the run is. */
function felt(name: string, rounds: Rounds<Told>): Figure[] {
  const rank = (share: number, more = 0): { firn: number[]; yardstick: number[] } => ({
    firn: rounds.map(({ beside }) => percentile(beside, share)),
    yardstick: rounds.map(({ alone }) => percentile(alone, share) + more),
  });
  const [made, wanted] = [rounds.map((round) => round.inserts), rounds.map((round) => round.wanted)];
  const shown = (rate: number): string => `${rate.toFixed(0)}/s`;
  return [
    ratio(`inserts made beside a run / wanted, ${name}`, { firn: made, yardstick: wanted }, shown, {
      atLeast: 0.99,
    }),
    ratio(`insert p50 beside a run / alone, ${name}`, rank(0.5), milliseconds, { better: 'less' }),
    ratio(`insert p99 beside a run / alone + 10 ms, ${name}`, rank(0.99, 10), milliseconds, { atMost: 1 }),
    promise(`insert max beside a run / 60 ms, ${name}`, rank(1).firn, 60, milliseconds),
    promise(
      `archived beside / 12,000 rows/s, ${name}`,
      rounds.map(({ speed }) => speed),
      12_000,
      perSecond,
      name.includes('WAL') ? { atLeast: 1 } : { better: 'more' },
    ),
  ];
}

interface Told {
  /** Waits of single inserts, in milliseconds. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Inserts a second, of all writers: those that were made beside the run, and what they would make undisturbed. */
  readonly inserts: number;
  readonly wanted: number;
  /** The share of the inserts beside the run that a lock refused. */
  readonly refused: number;
  /** How long each transaction of the run held the write lock beside them, in milliseconds. */
  readonly held: readonly number[];
  /** Rows a second, beside the writer and from a second after it stopped; null when the run had ended by then. */
  readonly speed: number;
  readonly backAt: number | null;
  readonly wal: Beside['peakWal'];
}

function told(journal: Journal, writers: Writers, run: Beside, { say, warn }: BenchOptions): Told {
  const { inserts, drained, archiverStarted, archiverEnded, writerStopped, peakWal } = run;
  const end = Math.min(writerStopped, archiverEnded);
  const waits = (from: number, until: number): number[] =>
    inserts.flatMap(({ at, ms }) => ms.filter((_, i) => at[i]! >= from && at[i]! < until));
  const alone = waits(0, archiverStarted);
  const beside = waits(archiverStarted, end);
  const first = drained.at[0]!;
  const speed = rowsPerSecondBetween(drained, first, end);
  const backFrom = writerStopped + BACK_WITHIN_MS;
  const backAt =
    drained.at.at(-1)! > backFrom + 500 ? rowsPerSecondBetween(drained, backFrom, archiverEnded) : null;
  const ranks = (ms: readonly number[]): string =>
    [0.5, 0.99, 1].map((share) => percentile(ms, share).toFixed(1)).join(' / ');
  const insertsPerSecond = (beside.length / (end - archiverStarted)) * 1000;
  const during = drained.heldMs.filter((_, i) => drained.heldAt[i]! >= first && drained.heldAt[i]! < end);
  // A small run may have ended with its first transaction.
  const held = during.length === 0 ? drained.heldMs : during;
  const waited = drained.waitedMs.filter((_, i) => drained.heldAt[i]! >= first && drained.heldAt[i]! < end);
  const failed = inserts.reduce((sum, own) => sum + own.failed, 0);
  const refused = failed / Math.max(1, beside.length);
  if (failed > 0 && writers.busyTimeoutMs > 0) warn(`${NAMES[journal]}: ${failed} inserts gave up`);
  say(
    `${NAMES[journal]}, ${writers.count} × ${writers.language}, busy timeout ${writers.busyTimeoutMs} ms: ` +
      `insert p50 / p99 / max ${ranks(alone)} ms alone, ${ranks(beside)} ms beside (${insertsPerSecond.toFixed(0)} inserts/s, ${failed} refused); ` +
      `archiver ${perSecond(speed)}, then ${backAt === null ? 'done' : perSecond(backAt)}; ` +
      `lock held p50 / p90 / p99 / max ${[0.5, 0.9, 0.99, 1].map((share) => percentile(held, share).toFixed(2)).join(' / ')} ms in ${held.length} transactions, ` +
      `${waited.filter((ms) => ms > 0.2).length} of which waited for it; WAL ${megabytes(peakWal.beside)}, then ${megabytes(peakWal.after)}`,
  );
  const wanted = writers.count * INSERTS_PER_SECOND;
  return { alone, beside, inserts: insertsPerSecond, wanted, refused, held, speed, backAt, wal: peakWal };
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
