import type { Block } from '../format/segment/segment.ts';
import type { Dialect } from '../model/database/dialect.ts';
import type { SideEffects } from '../model/database/side-effects.ts';
import type { Condition } from '../model/filter.ts';
import type { Day, Instant, Milliseconds } from '../model/instant.ts';
import type { BoundFindings, Dangling } from '../model/policy/archive-plan.ts';
import type { Policy } from '../model/policy/policy.ts';
import type { HotCutoffs } from '../model/policy/thresholds.ts';
import type { Reference, TableShape, View } from '../model/shape.ts';
import type { OddTimes } from '../model/time/odd-times.ts';
import type { TimeFormat } from '../model/time/time-format.ts';
import type { BesideOthers } from './hot-capabilities.ts';
import type { HotRows } from './hot-rows.ts';
import type { Ledger, LedgerReader } from './ledger.ts';
import type { Locators } from './locators.ts';

/** What decides whether a row is due. Instants are inclusive: a row at the cutoff is due. */
export interface DueRule {
  readonly policy: Policy;
  readonly now: Instant;
  /** Rows at or before this instant have left their hot time, unless `hotRules` give them one of their own. No row after it is due. */
  readonly cutoff: Instant;
  /** The cutoffs of rows by value. Missing: that of every row is `cutoff`. */
  readonly hotRules?: HotCutoffs;
  /** Open rows at or before this instant leave although they are open. */
  readonly openCutoff: Instant;
  /** Each list holds rows that match all of its conditions. (Rows that were restored under a lease count as held too.) */
  readonly holds: readonly (readonly Condition[])[];
  /** For a plan: leases that are over at `now` keep nothing, and their rows leave when the run ends them, unless they were edited since. */
  readonly leasesEnd?: boolean;
}

export interface DueDay {
  /** The first day of a span of the policy. */
  readonly day: Day;
  readonly rows: number;
}

/** What a table has to give, found without changing anything. */
export interface Survey {
  /** Due rows by the span of their time, oldest first. */
  readonly days: readonly DueDay[];
  /** Rows past the cutoff that stay because they are open, held, or leased. A row is counted for the first reason that applies, in this order. */
  readonly open: number;
  readonly held: number;
  readonly leased: number;
  /** 1 when the row with the greatest id would be due: it stays, as SQLite would give its id out again. Else 0. */
  readonly lastId: number;
  /** Rows past the table's cutoff that a hot rule keeps longer. */
  readonly ruled: number;
  /** Rows past their cutoff that are among the newest, which always stay (`keepLast`): they are found once, by the survey. */
  readonly newest: number;
  /** Rows met whose time cannot be understood. They never move. */
  readonly undated: number;
  /** Missing when there are none. */
  readonly oddTimes?: OddTimes;
}

/** A table that cannot be looked at alone: its rows leave with others, or stay for others. */
export interface BoundTable {
  readonly shape: TableShape;
  readonly rule: DueRule;
  /** The root of its family; itself when it has none. */
  readonly root: string;
}

/** Tables of one run that are bound together, in the order in which they are to be drained, families together, parents before their children. */
export interface BoundTables {
  readonly tables: readonly BoundTable[];
  /** The foreign keys by which a row keeps the row of one of them that it refers to. */
  readonly references: readonly Reference[];
}

export interface BoundSurvey extends Survey {
  readonly bound: BoundFindings;
}

/** Rows that are drained in one transaction, or stay together. */
export interface UnitRange {
  /** Identifiers of the first and the last unit, as they are in `RowBlock.units`. */
  readonly first: bigint;
  readonly last: bigint;
  readonly rows: number;
}

/** Lines, and where their rows stand in the hot store. */
export interface RowBlock extends Block {
  readonly locators: Locators;
  /** The unit of each row, ascending, where the table was surveyed with others. */
  readonly units?: BigInt64Array<ArrayBuffer>;
}

/** Reads the hot store; never writes to it. Reads are short: no transaction is held between two calls. */
export interface HotReader extends AsyncDisposable {
  /** For messages, and to tell one database from another: its real path. */
  readonly location: string;
  /** How the database compares names and values. */
  readonly dialect: Dialect;
  readonly ledger: LedgerReader;
  /** Names of all user tables (no `sqlite_*`, no `_firn_*`, no virtual or shadow tables), sorted. */
  tables(): Promise<readonly string[]>;
  /** What a query can name in the database like a table and is none of `tables`. */
  views(): Promise<readonly View[]>;
  /** Null when there is no such table. Throws `refused` when the table cannot be archived (a column named `_archived_at`). */
  shape(table: string): Promise<TableShape | null>;
  /** What deleting a row does beside that. Throws `refused` when no row can be deleted: a trigger or an index needs what is not there. */
  sideEffects(shape: TableShape): Promise<SideEffects>;
  /** Counts what is due, and remembers the due rows' keys (in temporary storage, bounded memory) for `blocks`. With `first`, ends soon after it finds any. */
  survey(shape: TableShape, rule: DueRule, ends?: 'first'): Promise<Survey>;
  /** All declared foreign keys between tables of `tables()`, or only those of one table. Keys that name what is not there are left out. */
  references(of?: string): Promise<readonly Reference[]>;
  /** `survey` of tables that are bound together, in their order: units leave as a whole, and no row to which a reference is kept. */
  surveyBound(bound: BoundTables): Promise<readonly BoundSurvey[]>;
  /**
   * How many references by this foreign key dangle when the rows have left that the last surveys found, those of its parent among them. Reads a
   * bounded number of rows, however large the tables are.
   */
  dangling(reference: Reference): Promise<Dangling>;
  /**
   * The units of one day whose rows these bound tables have, in the order in which they are drained, in ranges of at least `rows` rows but for
   * the last, and not more units than that takes.
   */
  unitRanges(tables: readonly string[], day: Day, rows: number): Promise<readonly UnitRange[]>;
  /**
   * The remembered due rows of the span that begins with a day, in key order, in blocks of about `blockBytes` of text and at least one row.
   * Rows that meanwhile were deleted, or no longer satisfy the rule, are left out. `archivedAt` is written into each line.
   * Those of a bound table come in the order of their units, and `units` may say of which.
   */
  blocks(
    shape: TableShape,
    rule: DueRule,
    day: Day,
    archivedAt: string,
    blockBytes: number,
    units?: Pick<UnitRange, 'first' | 'last'>,
  ): AsyncIterable<RowBlock>;
  /**
   * Which of these lines' rows stand in the table now, found by primary key (or `_rowid`), whatever else they hold:
   * their positions in the list, ascending. A key with a NULL in it tells no rows apart: there only a row that reads as the line does counts.
   */
  present(shape: TableShape, lines: readonly Uint8Array[]): Promise<readonly number[]>;
  /** How many of these lines of a tie's table name a row of its parent that is not in the database. */
  parentless(tie: Reference, lines: readonly Uint8Array[]): Promise<number>;
  /**
   * Those of these lines whose row stands in the table now and reads exactly so, but for rows that were restored under a lease: their positions
   * in the list, ascending. `archivedAt` is what the lines say.
   */
  standing(shape: TableShape, archivedAt: string, lines: readonly Uint8Array[]): Promise<readonly number[]>;
  /**
   * The same for lines of a table whose columns were changed since; leased rows count. `names` gives the table's column for each column of the
   * lines, in their order. Columns of either that it lacks are not compared; those of the key must be in it.
   */
  standingAs(
    shape: TableShape,
    archivedAt: string,
    lines: readonly Uint8Array[],
    names: ReadonlyMap<string, string>,
  ): Promise<readonly number[]>;
  /**
   * The rows that no key tells apart, of a span of time: all rows of a table without primary key, else those with a NULL in the key; without those
   * that are leased. As blocks of lines with an empty `_archived_at`.
   */
  keyless(shape: TableShape, span: TimeSpan): AsyncIterable<Uint8Array>;
  /** Those of these lines from which a row was restored that stands in the table under a lease: their positions in the list, ascending. */
  leased(shape: TableShape, lines: readonly Uint8Array[]): Promise<readonly number[]>;
  /** What the database uses, in bytes: its pages without the free ones. */
  usedBytes(): Promise<number>;
  /** How many rows the table has; counts no more than `most`. */
  count(shape: TableShape, most: number): Promise<number>;
  /**
   * The primary keys of all rows, as blocks of lines that have the key's columns and an empty `_archived_at`: their values stand there byte for
   * byte as in a segment. The table must have a primary key. Rows that come or go meanwhile may be left out.
   */
  keys(shape: TableShape): AsyncIterable<Uint8Array>;
}

/** The times of a segment's rows, inclusive, and the column that they are in. */
export interface TimeSpan {
  readonly column: string;
  /** How its values are read. Missing: `auto`. */
  readonly format?: TimeFormat | undefined;
  readonly least: Instant;
  readonly greatest: Instant;
}

/** How rows of a table without primary key are looked for when they are not where they were copied. */
export interface RowSearch {
  /** Null: in the whole table. */
  readonly span: TimeSpan | null;
  /**
   * The rows were copied in this run: where one of the lines' rows is at its rowid and reads as the line, the others are taken to be at theirs,
   * changed or not.
   */
  readonly inRun: boolean;
}

/** A run of consecutive lines of one sealed segment, and where their rows were. */
export interface DrainUnit {
  /** 0-based position of the first line in the segment. */
  readonly first: number;
  readonly rows: number;
  /** SHA-256 of the lines, line feeds included, as read back from the sealed segment; without the time that rows have from others. */
  readonly digest: Uint8Array;
  readonly locators: Locators;
  /** Which range of units its rows belong to, where tables are drained together. */
  readonly range?: number;
}

/** Lines of one segment that are drained in one transaction with those of others. */
export interface Together {
  readonly shape: TableShape;
  readonly segment: string;
  readonly archivedAt: string;
  readonly units: readonly DrainUnit[];
}

/** The same, to be judged unit by unit. */
export interface LinesTogether extends Omit<Together, 'units'> {
  /** 0-based position of the first line in the segment. */
  readonly first: number;
  readonly lines: readonly Uint8Array[];
  /** The unit of each line, ascending. */
  readonly units: BigInt64Array;
}

/** What became of the rows of drained lines. deleted + changed.length + absent = rows. */
export interface Drained {
  readonly deleted: number;
  /** Positions in the segment of lines whose row stays: it reads differently now, or has the greatest id. */
  readonly changed: readonly number[];
  /** Those of them whose row reads exactly so and has the greatest id of a table whose ids SQLite would give out again. */
  readonly lastId: readonly number[];
  /** Lines whose row is no longer in the table (deleted by others, or by an earlier drain). */
  readonly absent: number;
  /** How long the write lock was held, in milliseconds. */
  readonly heldMs: Milliseconds;
}

/** Changes the hot store. Each method that writes is one write transaction and is durable when it returns. */
export interface HotStore extends HotReader, BesideOthers {
  readonly ledger: Ledger;
  /** Changes that a person asks for: restoring and erasing. */
  readonly rows: HotRows;
  /**
   * Deletes, in one transaction, the rows of the leading units that still read exactly as their lines, and moves the
   * segment's receipt on (state `draining`, `position` behind the last unit handled, counts). It stops in front of the
   * first unit that disagrees as a whole: `handled` says how many units were done; hand the next one's lines
   * to `drainLines`. Checks the count of deleted rows; when it disagrees (a trigger refused) nothing is committed
   * and a `database` error is thrown. `refused` when triggers write to tables and nobody allowed it. The receipt must exist. `comparedMs` is how long rows were compared before the write lock was taken.
   */
  drain(
    shape: TableShape,
    segment: string,
    archivedAt: string,
    units: readonly DrainUnit[],
  ): Promise<Drained & { readonly handled: number; readonly comparedMs: Milliseconds }>;
  /**
   * The same, row by row, for lines whose rows are found by primary key: recovery and disputed units. Where a part of the key is NULL, a line
   * whose row reads differently now counts as absent. In a table without primary key the `_rowid` of a line is a hint (VACUUM changes rowids):
   * a row that holds what the line says is the line's row, wherever it is, each row for one line.
   */
  drainLines(
    shape: TableShape,
    segment: string,
    archivedAt: string,
    first: number,
    lines: readonly Uint8Array[],
    search?: RowSearch,
  ): Promise<Drained>;
  /**
   * Deletes the rows of whole units, of several tables, in one transaction: all of them or, when one reads differently from its line or when
   * after it a row would refer to one that is gone, none (`agreed` is false then, and nothing was written). Receipts move on as in `drain`.
   * @param ties foreign keys that may not dangle. They are not looked at while nobody else has committed since `since`.
   */
  drainTogether(
    parts: readonly Together[],
    ties: readonly Reference[],
    since: number,
  ): Promise<{ readonly agreed: boolean; readonly heldMs: Milliseconds; readonly comparedMs: Milliseconds }>;
  /**
   * The same unit by unit, in one transaction: a unit of which a row reads differently, has the greatest id, or would leave a reference
   * dangling, stays, and all its lines count as changed. Returns what became of the lines of each part.
   */
  drainUnitsTogether(
    parts: readonly LinesTogether[],
    ties: readonly Reference[],
  ): Promise<readonly Drained[]>;
  /** Moves the receipt of an unfinished segment over lines whose rows stay: they count as changed. */
  keepLines(segment: string, first: number, rows: number): Promise<void>;
  /** Changes when another connection commits, and only then. */
  version(): Promise<number>;
  /** Moves pages from the write-ahead log into the database without making anyone wait; does nothing in other journal modes. */
  checkpoint(): Promise<void>;
  /** What the ledger of the database at another path says of itself; null when there is none, or none that can be read. */
  lookAtOther(
    path: string,
  ): Promise<{ readonly identity: string | null; readonly generation: string | null } | null>;
  /** How long the last write transaction held the lock. */
  lastHeldMs(): Promise<Milliseconds>;
}
