import type { Connection } from './connection.ts';
import { lastRowCheck } from './last-id.ts';
import { type RowLocator, rowFinder } from './line-rows.ts';
import { type RowsAsLines, rowsAsLines } from './rows-as-lines.ts';
import { hasTrigger, type Table } from './table.ts';

/**
 * What became of a line's row. `last`: it reads exactly so, and has the greatest id, so that it
 * stays. `undeleted`: it reads exactly so, but SQLite did not delete it.
 */
export type LineOutcome = 'deleted' | 'changed' | 'absent' | 'last' | 'undeleted';

/** Deletes the row of a line if it still reads exactly so. Must run inside a write transaction. */
export type LineDrain = (line: Uint8Array) => LineOutcome;

export function lineDrain(connection: Connection, table: Table, archivedAt: string): LineDrain {
  const find = rowFinder(connection, table);
  const isLast = lastRowCheck(connection, table);
  const triggered = hasTrigger(table);
  const statements = new Map<string, RowStatements>();
  const statementsFor = ({ condition }: RowLocator): RowStatements => {
    let found = statements.get(condition);
    if (found === undefined) {
      const where = `${table.from} WHERE ${condition}`;
      const remove = connection.db.prepare(`DELETE FROM ${where}`);
      found = { render: rowsAsLines(connection, table, archivedAt, where), remove };
      statements.set(condition, found);
    }
    return found;
  };
  return (line) => {
    const rows = find(line);
    const wanted = withLineFeed(line);
    const own = rows.find((row) =>
      statementsFor(row)
        .render.read(...row.params)
        .lines.equals(wanted),
    );
    // Without a key of its own, a row that reads differently is another row.
    if (own === undefined) return rows[0]?.identified ? 'changed' : 'absent';
    if (isLast(own)) return 'last';
    const { remove, render } = statementsFor(own);
    if (remove.run(...own.params).changes !== 1) return 'undeleted';
    // A trigger may have put it back.
    return triggered && render.read(...own.params).rows > 0 ? 'undeleted' : 'deleted';
  };
}

/** For the rows that a condition finds. */
interface RowStatements {
  readonly render: RowsAsLines;
  readonly remove: ReturnType<Connection['db']['prepare']>;
}

function withLineFeed(line: Uint8Array): Uint8Array {
  return line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from('\n')]);
}
