import type { SqlValue } from '../../src/format/line/line.ts';
import type { Reference } from '../../src/model/shape.ts';
import type { HotBackend } from '../../src/stores/hot-backend.ts';

/** A table as data: what it is called, its columns and rows. Every backend makes it in its own dialect. */
export interface DeclaredTable {
  readonly name: string;
  readonly columns: readonly DeclaredColumn[];
  /** Columns of the primary key, in key order; none where missing. */
  readonly key?: readonly string[];
  /** Each is a list of columns. */
  readonly indexes?: readonly (readonly string[])[];
  /** Foreign keys. Rows may break them. */
  readonly references?: readonly Omit<Reference, 'table'>[];
  readonly rows: readonly DeclaredRow[];
}

export interface DeclaredColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'real' | 'blob';
}

/** Values in the order of the columns. */
export type DeclaredRow = readonly SqlValue[];

/** Rows whose column has this value. */
export interface Which {
  readonly table: string;
  readonly column: string;
  readonly value: SqlValue;
}

/** A database with declared tables, what Firn opens of it, and the application that uses it too. No part of it says SQL. */
export interface HotPlace extends AsyncDisposable {
  readonly backend: HotBackend;
  readonly application: Application;
}

export interface Application {
  insert(table: string, rows: readonly DeclaredRow[]): void;
  update(which: Which, column: string, value: SqlValue): void;
  delete(which: Which): void;
  drop(table: string): void;
  /** Names of all tables, Firn's own too, sorted. */
  tables(): readonly string[];
  /** Counts all rows, or those whose column has a value. */
  count(table: string, which?: Omit<Which, 'table'>): number;
  /** Holds the database's write lock until it is disposed of. */
  lock(): Disposable;
}

export type MakeHotPlace = (tables: readonly DeclaredTable[]) => Promise<HotPlace>;

/** A plain table with a text key and an index on the time. */
export function declaredTable(
  rows: readonly DeclaredRow[],
  other: Partial<DeclaredTable> = {},
): DeclaredTable {
  return {
    name: 'events',
    columns: [
      { name: 'id', type: 'text' },
      { name: 'ts', type: 'text' },
      { name: 'state', type: 'text' },
      { name: 'note', type: 'text' },
    ],
    key: ['id'],
    indexes: [['ts']],
    rows,
    ...other,
  };
}
