import { columnReader } from '../../../format/line/line-columns.ts';
import { ARCHIVED_AT, type TableShape } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { schemaVersionOf } from '../connection/schema-version.ts';
import { rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { rowsAsLines } from './rows-as-lines.ts';

type Check = (line: Uint8Array) => boolean;

/** Checks by shape, made anew when the schema has changed: a search asks about one row at a time, and preparing takes longer than finding it. */
export function presenceChecks(
  connection: Connection,
  tableOf: (connection: Connection, shape: TableShape) => Table,
): (shape: TableShape) => Check {
  const schemaVersion = schemaVersionOf(connection);
  const made = new WeakMap<TableShape, { readonly version: number; readonly check: Check }>();
  return (shape) => {
    const version = schemaVersion();
    const known = made.get(shape);
    if (known?.version === version) return known!.check;
    const check = presenceCheck(connection, tableOf(connection, shape));
    made.set(shape, { version, check });
    return check;
  };
}

/** Tells whether the row of a line stands in the table, by its key; without one, whether some row reads as the line does. */
function presenceCheck(connection: Connection, table: Table): Check {
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
