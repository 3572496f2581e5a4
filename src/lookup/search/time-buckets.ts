import { asInstant, DAY_MICROS, dayOf, HOUR_MICROS, type Instant, startOfDay } from '../../model/instant.ts';
import { endOfSpan, firstDay } from '../../model/policy/span.ts';
import type { Tier } from '../read/query.ts';

/** How much time a bucket covers, in UTC; weeks begin on Monday. */
export type BucketWidth = 'hour' | 'day' | 'week' | 'month';

export const BUCKET_WIDTHS: readonly BucketWidth[] = ['hour', 'day', 'week', 'month'];

/** The rows of one bucket, by tier. */
export interface TimeBucket {
  /** Its first and its last instant. */
  readonly from: Instant;
  readonly until: Instant;
  hot: number;
  warm: number;
  cold: number;
}

/** A range up to so many days is divided into such buckets. */
const MOST_DAYS = { hour: 3, day: 120, week: 3 * 365 };

/** The width at which a range of time has at most about 160 buckets; months for any longer one. */
export function widthFor(from: Instant, until: Instant): BucketWidth {
  const days = (until - from) / DAY_MICROS;
  for (const width of ['hour', 'day', 'week'] as const) if (days <= MOST_DAYS[width]) return width;
  return 'month';
}

/** The first instant of an hour. */
export function hourOf(time: Instant): Instant {
  return asInstant(Math.floor(time / HOUR_MICROS) * HOUR_MICROS);
}

/** Counts rows by time. Only buckets that have rows take memory. */
export class TimeBuckets {
  readonly width: BucketWidth;
  readonly #buckets = new Map<number, TimeBucket>();
  #last: TimeBucket | null = null;

  constructor(width: BucketWidth) {
    this.width = width;
  }

  add(time: Instant, tier: Tier, rows: number): void {
    const bucket = this.#at(time);
    bucket[tier] += rows;
  }

  /** Whether a range of time lies in one bucket. */
  isOne(from: Instant, until: Instant): boolean {
    const [start, end] = this.#boundsOf(from);
    return from >= start && until <= end;
  }

  /** The buckets that have rows, the oldest first. */
  all(): readonly TimeBucket[] {
    return [...this.#buckets.values()].sort((a, b) => a.from - b.from);
  }

  /** Rows mostly come in the order of time. */
  #at(time: Instant): TimeBucket {
    if (this.#last !== null && this.#last.from <= time && time <= this.#last.until) return this.#last;
    const [from, until] = this.#boundsOf(time);
    const bucket = this.#buckets.get(from) ?? { from, until, hot: 0, warm: 0, cold: 0 };
    this.#buckets.set(from, bucket);
    this.#last = bucket;
    return bucket;
  }

  #boundsOf(time: Instant): readonly [Instant, Instant] {
    if (this.width === 'hour') {
      const start = hourOf(time);
      return [start, asInstant(start + HOUR_MICROS - 1)];
    }
    const covered = { day: firstDay(dayOf(time), this.width), span: this.width };
    return [startOfDay(covered.day), endOfSpan(covered)];
  }
}
