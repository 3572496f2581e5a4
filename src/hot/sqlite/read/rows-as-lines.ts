import type { SQLInputValue } from 'node:sqlite';
import type { Connection } from '../connection/connection.ts';
import { JOINED_LINES, lineSql } from '../sql/line-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { asBuffer, isSound } from './blocks.ts';

/** Rows as they read now, byte for byte as `readBlocks` writes them. */
export interface RowsAsLines {
  /** The lines in the order in which rows are found, line feeds included. */
  read(...params: SQLInputValue[]): { readonly rows: number; readonly lines: Buffer };
}

/** @param from what follows FROM: which rows, with `?` for the parameters of `read`. */
export function rowsAsLines(
  connection: Connection,
  table: Table,
  archivedAt: string,
  from: string,
): RowsAsLines {
  const prepare = (form: 'plain' | 'exact') => {
    return connection.db.prepare(
      `SELECT count(*) AS rows, ${connection.encoding === 'UTF-8' ? `CAST(${JOINED_LINES} AS BLOB)` : JOINED_LINES} AS text
      FROM (SELECT ${lineSql(table, archivedAt, form)} AS _firn_line FROM ${from})`,
    );
  };
  const plain = prepare('plain');
  let exact: typeof plain | undefined;
  return {
    read: (...params) => {
      let found = plain.get(...params) as { rows: number; text: Uint8Array | string | null };
      if (found.text !== null && !isSound(connection, found.text)) {
        exact ??= prepare('exact');
        found = exact.get(...params) as typeof found;
      }
      return { rows: found.rows, lines: asBuffer(found.text ?? '') };
    },
  };
}
