import { setImmediate } from 'node:timers/promises';
import { sizes } from '../../../model/sizes.ts';
import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { walkKeys, walkRowids } from '../survey/table-walk.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';

/** See `HotReader.keys`. Reads no more than the index of the key where there is one. */
export async function* readKeys(connection: Connection, table: Table): AsyncGenerator<Uint8Array> {
  const { access, shape } = table;
  const columns = shape.columns.filter(({ key }) => key > 0);
  const keysOnly: Table = { ...table, shape: { ...shape, columns } };
  const pieces =
    access.kind === 'rowid' && !isWalkable(connection, table)
      ? walkRowids(connection, table, access.rowid, sizes.keyRows)
      : walkKeys(connection, table, sizes.keyRows);
  let [prepared, reader]: [string, RowsAsLines | null] = ['', null];
  for (const { source, params } of pieces) {
    if (reader === null || source !== prepared) {
      [prepared, reader] = [source, rowsAsLines(connection, keysOnly, '', source)];
    }
    const { rows, lines } = reader.read(...params);
    if (rows > 0) yield lines;
    await setImmediate();
  }
}

/** Counts rows, but no more than `most`. */
export function countRows({ db }: Connection, table: Table, most: number): number {
  const found = db.prepare(`SELECT count(*) AS n FROM (SELECT 1 FROM ${table.from} LIMIT ?)`).get(most);
  return (found as { n: number }).n;
}

/** Whether a walk by key meets every row, and in the order of an index: keys with a NULL are passed over, and an index may have a collation of its own. */
function isWalkable({ db }: Connection, { shape, from, column }: Table): boolean {
  if (shape.ddl.some((sql) => /\bcollate\b/i.test(sql))) return false;
  const isNull = shape.primaryKey.map((name) => `${column(name)} IS NULL`).join(' OR ');
  return db.prepare(`SELECT 1 FROM ${from} WHERE ${isNull} LIMIT 1`).get() === undefined;
}
