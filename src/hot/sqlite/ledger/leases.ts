import { hash } from 'node:crypto';
import { sqlite } from '../../../model/database/dialect.ts';
import { asInstant, type Instant } from '../../../model/instant.ts';
import type { Lease } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteText } from '../connection/quote.ts';
import { contentPrintSql, keylessSql } from '../sql/keyless-sql.ts';
import { lineSql } from '../sql/line-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';

/*
 * _firn_leases: rows that were restored into hot. A leased row stands in hot and in its segment; hot wins until the lease ends.
 * "key" is the row's key as `leaseKeySql` gives it ("rowid" besides, where no key tells the row from others), "until" µs, "origin" the SHA-256 of
 * the line it was restored from, "print" that of the row as it read then: of what it held (`contentPrint`) where it is known by its rowid, which
 * VACUUM changes.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS main._firn_leases (
    "table" TEXT NOT NULL,
    key TEXT NOT NULL,
    rowid_ INTEGER,
    until INTEGER NOT NULL,
    segment TEXT NOT NULL,
    origin BLOB NOT NULL,
    print BLOB NOT NULL,
    PRIMARY KEY ("table", key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS main._firn_leases_origin ON _firn_leases (origin);
  CREATE INDEX IF NOT EXISTS main._firn_leases_print ON _firn_leases (print)`;

/** Must run inside a write transaction. */
export function ensureLeases({ db }: Connection): void {
  db.exec(TABLES);
}

export function hasLeases({ db }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_leases'")
    .get();
  return found !== undefined;
}

/**
 * The key of a row of this table, as an SQL expression: what its primary key holds, with the types; what its rowid is
 * where there is none, or a NULL in it.
 */
export function leaseKeySql(table: Table): string {
  const { shape, access } = table;
  const own = shape.primaryKey.map(table.column);
  const key = own
    .map((sql) => `substr(typeof(${sql}), 1, 1) || hex(CAST(${sql} AS BLOB))`)
    .join(` || ',' || `);
  if (access.kind === 'key') return key;
  const rowid = `'rowid ' || ${access.rowid}`;
  if (own.length === 0) return rowid;
  return `CASE WHEN ${own.map((sql) => `${sql} IS NULL`).join(' OR ')} THEN ${rowid} ELSE ${key} END`;
}

/**
 * Whether a row is leased, as an SQL expression: `0` where no row of the database ever was. Where no key tells a row from others, every row that
 * holds what a leased one held is: nobody can say which of them was restored.
 * @param after leases that are over by then do not count; null: all do.
 */
export function leasedSql(connection: Connection, table: Table, after: Instant | null = null): string {
  if (!hasLeases(connection)) return '0';
  const own = `"table" = ${quoteText(table.shape.table)}${after === null ? '' : ` AND until > ${after}`}`;
  const byKey = `EXISTS (SELECT 1 FROM main._firn_leases WHERE ${own} AND key = ${leaseKeySql(table)})`;
  if (!isLeasedByRowid(connection, table)) return byKey;
  const prints = `SELECT print FROM main._firn_leases WHERE ${own} AND rowid_ IS NOT NULL`;
  return `(${byKey} OR CASE WHEN ${keylessSql(table)} THEN ${contentPrintSql(table)} IN (${prints}) ELSE 0 END)`;
}

/** Whether a row is deleted when the leases that are over at `now` end, as an SQL expression: it reads as it was restored. */
export function endingSql(connection: Connection, table: Table, now: Instant): string {
  if (!hasLeases(connection)) return '0';
  const over = `"table" = ${quoteText(table.shape.table)} AND until <= ${now}`;
  const byKey = `EXISTS (SELECT 1 FROM main._firn_leases WHERE ${over} AND key = ${leaseKeySql(table)}
    AND print = firn_line_print(${lineSql(table, '', 'exact')}))`;
  if (!isLeasedByRowid(connection, table)) return byKey;
  const prints = `SELECT print FROM main._firn_leases WHERE ${over} AND rowid_ IS NOT NULL`;
  return `CASE WHEN ${keylessSql(table)} THEN ${contentPrintSql(table)} IN (${prints}) ELSE ${byKey} END`;
}

/** Begins the key of a lease that no row was found for, and at whose rowid the row of another lease stands. */
export const ASIDE = 'aside ';

/** Whether rows of the table are leased that no key tells from others. */
export function isLeasedByRowid(connection: Connection, { shape, access }: Table): boolean {
  if (access.kind !== 'rowid' || !hasLeases(connection)) return false;
  // Through the primary key, as there may be many leases. No other key begins so: see `leaseKeySql`.
  const found = connection.db
    .prepare(
      `SELECT 1 FROM main._firn_leases WHERE "table" = ?
      AND ((key >= 'rowid ' AND key < 'rowid!') OR (key >= '${ASIDE}' AND key < 'aside!')) LIMIT 1`,
    )
    .get(shape.table);
  return found !== undefined;
}

/** What tells lines apart, whichever file holds them. */
export function originOf(line: Uint8Array): Uint8Array {
  return hash('sha256', line.at(-1) === 0x0a ? line.subarray(0, -1) : line, 'buffer');
}

export function selectLeases(connection: Connection): Lease[] {
  if (!hasLeases(connection)) return [];
  const rows = connection.db
    .prepare(
      'SELECT "table", segment, CAST(until AS REAL) AS until, count(*) AS rows FROM main._firn_leases GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
    )
    .all();
  return rows as unknown as Lease[];
}

/** Tables with leases of rows that are known by their rowids. */
export function tablesLeasedByRowid(connection: Connection): string[] {
  if (!hasLeases(connection)) return [];
  const rows = connection.db
    .prepare('SELECT DISTINCT "table" AS name FROM main._firn_leases WHERE rowid_ IS NOT NULL ORDER BY 1')
    .all() as { name: string }[];
  return rows.map(({ name }) => name);
}

/** Segments that hold a row which is leased. A segment that was rewritten since may be named by its old name. */
export function leasedSegments(connection: Connection, table: string): ReadonlySet<string> {
  const own = selectLeases(connection).filter((lease) => sqlite.sameName(lease.table, table));
  return new Set(own.map(({ segment }) => segment));
}

/** The lease of the row of a line. */
export interface LeaseRow {
  readonly key: string;
  readonly until: Instant;
  readonly print: Uint8Array;
  readonly rowid: bigint | null;
}

/** Finds leases by the lines that their rows came from: several where equal lines of a table without a key were restored. */
export function leaseFinder({ db }: Connection, table: string): (line: Uint8Array) => LeaseRow[] {
  const find = db.prepare(
    'SELECT key, until, print, rowid_ AS "rowid" FROM main._firn_leases WHERE origin = ? AND "table" = ? ORDER BY key',
  );
  find.setReadBigInts(true);
  return (line) => {
    const rows = find.all(originOf(line), table) as unknown as (Omit<LeaseRow, 'until'> & {
      until: bigint;
    })[];
    return rows.map((row) => ({ ...row, until: asInstant(Number(row.until)) }));
  };
}

/** Must run inside a write transaction. */
export function deleteLease({ db }: Connection, table: string, key: string): void {
  db.prepare('DELETE FROM main._firn_leases WHERE "table" = ? AND key = ?').run(table, key);
}
