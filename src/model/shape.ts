import { sameWord } from './names.ts';

/** One column of a table whose values stand in lines. */
export interface Column {
  readonly name: string;
  /** As declared, possibly empty. */
  readonly type: string;
  /** 1-based position within the primary key, 0 for a column outside of the key. */
  readonly key: number;
  /** The database computes it from other columns, so no value is inserted into it. */
  readonly generated?: true;
}

/** What a segment must know of a table so that its rows can be read, and the table made again, without the database. */
export interface TableShape {
  readonly table: string;
  /** In table order. Behind them, the generated column that is the time column. */
  readonly columns: readonly Column[];
  /** Other generated columns: the rows of a restored table have them without being told. Missing: none. */
  readonly generated?: readonly Column[];
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

/** A view of the application. */
export interface View {
  readonly name: string;
  readonly kind: 'view' | 'virtual table';
  /** The statement that made it. */
  readonly sql: string;
}

/** The names that Firn adds to a line behind the table's own columns. */
export const ARCHIVED_AT = '_archived_at';
export const ROWID = '_rowid';
/** The time of a row that has it from another row. */
export const TIME = '_time';

/** The shape with those of its generated columns among `columns` that are named. */
export function withGenerated<S extends Pick<TableShape, 'columns' | 'generated'>>(
  shape: S,
  names: readonly string[],
): S {
  const { columns, generated = [] } = shape;
  const wanted = generated.filter(({ name }) => names.some((one) => sameWord(one, name)));
  if (wanted.length === 0) return shape;
  const others = generated.filter((column) => !wanted.includes(column));
  return { ...shape, columns: [...columns, ...wanted], generated: others };
}

/** The names of the columns whose values the database computes. */
export function generatedIn(columns: readonly Column[]): readonly string[] {
  return columns.filter(({ generated }) => generated).map(({ name }) => name);
}
