import type { Day, Instant } from '../../model/instant.ts';
import type { Span } from '../../model/policy/span.ts';

/** A segment as a reader of the archive needs to know it. */
export interface SegmentRef {
  /** `<day>/<file name>`. */
  readonly segment: string;
  readonly table: string;
  /** The first day of its span. */
  readonly day: Day;
  readonly span: Span;
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
  /** Lines from this position on are being drained: their rows are hot. */
  readonly drained: number;
  /** Its file was found without a receipt, so that rows of lines from `drained` on may have left hot before. */
  readonly adopted: boolean;
  /** Positions before `drained` of lines whose row stays in hot: they are taken out when the drain ends. */
  readonly kept: ReadonlySet<number>;
  /** Some of its rows were restored into hot and are leased. */
  readonly leased: boolean;
}
