import { isUnreadableTable } from '../../model/errors.ts';
import { stopIfTold, stopOn } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type SearchReport } from '../places/search-report.ts';
import { ArchivedRows } from '../read/archived-rows.ts';
import { BlockWalk, type WalkedBlock } from '../read/block-walk.ts';
import { checkColumns } from '../read/check-columns.ts';
import { type Gathered, gather } from '../read/gather.ts';
import type { Query } from '../read/query.ts';
import type { Hit } from './hit.ts';
import { HotStream } from './hot-stream.ts';
import { compareHits, WaitingHits } from './waiting-hits.ts';

/** A search: its answers, and while they are taken, what it looked at. */
export interface Search extends AsyncIterable<Hit> {
  readonly report: SearchReport;
}

export interface SearchOptions {
  /** Take conditions on columns that no table has: nothing satisfies them. Else they are wrong usage. */
  readonly anyColumn?: boolean;
  /** Columns that are to be shown. One that no table has or had is wrong usage. */
  readonly columns?: readonly string[];
  /** Find out of each archived row whether another row of the database has its key now. */
  readonly marks?: boolean;
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
  { anyColumn = false, marks = false, columns = [], signal }: SearchOptions,
): AsyncGenerator<Hit, void, void> {
  if (query.limit === 0) return;
  const stop = stopOn(signal);
  await using opened = new AsyncDisposableStack();
  const gathered = await gather(places, query, report, opened, { purpose: 'rows' });
  if (!anyColumn) await checkColumns(places, query, gathered, columns);
  const streams = await hotStreams(gathered, query);
  const rows = opened.use(new ArchivedRows(places, query, gathered, report, 'crc'));
  const walk = opened.use(new BlockWalk(query.order, gathered.refs, rows, report));
  const waiting = opened.use(disposable(new WaitingHits(query.limit)));
  for (let given = 0; ; ) {
    stopIfTold(stop, { operation: 'search' });
    const next = walk.next;
    const hit = earliest(waiting, streams);
    if (hit !== null && (next === null || hit.order < next)) {
      if (hit === waiting.peek()) waiting.take();
      else await streams.find((stream) => stream.first === hit)!.advance();
      report.rows[hit.tier]++;
      yield marks ? await marked(places, gathered, hit) : hit;
      if (++given === query.limit) return;
    } else if (next === null) return;
    else {
      const walked = await walk.take();
      if (walked !== null) await admit(walked, query, rows, waiting);
    }
  }
}

async function marked({ hot, dialect }: Places, { tables }: Gathered, hit: Hit): Promise<Hit> {
  const shape = hit.tier === 'hot' ? null : (tables.get(dialect.foldName(hit.table))?.shape ?? null);
  if (hot === null || shape === null || shape.primaryKey.length === 0) return hit;
  try {
    return (await hot.reader.present(shape, [hit.line])).length > 0 ? { ...hit, sameKeyInHot: true } : hit;
  } catch (error) {
    // The table has another key now, or cannot be read.
    if (isUnreadableTable(error)) return hit;
    throw error;
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
  { segment, block, lines }: WalkedBlock,
  query: Query,
  rows: ArchivedRows,
  waiting: WaitingHits,
): Promise<void> {
  const { ref, taken } = segment;
  const keyColumns = taken.reader.footer.primaryKey;
  for (const { line, time, position } of await rows.found(segment, block, lines)) {
    const order = query.order === 'oldest' ? time : -time;
    const place = `${ref.table}\0${ref.segment}\0${String(position).padStart(12, '0')}`;
    const { table, segment: name } = ref;
    waiting.push({ table, tier: taken.tier, segment: name, keyColumns, time, line, order, place });
  }
}

async function hotStreams({ tables }: Gathered, query: Query): Promise<readonly HotStream[]> {
  const streams: HotStream[] = [];
  for (const { table, shape, finding } of tables.values()) {
    const stream = new HotStream(finding, shape?.table ?? table, shape?.primaryKey ?? [], query.order);
    await stream.advance();
    streams.push(stream);
  }
  return streams;
}

function disposable<T extends Disposable>(value: T): T & AsyncDisposable {
  return Object.assign(value, { [Symbol.asyncDispose]: async (): Promise<void> => value[Symbol.dispose]() });
}
