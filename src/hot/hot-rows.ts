import type { Condition } from '../model/filter.ts';
import type { Instant } from '../model/instant.ts';
import type { TableShape } from '../model/shape.ts';

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

/** An order to erase rows, kept so that no copy that turns up later brings them back. */
export interface Erasure {
  readonly table: string;
  readonly where: readonly Condition[];
  readonly since: Instant | null;
  readonly until: Instant | null;
  /** UTC ISO 8601. Rows archived later are not concerned. */
  readonly erasedAt: string;
  /** Rows erased, in all tiers. */
  readonly rows: number;
}

/** Row by row changes of hot that a person asked for. Whoever makes them holds the run lock. Each call is one write transaction. */
export interface HotRows {
  /**
   * Inserts the rows of lines with exact values. A row is known by its primary key; in a table without one, by the line that it
   * was restored from. Leases are written in the same transaction.
   */
  insert(shape: TableShape, lines: readonly Uint8Array[], how: InsertHow): Promise<Inserted>;
  leases(): Promise<readonly Lease[]>;
  /**
   * Ends the leases, over at `now`, of the rows of these lines: rows that still read as they were restored are deleted, as their segment
   * holds them. Returns how many, and the positions in the list of lines whose row changed; those rows and their leases stay.
   */
  settle(
    shape: TableShape,
    archivedAt: string,
    now: Instant,
    lines: readonly Uint8Array[],
  ): Promise<{ readonly deleted: number; readonly changed: readonly number[] }>;
  /** Forgets the leases of these lines: their rows are ordinary hot rows from now on. */
  release(table: string, lines: readonly Uint8Array[]): Promise<void>;
  /** Forgets the leases of a segment that are over at `now`. */
  releaseSegment(table: string, segment: string, now: Instant): Promise<void>;
  /** Deletes at most `limit` rows that match, and what the ledger has of them; their places on disk are overwritten. Returns how many. */
  erase(
    shape: TableShape,
    order: Pick<Erasure, 'where' | 'since' | 'until'>,
    timeColumn: string | null,
    limit: number,
  ): Promise<number>;
  recordErasure(erasure: Erasure): Promise<void>;
}
