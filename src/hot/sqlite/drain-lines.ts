import type { Connection } from './connection.ts';
import { type RowLocator, rowFinder } from './line-rows.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';
import type { Table } from './table.ts';

/** What became of a line's row. `undeleted`: it reads exactly so, but SQLite did not delete it. */
export type LineOutcome = 'deleted' | 'changed' | 'absent' | 'undeleted';

/** Deletes the rows of single lines as far as they still read exactly so. Must run inside a write transaction. */
export function lineDrain(
  connection: Connection,
  table: Table,
  archivedAt: string,
): (line: Uint8Array) => LineOutcome {
  const find = rowFinder(connection, table);
  const renderers = new Map<string, RowsAsLines>();
  const read = ({ condition, params }: RowLocator) => {
    let renderer = renderers.get(condition);
    if (renderer === undefined) {
      renderer = rowsAsLines(connection, table, archivedAt, `${table.from} WHERE ${condition}`);
      renderers.set(condition, renderer);
    }
    return renderer.read(...params).lines;
  };
  return (line) => {
    const rows = find(line);
    const own = rows.find((row) => read(row).equals(withLineFeed(line)));
    if (own === undefined) return rows.length === 0 ? 'absent' : 'changed';
    const remove = connection.db.prepare(`DELETE FROM ${table.from} WHERE ${own.condition}`);
    return remove.run(...own.params).changes === 1 ? 'deleted' : 'undeleted';
  };
}

function withLineFeed(line: Uint8Array): Uint8Array {
  return line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from('\n')]);
}
