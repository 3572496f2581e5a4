import { decodeLine } from '../../format/line/line.ts';
import { asInstant, type Instant } from '../../model/instant.ts';
import { stopIfTold, stopOn } from '../../model/stop.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { ArchivedRows, type OpenedSegment } from '../read/archived-rows.ts';
import { checkColumns } from '../read/check-columns.ts';
import { type Gathered, gather } from '../read/gather.ts';
import type { Query } from '../read/query.ts';
import { type Facet, FacetCounter } from './facet-counter.ts';
import { type BucketWidth, hourOf, type TimeBucket, TimeBuckets, widthFor } from './time-buckets.ts';

/** How many rows a search would find, by time and by value. What could not be read is in `report.problems`, and not counted. */
export interface RowCounts {
  readonly width: BucketWidth;
  /** Only those that have rows, the oldest first. */
  readonly buckets: readonly TimeBucket[];
  /** Hot rows whose time cannot be understood: they are in no bucket. */
  readonly untimed: number;
  readonly total: number;
  readonly facets: readonly Facet[];
  /** Segments and blocks that were counted as a whole, by the ledger or a footer: their rows were not read. */
  readonly whole: { segments: number; blocks: number };
  readonly report: SearchReport;
}

export interface CountOptions {
  /** Null: as fits the range of time. */
  readonly width: BucketWidth | null;
  /** Columns whose values are counted. */
  readonly facets: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Counts the rows that a query finds, each once. Without conditions, text and facets, a segment all of whose rows lie in one bucket is counted
 * from the ledger, and a block from its footer. The query's order and limit do not matter.
 */
export async function countRows(places: Places, query: Query, options: CountOptions): Promise<RowCounts> {
  const report = emptyReport();
  await using opened = new AsyncDisposableStack();
  const gathered = await gather(places, { ...query, limit: null }, report, opened, { purpose: 'rows' });
  await checkColumns(places, query, gathered, options.facets);
  const counting = opened.use(new Counting(places, query, gathered, report, options));
  return await counting.count(options.width);
}

class Counting implements AsyncDisposable {
  readonly #places: Places;
  readonly #query: Query;
  readonly #gathered: Gathered;
  readonly #report: SearchReport;
  readonly #rows: ArchivedRows;
  readonly #facets: FacetCounter | null;
  readonly #stop: ReturnType<typeof stopOn>;
  readonly #whole = { segments: 0, blocks: 0 };

  constructor(
    places: Places,
    query: Query,
    gathered: Gathered,
    report: SearchReport,
    { facets, signal }: CountOptions,
  ) {
    [this.#places, this.#query, this.#gathered, this.#report] = [places, query, gathered, report];
    this.#rows = new ArchivedRows(places, query, gathered, report, 'crc');
    this.#facets = facets.length === 0 ? null : new FacetCounter(facets, places.dialect);
    this.#stop = stopOn(signal);
  }

  async count(width: BucketWidth | null): Promise<RowCounts> {
    const { hours, untimed } = await this.#hotRows();
    const refs = this.#gathered.refs.filter((ref) => this.#rows.wants(ref));
    const buckets = new TimeBuckets(width ?? fittingWidth(this.#query, refs, [...hours.keys()]));
    for (const [hour, rows] of hours) buckets.add(hour, 'hot', rows);
    for (let ref = refs.shift(); ref !== undefined; ref = refs.shift()) {
      if (this.#isCounted(ref, buckets)) {
        buckets.add(ref.minTime, ref.tier, ref.rows);
        this.#report.rows[ref.tier] += ref.rows;
        this.#whole.segments++;
      } else {
        const onHeirs = (heirs: readonly SegmentRef[]): void =>
          void refs.unshift(...heirs.filter((heir) => this.#rows.wants(heir)));
        await this.#countSegment(ref, onHeirs, buckets);
      }
    }
    const { hot, warm, cold } = this.#report.rows;
    return {
      ...{ width: buckets.width, buckets: buckets.all(), untimed, total: hot + warm + cold },
      ...{ facets: this.#facets?.result() ?? [], whole: this.#whole, report: this.#report },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#facets?.[Symbol.dispose]();
    await this.#rows[Symbol.asyncDispose]();
  }

  /** Rows of the database by the first instant of their hour, which every bucket holds as a whole. */
  async #hotRows(): Promise<{ hours: ReadonlyMap<Instant, number>; untimed: number }> {
    const hours = new Map<Instant, number>();
    let untimed = 0;
    for (const { table, finding } of this.#gathered.tables.values()) {
      for await (const { time, line } of finding.rows()) {
        stopIfTold(this.#stop, DOING);
        this.#facets?.add(decodeLine(line, table));
        this.#report.rows.hot++;
        if (time === null) untimed++;
        else hours.set(hourOf(time), (hours.get(hourOf(time)) ?? 0) + 1);
      }
    }
    return { hours, untimed };
  }

  /** Whether the ledger counts a segment: all of its rows are wanted and in one bucket, and its file is known to be there. */
  #isCounted(ref: SegmentRef, buckets: TimeBuckets): boolean {
    const { hot, names, dialect } = this.#places;
    const { hidden, erasures } = this.#gathered;
    return (
      this.#isPlain(ref, buckets) &&
      // Without a database, all footers were read.
      (hot === null || names?.segments.has(ref.segment) === true) &&
      hidden?.mayHide(ref) !== true &&
      !erasures.some(({ table }) => dialect.sameName(table, ref.table))
    );
  }

  /** Whether rows between two times are all wanted and in one bucket. */
  #isPlain({ minTime, maxTime }: Pick<SegmentRef, 'minTime' | 'maxTime'>, buckets: TimeBuckets): boolean {
    const { where, text, among, since, until } = this.#query;
    const isFree = where.length === 0 && text === null && among === null && this.#facets === null;
    const isInside = (since === null || since <= minTime) && (until === null || maxTime <= until);
    return isFree && isInside && buckets.isOne(minTime, maxTime);
  }

  async #countSegment(
    ref: SegmentRef,
    onHeirs: (heirs: readonly SegmentRef[]) => void,
    buckets: TimeBuckets,
  ): Promise<void> {
    await using segment = await this.#rows.open(ref, onHeirs);
    if (segment === null) return;
    const { tier, reader } = segment.taken;
    const isFiltered = this.#rows.isFiltered(segment);
    const toRead: number[] = [];
    for (const block of await this.#rows.blocks(segment)) {
      const entry = reader.footer.blocks[block]!;
      if (isFiltered || !this.#isPlain(entry, buckets)) toRead.push(block);
      else {
        buckets.add(entry.minTime, tier, entry.rows);
        this.#report.rows[tier] += entry.rows;
        this.#whole.blocks++;
      }
    }
    await this.#readBlocks(segment, toRead, buckets);
  }

  /** While the rows of a block are counted, the next block is read. */
  async #readBlocks(segment: OpenedSegment, blocks: readonly number[], buckets: TimeBuckets): Promise<void> {
    const { tier } = segment.taken;
    const scan = (block: number | undefined) =>
      block === undefined ? null : this.#rows.scan(segment, block);
    let ahead = scan(blocks[0]);
    for (const [turn, block] of blocks.entries()) {
      stopIfTold(this.#stop, DOING);
      const lines = await ahead!;
      ahead = scan(blocks[turn + 1]);
      // Awaited in its turn; its failure must not count as unhandled until then.
      ahead?.catch(() => undefined);
      for (const { line, time } of await this.#rows.found(segment, block, lines)) {
        this.#facets?.add(decodeLine(line, segment.ref.table));
        buckets.add(time, tier, 1);
        this.#report.rows[tier]++;
      }
    }
  }
}

const DOING = { operation: 'count rows' };

/** As fits the range that was asked for, or else the times of all rows. */
function fittingWidth(
  { since, until }: Query,
  refs: readonly SegmentRef[],
  hotHours: readonly Instant[],
): BucketWidth {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { minTime, maxTime } of refs)
    [first, last] = [Math.min(first, minTime), Math.max(last, maxTime)];
  for (const hour of hotHours) [first, last] = [Math.min(first, hour), Math.max(last, hour)];
  const [from, to] = [Math.max(first, since ?? first), Math.min(last, until ?? last)];
  return from <= to ? widthFor(asInstant(from), asInstant(to)) : 'day';
}
