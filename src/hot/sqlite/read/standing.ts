import { lineWith } from '../../../format/line/line-columns.ts';
import { withoutTime } from '../../../format/line/line-content.ts';
import { ARCHIVED_AT, ROWID } from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { hasLeases, originOf } from '../ledger/leases.ts';
import { rowFinder } from '../sql/line-rows.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { asBuffer } from './blocks.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';

type Check = (line: Uint8Array) => boolean;

/** Whether the row of a line stands in the table, reads exactly so, and is not there under a lease. */
export function standingCheck(connection: Connection, table: Table, archivedAt: string): Check {
  const reads = readingCheck(connection, table, archivedAt);
  const leased = hasLeases(connection)
    ? connection.db.prepare('SELECT 1 FROM main._firn_leases WHERE origin = ?')
    : null;
  return (line) => reads(withoutTime(asBuffer(line))) && leased?.get(originOf(line)) === undefined;
}

/**
 * Whether the row of a line stands in the table, and reads so in some of its columns.
 * @param names the table's column for each of the line's.
 */
export function standingAsCheck(
  connection: Connection,
  table: Table,
  archivedAt: string,
  names: ReadonlyMap<string, string>,
): Check {
  const reads = readingCheck(connection, namedAs(table, names), archivedAt);
  const part = lineWith([...names.keys(), ARCHIVED_AT, ROWID], table.shape.table);
  return (line) => reads(part(line));
}

function readingCheck(connection: Connection, table: Table, archivedAt: string): Check {
  const find = rowFinder(connection, table);
  const renders = new Map<string, RowsAsLines>();
  const render = (condition: string): RowsAsLines => {
    const known = renders.get(condition);
    if (known !== undefined) return known;
    const made = rowsAsLines(connection, table, archivedAt, `${table.from} WHERE ${condition}`);
    renders.set(condition, made);
    return made;
  };
  return (line) =>
    find(line).some(({ condition, params }) =>
      render(condition)
        .read(...params)
        .lines.equals(line),
    );
}

/** The table as if its columns had the names of the lines. */
function namedAs(table: Table, names: ReadonlyMap<string, string>): Table {
  const { shape, textual } = table;
  const lineNames = new Map([...names].map(([name, own]) => [own, name]));
  const columns = [...names].map(([name, own]) => {
    return { ...shape.columns.find((column) => column.name === own)!, name };
  });
  return {
    ...table,
    shape: { ...shape, columns, primaryKey: shape.primaryKey.map((own) => lineNames.get(own)!) },
    column: (name) => table.column(names.get(name)!),
    textual: new Set([...textual].flatMap((own) => lineNames.get(own) ?? [])),
  };
}
