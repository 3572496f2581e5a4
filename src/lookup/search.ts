import type { Erasure } from '../hot/hot-rows.ts';
import { FirnError } from '../model/errors.ts';
import { getPolicy } from '../model/policies.ts';
import type { TableShape } from '../model/shape.ts';
import { erasureMatchers } from './archived-lines.ts';
import { BlockWalk, type WalkedBlock } from './block-walk.ts';
import { refsOfFiles, refsOfReceipts } from './catalog.ts';
import { checkColumns } from './check-columns.ts';
import type { Hit } from './hit.ts';
import { findHot } from './hot-finding.ts';
import { HotStream } from './hot-stream.ts';
import type { Places } from './places.ts';
import type { Query } from './query.ts';
import { emptyReport, type SearchReport } from './search-report.ts';
import type { SegmentRef } from './segment-ref.ts';
import { Shelf } from './shelf.ts';
import { successorsOf } from './successors.ts';
import { Superseded } from './superseded.ts';
import { compareHits, WaitingHits } from './waiting-hits.ts';

/** A search: its answers, and while they are taken, what it looked at. */
export interface Search extends AsyncIterable<Hit> {
  readonly report: SearchReport;
}

export interface SearchOptions {
  /** Take conditions on columns that no table has: nothing satisfies them. Else they are wrong usage. */
  readonly anyColumn?: boolean;
  /** Ends the search with an `interrupted` error. */
  readonly signal?: AbortSignal;
}

/**
 * Finds rows in all tiers at once, each once, in the order of their own time. Nothing is done before the first answer is
 * asked for; stop taking answers and no more is read. What could not be read is in `report.problems`, so look there
 * before you take an answer to be complete.
 *
 *     const found = search(places, { ...everything(['tool_uses']), where: [parseCondition('execution_id=e-7')] });
 *     for await (const hit of found) console.log(hit.tier, rowOf(hit));
 *     if (found.report.problems.length > 0) throw new Error('the answer is not complete');
 */
export function search(places: Places, query: Query, options: SearchOptions = {}): Search {
  const report = emptyReport();
  return { report, [Symbol.asyncIterator]: () => answer(places, query, report, options) };
}

async function* answer(
  places: Places,
  query: Query,
  report: SearchReport,
  { anyColumn = false, signal }: SearchOptions,
): AsyncGenerator<Hit, void, void> {
  if (query.limit === 0) return;
  await using opened = new AsyncDisposableStack();
  const { refs, streams, shapes } = await gather(places, query, report, opened);
  if (!anyColumn) await checkColumns(places, query, refs);
  const erasures = (await places.hot?.lookup.erasures()) ?? [];
  const shelf = opened.use(new Shelf(places.archive));
  const superseded = places.hot === null ? null : new Superseded(places.hot, shapes);
  const walk = opened.use(
    new BlockWalk(query, refs, { shelf, report, successors: (ref) => successorsOf(places, ref) }),
  );
  const waiting = opened.use(disposable(new WaitingHits(query.limit)));
  for (let given = 0; ; ) {
    if (signal?.aborted) throw new FirnError('interrupted', 'told to stop', { operation: 'search' });
    const next = walk.next;
    const hit = earliest(waiting, streams);
    if (hit !== null && (next === null || hit.order < next)) {
      if (hit === waiting.peek()) waiting.take();
      else await streams.find((stream) => stream.first === hit)!.advance();
      report.rows[hit.tier]++;
      yield hit;
      if (++given === query.limit) return;
    } else if (next === null) return;
    else {
      const walked = await walk.take();
      if (walked !== null) await admit(walked, query, superseded, waiting, report, erasures);
    }
  }
}

function earliest(waiting: WaitingHits, streams: readonly HotStream[]): Hit | null {
  let least = waiting.peek();
  for (const { first } of streams) {
    if (first !== null && (least === null || compareHits(first, least) < 0)) least = first;
  }
  return least;
}

async function admit(
  { taken, first, lines }: WalkedBlock,
  query: Query,
  superseded: Superseded | null,
  waiting: WaitingHits,
  report: SearchReport,
  erasures: readonly Erasure[],
): Promise<void> {
  const { ref } = taken;
  const erased = erasureMatchers(erasures, taken.reader.footer);
  const hidden = superseded === null ? null : await superseded.among(ref, first, lines);
  for (const [at, { line, time, index }] of lines.entries()) {
    if (hidden?.has(at)) {
      report.rows.superseded++;
      continue;
    }
    if (erased.some((matcher) => matcher.match(line) !== null)) continue;
    const order = query.order === 'oldest' ? time : -time;
    const place = `${ref.table}\0${ref.segment}\0${String(first + index).padStart(12, '0')}`;
    waiting.push({ table: ref.table, tier: taken.tier, segment: ref.segment, time, line, order, place });
  }
}

interface Gathered {
  readonly refs: readonly SegmentRef[];
  readonly streams: readonly HotStream[];
  readonly shapes: ReadonlyMap<string, TableShape>;
}

/** Finds the hot rows of each table, and the segments of the same instant. */
async function gather(
  { hot, archive, policies }: Places,
  query: Query,
  report: SearchReport,
  opened: AsyncDisposableStack,
): Promise<Gathered> {
  if (hot === null) {
    const { refs, problems } = await refsOfFiles(archive);
    report.problems.push(...problems);
    return { refs, streams: [], shapes: new Map() };
  }
  const shapes = new Map<string, TableShape>();
  const refs: SegmentRef[] = [];
  const streams: HotStream[] = [];
  for (const table of query.tables) {
    const shape = await hot.reader.shape(table);
    if (shape !== null) shapes.set(table, shape);
    const finding = opened.use(
      await findHot(hot.lookup, query, table, shape, getPolicy(policies, table)?.timeColumn ?? null),
    );
    const stream = new HotStream(finding, shape?.table ?? table, query.order);
    await stream.advance();
    streams.push(stream);
    refs.push(...refsOfReceipts(finding.receipts, finding.leased));
  }
  return { refs, streams, shapes };
}

function disposable<T extends Disposable>(value: T): T & AsyncDisposable {
  return Object.assign(value, { [Symbol.asyncDispose]: async (): Promise<void> => value[Symbol.dispose]() });
}
