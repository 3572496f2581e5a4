import type { ByteSource, Footer } from '../format/segment.ts';
import type { Erasure } from '../hot/hot-rows.ts';
import { FirnError } from '../model/errors.ts';
import { sameName } from '../model/names.ts';
import type { TableShape } from '../model/shape.ts';
import { scanBlock } from './block-scan.ts';
import { firstLines } from './block-walk.ts';
import { refsOfFiles, refsOfReceipts } from './catalog.ts';
import { checkColumns } from './check-columns.ts';
import { type LineMatcher, lineMatcher } from './line-match.ts';
import type { Places } from './places.ts';
import { keyProbes, pruneBlocks, pruneSegment } from './prune.ts';
import { everything, type Query } from './query.ts';
import type { SearchReport } from './search-report.ts';
import type { SegmentRef } from './segment-ref.ts';
import { isMissing, Shelf, type TakenSegment } from './shelf.ts';
import { successorsOf } from './successors.ts';
import { Superseded } from './superseded.ts';

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
  /** True when `lines` leaves out lines that match: their rows stand in hot, or were to be erased. */
  readonly isFiltered: boolean;
  /** To be read before the next segment is asked for, if at all. Lines whose row stands in hot too are left out. */
  readonly lines: AsyncIterable<Uint8Array>;
  /** The same lines with their 0-based position in the segment. */
  readonly places: AsyncIterable<{ readonly position: number; readonly line: Uint8Array }>;
}

export interface ArchivedLinesOptions {
  /** Segments in the order in which they were archived, or the other way round. */
  readonly newestFirst: boolean;
  readonly report: SearchReport;
  /** The segments to go through; left out, all that are live. */
  readonly refs?: readonly SegmentRef[];
  /** Give lines whose row stands in hot too. */
  readonly evenSuperseded?: boolean;
  /** Give lines that were to be erased. */
  readonly evenErased?: boolean;
}

/** Goes through the archived rows that match, segment by segment. A segment that cannot be read is noted in the report, and the others follow. */
export async function* archivedLines(
  places: Places,
  query: Query,
  options: ArchivedLinesOptions,
): AsyncGenerator<ArchivedLines, void, void> {
  const { hot, archive } = places;
  const { report } = options;
  const { refs, shapes } = await gatherRefs(places, query, report, options.refs);
  await checkColumns(places, query, refs);
  const erasures = (options.evenErased ? null : await hot?.lookup.erasures()) ?? [];
  const superseded = hot === null || options.evenSuperseded ? null : new Superseded(hot, shapes);
  refs.sort((a, b) => when(a.archivedAt) - when(b.archivedAt) || (a.segment < b.segment ? -1 : 1));
  if (options.newestFirst) refs.reverse();
  await using shelf = new Shelf(archive);
  for (let ref = refs.shift(); ref !== undefined; ref = refs.shift()) {
    report.segments.total++;
    const pruned = pruneSegment(query, ref);
    if (pruned !== 'table') report.bytes.total += ref.bytes;
    if (pruned !== null) {
      report.segments.pruned[pruned]++;
      continue;
    }
    await using opened = await open(shelf, ref, query, report, async (missing) => {
      const heirs = await successorsOf(places, missing);
      refs.unshift(...(heirs ?? []));
      return heirs !== null;
    });
    if (opened === null) continue;
    const { taken, matcher, blocks } = opened;
    const forgotten = erasureMatchers(erasures, taken.reader.footer);
    const found = linesOf(taken, matcher, blocks, report, superseded, forgotten);
    yield {
      ...{
        ref,
        footer: taken.reader.footer,
        source: taken.source,
        path: taken.path,
        tier: taken.tier,
        blocks,
      },
      isFiltered: forgotten.length > 0 || (superseded !== null && (ref.shared || ref.drained < ref.rows)),
      ...{ places: found, lines: onlyLines(found) },
    };
    report.bytes.read += taken.reader.bytesRead;
  }
}

async function gatherRefs(
  { hot, archive }: Places,
  query: Query,
  report: SearchReport,
  given: readonly SegmentRef[] | undefined,
): Promise<{ refs: SegmentRef[]; shapes: Map<string, TableShape> }> {
  const shapes = new Map<string, TableShape>();
  if (hot === null && given !== undefined) return { refs: [...given], shapes };
  if (hot === null) {
    const { refs, problems } = await refsOfFiles(archive);
    report.problems.push(...problems);
    return { refs: [...refs], shapes };
  }
  const refs: SegmentRef[] = [];
  for (const table of query.tables) {
    const shape = await hot.reader.shape(table);
    if (shape !== null) shapes.set(table, shape);
    if (given !== undefined) continue;
    await using finding = await hot.lookup.find(table, shape, null);
    refs.push(...refsOfReceipts(finding.receipts, finding.leased));
  }
  return { refs: given === undefined ? refs : [...given], shapes };
}

interface Opened extends AsyncDisposable {
  readonly taken: TakenSegment;
  readonly matcher: LineMatcher;
  readonly blocks: readonly number[];
}

async function open(
  shelf: Shelf,
  ref: SegmentRef,
  query: Query,
  report: SearchReport,
  hasHeirs: (ref: SegmentRef) => Promise<boolean>,
): Promise<Opened | null> {
  await using opening = new AsyncDisposableStack();
  try {
    const taken = opening.use(await shelf.take(ref));
    const { footer } = taken.reader;
    const matcher = lineMatcher(query, footer);
    const pruned = matcher === null ? [] : await judge(taken, query);
    const blocks = pruned.flatMap((why, at) => (why === null ? [at] : []));
    report.blocks.total += pruned.length;
    for (const why of pruned) if (why !== null) report.blocks.pruned[why]++;
    if (matcher !== null && blocks.length > 0) {
      report.segments.read++;
      const opened = opening.move();
      return { taken, matcher, blocks, [Symbol.asyncDispose]: () => opened.disposeAsync() };
    }
    report.segments.pruned[matcher === null ? 'column' : pruned.includes('key') ? 'key' : 'time']++;
    report.bytes.read += taken.reader.bytesRead;
    return null;
  } catch (error) {
    if (!isMissing(error) || !(await hasHeirs(ref))) noteProblem(report, ref, error, ref.rows);
    return null;
  }
}

async function judge({ reader }: TakenSegment, query: Query): Promise<ReturnType<typeof pruneBlocks>> {
  const answers: (readonly boolean[])[] = [];
  for (const { column, values } of keyProbes(query, reader.footer)) {
    const forms = await Promise.all(values.map((value) => reader.mayContain(column, value)));
    answers.push(reader.footer.blocks.map((_, at) => forms.some((form) => form?.[at])));
  }
  return pruneBlocks(query, reader.footer, answers);
}

async function* linesOf(
  { ref, reader }: TakenSegment,
  matcher: LineMatcher,
  blocks: readonly number[],
  report: SearchReport,
  superseded: Superseded | null,
  forgotten: readonly LineMatcher[],
): AsyncGenerator<{ position: number; line: Uint8Array }, void, void> {
  const firsts = firstLines(reader.footer);
  let ahead: Promise<Uint8Array> | null = null;
  for (const [turn, block] of blocks.entries()) {
    const reading: Promise<Uint8Array> = ahead ?? reader.block(block);
    const next = blocks[turn + 1];
    ahead = next === undefined ? null : reader.block(next);
    // Awaited in its turn; its failure must not count as unhandled until then.
    ahead?.catch(() => undefined);
    let text: Uint8Array;
    try {
      text = await reading;
    } catch (error) {
      noteProblem(report, ref, error, reader.footer.blocks[block]!.rows);
      continue;
    }
    report.blocks.read++;
    report.bytes.inflated += text.length;
    const first = firsts[block]!;
    const lines = scanBlock(text, matcher);
    const hidden = (await superseded?.among(ref, first, lines)) ?? new Set<number>();
    report.rows.superseded += hidden.size;
    for (const [at, { line, index }] of lines.entries()) {
      if (hidden.has(at) || forgotten.some((erased) => erased.match(line) !== null)) continue;
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
  erasures: readonly Erasure[],
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

function noteProblem(report: SearchReport, ref: SegmentRef, error: unknown, rows: number): void {
  if (!(error instanceof FirnError) || error.code === 'busy' || error.code === 'database') throw error;
  const { segment, table, tier } = ref;
  report.problems.push({ segment, table, tier, rows, path: error.path ?? segment, why: error.message });
}
