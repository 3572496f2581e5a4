import type { ByteSource, Footer } from '../../format/segment/segment.ts';
import type { ErasureOrder } from '../../model/erasure.ts';
import { sameName } from '../../model/names.ts';
import type { Places } from '../places/places.ts';
import type { SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { Shelf } from '../places/shelf.ts';
import { scanBlock } from './block-scan.ts';
import { checkColumns } from './check-columns.ts';
import { type Gathered, gather } from './gather.ts';
import type { HiddenLines } from './hidden-lines.ts';
import { type LineMatcher, lineMatcher } from './line-match.ts';
import { type OpenedSegment, SegmentOpener } from './opened-segment.ts';
import { everything, type Query } from './query.ts';

/** The matching lines of one segment. */
export interface ArchivedLines {
  readonly ref: SegmentRef;
  readonly footer: Footer;
  readonly source: ByteSource;
  /** The file that holds it. */
  readonly path: string;
  readonly tier: 'warm' | 'cold';
  /** Blocks that may hold matches. */
  readonly blocks: readonly number[];
  /** True when `lines` may leave out lines that match: their rows stand in hot, or were to be erased. */
  readonly isFiltered: boolean;
  /** To be read before the next segment is asked for, if at all. */
  readonly lines: AsyncIterable<Uint8Array>;
  /** The same lines with their 0-based position in the segment. */
  readonly places: AsyncIterable<{ readonly position: number; readonly line: Uint8Array }>;
}

export interface ArchivedLinesOptions {
  /** Segments in the order in which they were archived, or the other way round. */
  readonly newestFirst: boolean;
  readonly report: SearchReport;
  /** What was gathered for the query; left out, it is gathered now, and lines whose row is leased are given too. */
  readonly gathered?: Gathered;
  /** Give lines that are being drained too. */
  readonly evenUndrained?: boolean;
  /** Give lines that were to be erased. */
  readonly evenErased?: boolean;
}

/** Goes through the archived rows that match, segment by segment. A segment that cannot be read is noted in the report, and the others follow. */
export async function* archivedLines(
  places: Places,
  query: Query,
  options: ArchivedLinesOptions,
): AsyncGenerator<ArchivedLines, void, void> {
  const { report } = options;
  await using opened = new AsyncDisposableStack();
  const gathered = options.gathered ?? (await gather(places, query, report, opened, { purpose: 'archived' }));
  await checkColumns(places, query, gathered);
  const erasures = options.evenErased ? [] : gathered.erasures;
  const hidden = options.evenUndrained ? null : gathered.hidden;
  const refs = [...gathered.refs];
  refs.sort((a, b) => when(a.archivedAt) - when(b.archivedAt) || (a.segment < b.segment ? -1 : 1));
  if (options.newestFirst) refs.reverse();
  const opener = new SegmentOpener(places, query, opened.use(new Shelf(places.archive)), report);
  for (let ref = refs.shift(); ref !== undefined; ref = refs.shift()) {
    if (!opener.wants(ref)) continue;
    await using segment = await opener.open(ref, (heirs) => refs.unshift(...heirs));
    const blocks = segment === null ? [] : await opener.blocks(segment);
    if (segment === null || blocks.length === 0) continue;
    const { taken } = segment;
    const { footer } = taken.reader;
    const forgotten = erasureMatchers(erasures, footer);
    const found = linesOf(opener, segment, blocks, report, hidden, forgotten);
    yield {
      ...{ ref, footer, source: taken.source, path: taken.path, tier: taken.tier, blocks },
      isFiltered: forgotten.length > 0 || (hidden?.mayHide(ref) ?? false),
      ...{ places: found, lines: onlyLines(found) },
    };
  }
}

async function* linesOf(
  opener: SegmentOpener,
  segment: OpenedSegment,
  blocks: readonly number[],
  report: SearchReport,
  hidden: HiddenLines | null,
  forgotten: readonly LineMatcher[],
): AsyncGenerator<{ position: number; line: Uint8Array }, void, void> {
  const { ref, taken, firsts, matcher } = segment;
  const { timeColumn } = taken.reader.footer;
  let ahead: Promise<Uint8Array | null> | null = null;
  for (const [turn, block] of blocks.entries()) {
    const reading: Promise<Uint8Array | null> = ahead ?? opener.read(segment, block);
    const next = blocks[turn + 1];
    ahead = next === undefined ? null : opener.read(segment, next);
    // Awaited in its turn; its failure must not count as unhandled until then.
    ahead?.catch(() => undefined);
    const text = await reading;
    if (text === null) continue;
    const first = firsts[block]!;
    const lines = scanBlock(text, matcher);
    const gone = (await hidden?.among(ref, timeColumn, first, lines)) ?? new Set<number>();
    report.rows.superseded += gone.size;
    for (const [at, { line, index }] of lines.entries()) {
      if (gone.has(at) || forgotten.some((erased) => erased.match(line) !== null)) continue;
      report.rows[ref.tier]++;
      yield { position: first + index, line };
    }
  }
}

async function* onlyLines(
  found: AsyncIterable<{ readonly line: Uint8Array }>,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { line } of found) yield line;
}

/** What tells the lines of a segment that were to be erased: an older copy of it may have turned up since. */
export function erasureMatchers(
  erasures: readonly ErasureOrder[],
  footer: Pick<Footer, 'table' | 'columns' | 'timeColumn' | 'archivedAt'>,
): LineMatcher[] {
  return erasures
    .filter(
      ({ table, erasedAt }) => sameName(table, footer.table) && when(footer.archivedAt) <= when(erasedAt),
    )
    .flatMap(
      ({ where, since, until }) => lineMatcher({ ...everything([]), where, since, until }, footer) ?? [],
    );
}

/** Dates of archiving come with and without a fraction. */
function when(iso: string): number {
  return Date.parse(iso);
}
