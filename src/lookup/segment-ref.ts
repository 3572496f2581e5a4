import type { Day, Instant } from '../model/instant.ts';

/** A segment as a reader of the archive needs to know it. */
export interface SegmentRef {
  /** `<day>/<file name>`. */
  readonly segment: string;
  readonly table: string;
  readonly day: Day;
  readonly tier: 'warm' | 'cold';
  readonly rows: number;
  /** Size of the sealed file, and of its lines. */
  readonly bytes: number;
  readonly rawBytes: number;
  readonly minTime: Instant;
  readonly maxTime: Instant;
  /** UTC ISO 8601. */
  readonly archivedAt: string;
  /** The seal its receipt remembers; null when there is no receipt. */
  readonly digest: string | null;
  /**
   * Lines from this position on may stand in hot too (they are being drained); all lines may when `shared` (a lease, or rows
   * that differed when the segment was adopted). Where they do, hot wins.
   */
  readonly drained: number;
  readonly shared: boolean;
}
