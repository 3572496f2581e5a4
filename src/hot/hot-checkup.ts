import type { Reference, TableShape } from '../model/shape.ts';

/** A foreign key as a table declares it. Parent columns that are not named are those of the parent's primary key. */
export interface ForeignKey extends Reference {
  /** The parent and the columns are there. Else they are named as declared. */
  readonly exists: boolean;
  readonly onDelete: 'NO ACTION' | 'RESTRICT' | 'SET NULL' | 'SET DEFAULT' | 'CASCADE';
}

/** What a few hundred rows say about a table. */
export interface TableSize {
  /** Exact for a small table, else estimated. */
  readonly rows: number;
  /** About the size of its rows, without indexes. */
  readonly bytes: number;
  readonly exact: boolean;
}

/** What the rows of a table say about a foreign key. */
export interface ReferenceCount {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Without a NULL in the key. */
  readonly referring: number;
  /** Referring rows whose parent row does not exist. */
  readonly dangling: number;
  /** All rows of the table were looked at. */
  readonly isExact: boolean;
}

/** The library that reads the hot store, and the one that wrote it last. */
export interface HotEngine {
  readonly name: 'SQLite';
  readonly version: string;
  /** Null where nothing tells. */
  readonly writer: string | null;
}

/** Looks for a check of the installation. Each reads a bounded number of rows, whatever the size of the database. Changes nothing. */
export interface HotCheckup extends AsyncDisposable {
  engine(): Promise<HotEngine>;
  foreignKeys(): Promise<readonly ForeignKey[]>;
  size(shape: TableShape): Promise<TableSize>;
  /** Looks at the first rows of the referring table, at most about so many: all of a smaller one. The tables and columns must exist. */
  countReferences(reference: Reference, most: number): Promise<ReferenceCount>;
  /** Whether an index, or the primary key, begins with these columns, in any order. */
  hasIndex(shape: TableShape, columns: readonly string[]): Promise<boolean>;
  /** Whether an index gives all rows in the order of the column: what the rows to archive are found by. */
  hasAgeIndex(shape: TableShape, column: string): Promise<boolean>;
}

/** A stored value. */
export type SampledValue = null | bigint | number | string | Uint8Array;

/** What a table's declarations say about its columns. */
export interface TableFacts {
  /** Columns that an index begins with. */
  readonly indexed: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** About how many rows it has: never too few, but too many after deletions. Null where only counting could tell. */
  readonly rows: number | null;
}

/** A column of a child that holds keys of a parent, and the time columns of both where they have one. */
export interface LinkQuestion {
  readonly child: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  /** A column of the child, or of another parent of its rows. */
  readonly childTime: string | ParentTime | null;
  readonly parentTime: string | null;
}

/** The time of the row that a column of the child refers to. */
export interface ParentTime {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly time: string;
}

/** One of the newest rows of a child. */
export interface SampledLink {
  /** The column holds a key: it is not NULL, not 0 and not empty. */
  readonly refers: boolean;
  /** The parent has a row with this key. */
  readonly found: boolean;
  readonly childTime: SampledValue;
  readonly parentTime: SampledValue;
}

/** Reads samples of a database. Throws FirnError `database` when a table cannot be read. */
export interface Sampler {
  /** The values of a table's columns in a few of its rows, by column. */
  values(table: string): ReadonlyMap<string, readonly SampledValue[]>;
  facts(table: string): TableFacts;
  links(question: LinkQuestion): readonly SampledLink[];
  /** About how many bytes of values a row holds; 0 for an empty table. */
  rowBytes(table: string): number;
}
