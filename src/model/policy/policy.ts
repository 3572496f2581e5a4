import type { Milliseconds } from '../instant.ts';
import type { TimeFormat } from '../time/time-format.ts';
import type { Compression } from './compression.ts';
import type { Span } from './span.ts';

/** How one table ages. All spans are milliseconds; a row's age counts from the instant in `timeColumn`. */
export interface Policy {
  readonly table: string;
  readonly group: string | null;
  /** A row is due for warm when `now - time >= hotMs`; with a span longer than a day, when the end of its span is `hotMs` past. */
  readonly hotMs: Milliseconds;
  /** A segment is due for cold when the end of its span is `hotMs + warmMs` past. */
  readonly warmMs: Milliseconds;
  /** A segment is purged `hotMs + warmMs + coldMs` past the end of its span; 0 means at the end of warm. */
  readonly coldMs: Milliseconds;
  readonly timeColumn: string;
  /** How its values are read. Missing: `auto`. */
  readonly timeFormat?: TimeFormat;
  /** SQL expression over the table's columns that is true while the row may still change; null when none. */
  readonly openWhile: string | null;
  /** Columns that get a Bloom filter per block. The primary key always gets one. */
  readonly lookupKeys: readonly string[];
  readonly compression: Compression;
  /** How hard blocks are compressed, 1 to 9. Missing: the default of the compression. */
  readonly compressionLevel?: number;
  /** How much time a segment covers. Missing: a day. */
  readonly span?: Span;
  /** Hot times by value: the first rule whose `where` a row satisfies decides. Missing: none. */
  readonly hotRules?: readonly HotRule[];
  /** The newest rows by time, this many, never leave. Missing: none. */
  readonly keepLast?: number;
  /** `never`: an open row stays as long as it is open. Missing: at most for `hotMs + warmMs`. */
  readonly openUntil?: 'never';
  /** Its rows belong to rows of another table, and leave with them. Missing: they have a time of their own. */
  readonly with?: Belonging;
  /** `keep`: a row that a remaining row refers to by a declared foreign key stays. Missing: such references are left dangling. */
  readonly references?: 'keep';
  /** `allow`: triggers may write to tables when its rows are deleted. Missing: rows of such a table are not deleted. */
  readonly triggers?: 'allow';
}

/** Rows that satisfy `where`, a SQL expression over the table's columns, have a hot time of their own. */
export interface HotRule {
  readonly where: string;
  /** Null: such rows never leave. */
  readonly hotMs: Milliseconds | null;
}

/** Which row of the parent table a row belongs to: the one whose key is in its columns `by`. */
export interface Belonging {
  readonly parent: string;
  readonly by: readonly string[];
}

/** Every table Firn knows something about. Table names are matched as SQLite does: ASCII case-insensitively. */
export interface PolicySet {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Tables kept forever, on purpose. */
  readonly exempt: ReadonlySet<string>;
}
