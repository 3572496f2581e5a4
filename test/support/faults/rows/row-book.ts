import { type Cells, openBystander, readRows } from '../cells.ts';

/** What a row may rightly read: any of the versions; and whether it may be missing. */
export interface Expectation {
  readonly versions: readonly Cells[];
  /** True for a row whose writer died before it knew whether the row was committed. */
  readonly optional: boolean;
}

/** What must be somewhere: every row of every watched table, as far as anyone was told that it is stored. */
export class RowBook {
  readonly tables: Map<string, Map<string, Expectation>> = new Map();

  /** All rows that these tables hold now. */
  static photograph(databasePath: string, tables: readonly string[]): RowBook {
    const book = new RowBook();
    using database = openBystander(databasePath);
    for (const table of tables) {
      book.table(table);
      for (const { key, cells } of readRows(database, table)) book.stored(table, key, cells);
    }
    return book;
  }

  get rows(): number {
    return [...this.tables.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** A write that was acknowledged: from now on the row reads exactly so. */
  stored(table: string, key: string, cells: Cells): void {
    this.table(table).set(key, { versions: [cells], optional: false });
  }

  /** A write that was begun, and of which nobody knows whether it was committed. */
  attempted(table: string, key: string, cells: Cells): void {
    const known = this.table(table).get(key);
    this.table(table).set(key, {
      versions: [...(known?.versions ?? []), cells],
      optional: known?.optional ?? true,
    });
  }

  /** A row that is rightly gone, purged or deleted by its owner. */
  gone(table: string, key: string): void {
    this.table(table).delete(key);
  }

  table(name: string): Map<string, Expectation> {
    const rows = this.tables.get(name) ?? new Map<string, Expectation>();
    this.tables.set(name, rows);
    return rows;
  }
}
