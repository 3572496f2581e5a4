import type { Connection } from '../connection/connection.ts';
import { hasLeases, originOf } from '../ledger/leases.ts';
import { rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';

/** Whether the row of a line stands in the table, reads exactly so, and is not there under a lease. */
export function standingCheck(
  connection: Connection,
  table: Table,
  archivedAt: string,
): (line: Uint8Array) => boolean {
  const find = rowFinder(connection, table);
  const renders = new Map<string, RowsAsLines>();
  const render = (condition: string): RowsAsLines => {
    const known = renders.get(condition);
    if (known !== undefined) return known;
    const made = rowsAsLines(connection, table, archivedAt, `${table.from} WHERE ${condition}`);
    renders.set(condition, made);
    return made;
  };
  const leased = hasLeases(connection)
    ? connection.db.prepare('SELECT 1 FROM main._firn_leases WHERE origin = ?')
    : null;
  return (line) => {
    const reads = find(line).some(({ condition, params }) =>
      render(condition)
        .read(...params)
        .lines.equals(line),
    );
    return reads && leased?.get(originOf(line)) === undefined;
  };
}
