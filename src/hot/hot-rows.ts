import type { ErasureFilter, ErasureOrder } from '../model/erasure.ts';
import type { Instant } from '../model/instant.ts';
import type { TableShape } from '../model/shape.ts';
import type { TimeSource } from '../model/time/time-format.ts';

/** What became of one line that was to be inserted. */
export type InsertOutcome =
  | 'inserted'
  /** The row stands there already, cell for cell. */
  | 'same'
  /** A row of its key stands there and differs; it stays. */
  | 'kept'
  /** A row of its key stood there and differed; it reads as the line now. */
  | 'overwritten'
  /** The table does not take it, and why. */
  | { readonly refused: string };

export interface Inserted {
  readonly outcomes: readonly InsertOutcome[];
  /** Columns whose values the table stores differently from the lines (another declared type), and how many rows. */
  readonly converted: ReadonlyMap<string, number>;
}

export interface InsertHow {
  /** What happens to a row of the same key that differs. */
  readonly overwrite: boolean;
  /** Leave out the values of columns that the table does not have; else such rows are refused. */
  readonly dropColumns: boolean;
  /** Lines met in this restore that no key tells apart, and how often: kept by the caller from one call to the next. */
  readonly seen: Map<string, number>;
  /** The column of the rows' own time, as their segment calls it. */
  readonly timeColumn: string;
  /** Look at each row before and after it is inserted, also where that is not needed: for tests. */
  readonly exactly?: boolean;
  /** Not to be archived before this instant; the segment holds the rows meanwhile. */
  readonly lease: { readonly segment: string; readonly until: Instant } | null;
}

/** Rows of one segment that were restored into hot and are leased until the same instant. */
export interface Lease {
  readonly table: string;
  /** As it was called when the rows were restored; it may have been rewritten since. */
  readonly segment: string;
  readonly until: Instant;
  readonly rows: number;
}

/**
 * What stands in hot where the row of a lease was restored. same: it reads as it was restored. edited: the same row, changed since. other: a
 * row with its key or rowid that is another one, or may be. gone: no row.
 */
export type LeasedRow = 'same' | 'edited' | 'other' | 'gone';

/** What became of leases that were over. */
export interface EndedLeases {
  /** Unchanged rows, deleted as their segment holds them. */
  readonly deleted: number;
  /** Positions in the list of lines whose row stays (edited, or with the greatest id) and accounts for them: those lines may be taken out. Their leases stay. */
  readonly changed: readonly number[];
  /** Lines in whose place another row stands, or may stand: both are kept. */
  readonly other: number;
}

/** What was deleted because leases of whole units were over. */
export interface UnitsEnded {
  readonly deleted: readonly { readonly table: string; readonly segment: string; readonly rows: number }[];
  /** False when all units were looked at. */
  readonly more: boolean;
}

/**
 * Ends the leases of a family of tables unit by unit: a unit's rows are deleted in one transaction, if each of its rows in hot is leased, its lease
 * is over, and it reads as it was restored. A unit with a later lease waits for it. Of any other unit all rows stay. Then `endLeases` and `releaseSegment`
 * do the rest.
 */
export interface LeasedUnits {
  /** @param family the tables, parents before their children. */
  beginUnits(family: readonly TableShape[]): Promise<void>;
  /** To be called with all lines of the segments of the family that have leases which are over. */
  noteUnits(shape: TableShape, timeColumn: string, now: Instant, lines: readonly Uint8Array[]): Promise<void>;
  /**
   * Deletes the next units, of about `limit` rows, in one transaction. To be called until there are no more.
   * @param unread segments whose lines could not be noted: what was restored from them waits.
   */
  endUnits(now: Instant, unread: readonly string[], limit: number): Promise<UnitsEnded>;
}

/** An order to erase rows, and what came of it. */
export interface Erasure extends ErasureOrder {
  /** Rows erased, in all tiers. */
  readonly rows: number;
}

/** Row by row changes of hot that a person asked for. Whoever makes them holds the run lock. Each call is one write transaction. */
export interface HotRows extends LeasedUnits {
  /**
   * Inserts the rows of lines with exact values. A row is known by its primary key; in a table without one, by the line that it
   * was restored from. Leases are written in the same transaction.
   */
  insert(shape: TableShape, lines: readonly Uint8Array[], how: InsertHow): Promise<Inserted>;
  leases(): Promise<readonly Lease[]>;
  /**
   * Ends the leases, over at `now`, of the rows of these lines, which stand in a segment that was proved. A row that still reads as it was
   * restored is deleted, unless it has the greatest id, which SQLite would use again.
   * @param timeColumn of the segment.
   */
  endLeases(
    shape: TableShape,
    timeColumn: string,
    now: Instant,
    lines: readonly Uint8Array[],
  ): Promise<EndedLeases>;
  /** Forgets the leases of these lines: their rows are ordinary hot rows from now on. */
  release(table: string, lines: readonly Uint8Array[]): Promise<void>;
  /** Forgets the leases of a segment that are over at `now`. */
  releaseSegment(table: string, segment: string, now: Instant): Promise<void>;
  /**
   * Deletes at most `limit` rows that match, and what the ledger has of them; their places on disk are overwritten. Returns how many: 0 only when
   * none matches any more. They are looked for before the lock is taken.
   */
  erase(shape: TableShape, order: ErasureFilter, time: TimeSource | null, limit: number): Promise<number>;
  /** How many rows match: `dated` as `erase` does, `undated` those without an intelligible time that match but for the bounds. */
  countMatching(
    shape: TableShape,
    order: ErasureFilter,
    time: TimeSource | null,
    which: 'dated' | 'undated',
  ): Promise<number>;
  /** The orders that the ledger has. */
  erasures(): Promise<readonly Erasure[]>;
  recordErasure(erasure: Erasure): Promise<void>;
}
