import type { ErasureFilter } from '../model/erasure.ts';
import type { Among, Condition } from '../model/filter.ts';
import type { Instant } from '../model/instant.ts';
import type { HotRule, Policy } from '../model/policy/policy.ts';
import type { Reference, TableShape } from '../model/shape.ts';
import type { TimeFormat } from '../model/time/time-format.ts';
import type { Erasure, LeasedRow } from './hot-rows.ts';
import type { Receipt } from './ledger.ts';

/** Which hot rows of a table are wanted. All parts must hold. */
export interface HotQuery {
  /** On columns as the shape spells them, or `_rowid` of a table without primary key. */
  readonly where: readonly Condition[];
  /** Null when that does not matter. */
  readonly among: Among | null;
  /** Some TEXT value contains it, as the condition `~` does. */
  readonly text: string | null;
  /** The column of the row's own time; null when the table has none. */
  readonly timeColumn: string | null;
  /** How its values are read. Missing: `auto`. */
  readonly timeFormat?: TimeFormat | undefined;
  /** Both inclusive. A row without an intelligible time satisfies no bound. */
  readonly since: Instant | null;
  readonly until: Instant | null;
  /** Rows that any of these erasures concerns are not wanted. */
  readonly erased: readonly ErasureFilter[];
  readonly order: 'oldest' | 'newest';
  readonly limit: number | null;
  /** Lines need no other columns than these; they may have more. Missing: all. */
  readonly columns?: readonly string[] | undefined;
}

/** A hot row that was found. */
export interface HotRow {
  /** Null when its time cannot be understood. */
  readonly time: Instant | null;
  /** As a segment's line, line feed included, without `_archived_at`. */
  readonly line: Uint8Array;
}

/** What rows are found for. */
export type FindPurpose = 'rows' | 'leased' | 'twins';

/** What a search found in hot: rows, receipts and leases of one instant. */
export interface HotFinding extends AsyncDisposable {
  /** Of this table, all states. */
  readonly receipts: readonly Receipt[];
  /** Segments some of whose rows were restored into hot and are leased. */
  readonly leased: ReadonlySet<string>;
  /** Of segments that are being drained: positions of drained lines whose row stays in hot, so that the line is taken out when the drain ends. */
  readonly kept: ReadonlyMap<string, ReadonlySet<number>>;
  readonly count: number;
  /** In the order asked for, those without a time last. */
  rows(): AsyncIterable<HotRow>;
  /**
   * Which of these lines, that match what was asked for, stood in hot under a lease: positions in the list. Each row answers for one line, so every line
   * may be asked about once.
   * @param timeColumn of the lines' segment.
   */
  leasedAmong(lines: readonly Uint8Array[], timeColumn: string): Promise<readonly number[]>;
  /** Which of these lines had a row in hot that read exactly so. The same holds; only while the finding has segments that were adopted and are being drained. */
  twinsAmong(lines: readonly Uint8Array[]): Promise<readonly number[]>;
}

/** The lease of a row that was restored from an archived line. */
export interface FoundLease {
  readonly until: Instant;
  readonly found: LeasedRow;
}

/** A row that refers to another by a declared foreign key: its primary key, or its rowid where it has none, as text. */
export interface ReferringRow {
  readonly table: string;
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

/** Finds rows in hot. Touches nothing; reads are short, so that writers beside it do not wait. */
export interface HotLookup extends AsyncDisposable {
  /**
   * Finds rows and puts them aside (in temporary storage, memory is bounded), so that they can be read as slowly as one
   * likes. `query` null finds no rows, only receipts.
   * @param shape null for a table that hot does not have (any more): `table` still has receipts.
   * @param purpose `rows` are wanted; or only which archived lines stand in hot too: those that are `leased` and `twins`, or `twins`.
   */
  find(
    table: string,
    shape: TableShape | null,
    query: HotQuery | null,
    purpose?: FindPurpose,
  ): Promise<HotFinding>;
  /** The lease of the row that was restored from this line, and what stands there now; null when there is none. `timeColumn` is its segment's. */
  leaseOf(shape: TableShape, timeColumn: string, line: Uint8Array): Promise<FoundLease | null>;
  /** Whether the row of a key (`where` on all of its columns) satisfies a policy's `openWhile`; false when there is no such row. */
  isOpen(shape: TableShape, openWhile: string, where: readonly Condition[]): Promise<boolean>;
  /** The place of the first of a policy's hot rules that the row of a key satisfies; null when there is none. */
  hotRuleOf(
    shape: TableShape,
    rules: readonly HotRule[],
    where: readonly Condition[],
  ): Promise<number | null>;
  /** Whether the row of a key is among the newest of its table, which always stay by the policy's `keepLast`. */
  isKeptAsNewest(
    shape: TableShape,
    policy: Policy,
    where: readonly Condition[],
    now: Instant,
  ): Promise<boolean>;
  /** Whether the row of a key has the greatest id of a table whose ids SQLite would give out again: it is not archived then. */
  hasLastId(shape: TableShape, where: readonly Condition[]): Promise<boolean>;
  /** At most `most` rows that refer by this key to the row of a key of the parent (`where` on all of its columns). */
  referring(tie: Reference, where: readonly Condition[], most: number): Promise<readonly ReferringRow[]>;
  /** Orders to erase rows that were carried out. */
  erasures(): Promise<readonly Erasure[]>;
}
