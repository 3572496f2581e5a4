import type { Receipt } from '../../hot/ledger.ts';
import type { Day } from '../../model/instant.ts';
import type { Span } from '../../model/policy/span.ts';

/** What the archive holds, gathered before anything is decided. */
export interface CleanupInventory {
  readonly receipts: readonly Receipt[];
  /** Segments with a row that a hold keeps, and the hold in words. Looked for among those that `dueSegments` names. */
  readonly held: ReadonlyMap<string, string>;
}

/** A segment that moves or goes, and why. */
export interface SegmentStep {
  readonly segment: string;
  readonly table: string;
  /** The first day of its span. */
  readonly day: Day;
  readonly span: Span;
  readonly rows: number;
  readonly bytes: number;
  readonly reason: string;
}

/** A segment that is past its retention time and stays. */
export interface KeptSegment {
  readonly segment: string;
  readonly table: string;
  readonly reason: string;
}

export interface Sums {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
}

export function sumsOf(segments: readonly Pick<SegmentStep, 'rows' | 'bytes'>[]): Sums {
  return {
    segments: segments.length,
    rows: segments.reduce((sum, { rows }) => sum + rows, 0),
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Receipts of segments whose bytes the archive answers for, by name (which begins with the day). */
export function liveInOrder(receipts: readonly Receipt[]): Receipt[] {
  return receipts
    .filter(({ state }) => state === 'archived' || state === 'draining')
    .sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

/** Why a segment whose time has come stays; null when nothing keeps it. */
export function whyKept(
  { segment, table, state }: Receipt,
  held: ReadonlyMap<string, string>,
): KeptSegment | null {
  if (state === 'draining') {
    return { segment, table, reason: 'an archive run is still deleting its rows from the database' };
  }
  const hold = held.get(segment);
  return hold === undefined ? null : { segment, table, reason: hold };
}

export function stepOf({ segment, table, day, span, rows, bytes }: Receipt, reason: string): SegmentStep {
  return { segment, table, day, span, rows, bytes, reason };
}
