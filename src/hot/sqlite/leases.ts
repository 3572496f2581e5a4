import { sameName } from '../../model/names.ts';
import type { Connection } from './connection.ts';
import { quoteText } from './quote.ts';
import type { Table } from './table.ts';

/*
 * _firn_leases: rows that were restored into hot. A leased row stands in hot and in its segment; hot wins until the lease ends.
 * "key" is the row's key as `leaseKeySql` gives it, "until" µs, "print" the SHA-256 of the row as it was restored.
 */
const TABLE = `
  CREATE TABLE IF NOT EXISTS main._firn_leases (
    "table" TEXT NOT NULL,
    key TEXT NOT NULL,
    until INTEGER NOT NULL,
    segment TEXT NOT NULL,
    print BLOB NOT NULL,
    PRIMARY KEY ("table", key)
  ) WITHOUT ROWID`;

/** Must run inside a write transaction. */
export function ensureLeases({ db }: Connection): void {
  db.exec(TABLE);
}

export function hasLeases({ db }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_leases'")
    .get();
  return found !== undefined;
}

/** The key of a row of this table, as an SQL expression: what its primary key (or its rowid) holds, with the types. */
export function leaseKeySql(table: Table): string {
  const { shape, access } = table;
  const own =
    shape.primaryKey.length > 0
      ? shape.primaryKey.map(table.column)
      : [access.kind === 'rowid' ? access.rowid : 'NULL'];
  return own.map((sql) => `substr(typeof(${sql}), 1, 1) || hex(CAST(${sql} AS BLOB))`).join(` || ',' || `);
}

/** Whether a row is leased, as an SQL expression: `0` where no row of the database ever was. */
export function leasedSql(connection: Connection, table: Table): string {
  if (!hasLeases(connection)) return '0';
  return `EXISTS (SELECT 1 FROM main._firn_leases WHERE "table" = ${quoteText(table.shape.table)} AND key = ${leaseKeySql(table)})`;
}

/** Segments that hold a row which is leased. A segment that was rewritten since may be named by its old name. */
export function leasedSegments(connection: Connection, table: string): ReadonlySet<string> {
  if (!hasLeases(connection)) return new Set();
  const rows = connection.db
    .prepare('SELECT DISTINCT "table" AS name, segment FROM main._firn_leases')
    .all() as {
    name: string;
    segment: string;
  }[];
  return new Set(rows.filter(({ name }) => sameName(name, table)).map(({ segment }) => segment));
}
