import type { TableShape } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { hasKeyword } from '../connection/sql-words.ts';
import type { RowLocator } from './line-rows.ts';
import type { Table } from './sqlite-table.ts';

/**
 * Whether SQLite may give a new row the id that a deleted row had: the primary key is the rowid, and there is no AUTOINCREMENT, so the next
 * id is the greatest one plus one. The row with the greatest id must stay then.
 */
export function reusesIds({ db }: Connection, { table, primaryKey, ddl }: TableShape): boolean {
  if (primaryKey.length !== 1 || hasKeyword(ddl[0] ?? '', 'AUTOINCREMENT')) return false;
  // A primary key that is the rowid needs no index; `INTEGER PRIMARY KEY DESC`, which is not, has one.
  const indexes = db.prepare("SELECT origin FROM temp.pragma_index_list(?, 'main')").all(table) as {
    origin: string;
  }[];
  return indexes.every(({ origin }) => origin !== 'pk');
}

/** Whether a row has the greatest id of a table that would give it out again, as an SQL expression; `0` for other tables. */
export function lastIdSql(table: Table): string {
  return table.reusedId === null
    ? '0'
    : `${table.reusedId} = (SELECT max(${table.reusedId}) FROM ${table.from})`;
}

/** Reads the greatest id of a table that would give it out again: one look-up. Null for other tables, and for empty ones. */
export function lastIdReader({ db }: Connection, { reusedId, from }: Table): () => bigint | null {
  if (reusedId === null) return () => null;
  const statement = db.prepare(`SELECT max(${reusedId}) AS id FROM ${from}`);
  statement.setReadBigInts(true);
  return () => (statement.get() as { id: bigint | null }).id;
}

/** Tells whether a row that was found has the greatest id of such a table. */
export function lastRowCheck(connection: Connection, table: Table): (row: RowLocator) => boolean {
  if (table.reusedId === null) return () => false;
  const lastId = lastIdReader(connection, table);
  // In a table with rowids a row is located by its rowid.
  return ({ params }) => BigInt(params[0] as bigint | number) === lastId();
}
