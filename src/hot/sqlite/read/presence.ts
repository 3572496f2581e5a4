import { columnReader } from '../../../format/line/line-columns.ts';
import { ARCHIVED_AT } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { rowsAsLines } from './rows-as-lines.ts';

/** Tells whether the row of a line stands in the table, by its key; without one, whether some row reads as the line does. */
export function presenceCheck(connection: Connection, table: Table): (line: Uint8Array) => boolean {
  const find = rowFinder(connection, table);
  const archivedAt = columnReader([ARCHIVED_AT], table.shape.table);
  return (line) => {
    const rows = find(line);
    if (rows.length === 0 || rows[0]!.identified) return rows.length > 0;
    const at = String(archivedAt(line)[0]);
    return rows.some(({ condition, params }) => {
      const { lines } = rowsAsLines(connection, table, at, `${table.from} WHERE ${condition}`).read(
        ...params,
      );
      return lines.equals(line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from('\n')]));
    });
  };
}
