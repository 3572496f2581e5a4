/** One stored column of a table, in table order. Generated columns are not stored and have none. */
export interface Column {
  readonly name: string;
  /** As declared, possibly empty. */
  readonly type: string;
  /** 1-based position within the primary key, 0 when the column is no part of it. */
  readonly key: number;
}

/** What a segment must know of a table so that its rows can be read, and the table made again, without the database. */
export interface TableShape {
  readonly table: string;
  readonly columns: readonly Column[];
  /** Column names of the primary key in key order; empty when the table has none (lines then carry `_rowid`). */
  readonly primaryKey: readonly string[];
  /** CREATE statements: the table's first, then its indexes and triggers. */
  readonly ddl: readonly string[];
  /** Of a table whose rows have no time of their own. */
  readonly timeOf?: TimeOf;
}

/** Where the rows of a child table have their time from: the row of `table` whose columns `key` hold what their own columns `by` hold. */
export interface TimeOf {
  readonly table: string;
  readonly by: readonly string[];
  readonly key: readonly string[];
  /** The parent's time column; `_time` when `timeOf` says where the parent has it from. */
  readonly timeColumn: string;
  /** How the parent's times are read. Missing: `auto`. */
  readonly timeFormat?: string;
  readonly timeOf?: TimeOf;
}

/** A declared foreign key: `columns` of `table` name the row of `parent` with the same values in `parentColumns`. */
export interface Reference {
  readonly table: string;
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
}

/** The names that Firn adds to a line behind the table's own columns. */
export const ARCHIVED_AT = '_archived_at';
export const ROWID = '_rowid';
/** The time of a row that has it from another row. */
export const TIME = '_time';
