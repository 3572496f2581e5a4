import type { ByteSource, Footer } from '../../format/segment/segment.ts';
import type { Places } from '../places/places.ts';
import type { SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { ArchivedRows, type FoundLine, type OpenedSegment } from './archived-rows.ts';
import { checkColumns } from './check-columns.ts';
import { type Gathered, gather } from './gather.ts';
import type { Query } from './query.ts';

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
  readonly positioned: AsyncIterable<FoundLine>;
}

export interface ArchivedLinesOptions {
  /** Tables in the order of the query; the segments of each in the order in which they were archived, or the other way round. */
  readonly newestFirst: boolean;
  readonly report: SearchReport;
  /** What was gathered for the query; left out, it is gathered now, and lines whose row is leased are given too. */
  readonly gathered?: Gathered;
  /** Give lines that are being drained too. */
  readonly evenUndrained?: boolean;
  /** Take conditions on columns that no table has: nothing satisfies them. Else they are wrong usage. */
  readonly anyColumn?: boolean;
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
  if (!options.anyColumn) await checkColumns(places, query, gathered);
  const erasures = options.evenErased ? [] : gathered.erasures;
  const hidden = options.evenUndrained ? null : gathered.hidden;
  const rows = opened.use(
    new ArchivedRows(places, query, { hidden, erasures, foretold: gathered.foretold }, report, 'digest'),
  );
  const refs = [...gathered.refs];
  refs.sort((a, b) => when(a.archivedAt) - when(b.archivedAt) || (a.segment < b.segment ? -1 : 1));
  if (options.newestFirst) refs.reverse();
  const place = ({ table }: SegmentRef): number =>
    query.tables.findIndex((name) => places.dialect.sameName(name, table));
  refs.sort((a, b) => place(a) - place(b));
  for (let ref = refs.shift(); ref !== undefined; ref = refs.shift()) {
    if (!rows.wants(ref) || rows.passesOver(ref)) continue;
    await using segment = await rows.open(ref, (heirs) => refs.unshift(...heirs));
    const blocks = segment === null ? [] : await rows.blocks(segment);
    if (segment === null || blocks.length === 0) continue;
    const { source, path, tier, reader } = segment.taken;
    const found = linesOf(rows, segment, blocks, report);
    yield {
      ...{ ref, footer: reader.footer, source, path, tier, blocks },
      ...{ isFiltered: rows.isFiltered(segment), positioned: found, lines: onlyLines(found) },
    };
  }
}

/** While the lines of a block are taken, the next block is read. */
async function* linesOf(
  rows: ArchivedRows,
  segment: OpenedSegment,
  blocks: readonly number[],
  report: SearchReport,
): AsyncGenerator<FoundLine, void, void> {
  let ahead = rows.scan(segment, blocks[0]!);
  for (const [turn, block] of blocks.entries()) {
    const lines = await ahead;
    const next = blocks[turn + 1];
    if (next !== undefined) ahead = rows.scan(segment, next);
    // Awaited in its turn; its failure must not count as unhandled until then.
    ahead.catch(() => undefined);
    for (const found of await rows.found(segment, block, lines)) {
      report.rows[segment.taken.tier]++;
      yield found;
    }
  }
}

async function* onlyLines(
  found: AsyncIterable<{ readonly line: Uint8Array }>,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { line } of found) yield line;
}

/** Dates of archiving come with and without a fraction. */
function when(iso: string): number {
  return Date.parse(iso);
}
