import { contentOf } from '../../../format/line/line-content.ts';
import type { TimeSpan } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { type RowsAsLines, rowsAsLines } from '../read/rows-as-lines.ts';
import { lastRowCheck } from '../sql/last-id.ts';
import { type RowLocator, rowFinder } from '../sql/line-rows.ts';
import { hasTrigger, type Table } from '../sql/sqlite-table.ts';
import { ContentIndex } from './content-index.ts';
import { RowsMoved } from './rows-moved.ts';

/**
 * What became of a line's row. `last`: it reads exactly so, and has the greatest id, so that it
 * stays. `undeleted`: it reads exactly so, but SQLite did not delete it.
 */
export type LineOutcome = 'deleted' | 'changed' | 'absent' | 'last' | 'undeleted';

/** Deletes the rows of lines that still read exactly so. */
export interface LineDrain extends Disposable {
  /**
   * Must run inside a write transaction.
   * @param isHintTrusted in a table without primary key, a row at the rowid of a line is the row of that line: nothing renumbered them.
   * @throws RowsMoved when a row must be looked for by what it holds first: roll back, call `find`, and begin again.
   */
  drain(line: Uint8Array, isHintTrusted: boolean): LineOutcome;
  /** Whether the row of a line is where it was, and reads exactly so. */
  isInPlace(line: Uint8Array): boolean;
  /** Looks for rows by what they hold, outside of any transaction. */
  find(span: TimeSpan | null): Promise<void>;
  /** Takes in rows that were inserted since, where rows were looked for. */
  refresh(): Promise<void>;
}

/** @param serial names what it keeps in temporary storage. */
export function lineDrain(
  connection: Connection,
  table: Table,
  archivedAt: string,
  serial: number,
): LineDrain {
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
  const read = (row: RowLocator) => statementsFor(row).render.read(...row.params);
  const remove = (own: RowLocator): LineOutcome => {
    if (isLast(own)) return 'last';
    if (statementsFor(own).remove.run(...own.params).changes !== 1) return 'undeleted';
    // A trigger may have put it back.
    return triggered && read(own).rows > 0 ? 'undeleted' : 'deleted';
  };
  let contents: ContentIndex | null = null;
  const moved = (line: Buffer): RowLocator | undefined => {
    if (contents === null) throw new RowsMoved();
    const wanted = contentOf(line);
    const rows = contents.candidates(line).map((id) => rowAt(table, id));
    return rows.find((row) => contentOf(read(row).lines).equals(wanted));
  };
  return {
    isInPlace: (line) => {
      const wanted = withLineFeed(line);
      return find(line).some((row) => read(row).lines.equals(wanted));
    },
    drain: (line, isHintTrusted) => {
      const rows = find(line);
      const wanted = withLineFeed(line);
      const own = rows.find((row) => read(row).lines.equals(wanted));
      if (own !== undefined) return remove(own);
      // Without a key of its own, a row that reads differently is another row.
      const other = rows[0]?.identified ? 'changed' : 'absent';
      if (table.shape.primaryKey.length > 0 || (other === 'changed' && isHintTrusted)) return other;
      const elsewhere = moved(wanted);
      return elsewhere === undefined ? other : remove(elsewhere);
    },
    find: async (span) => {
      contents ??= new ContentIndex(connection, table, span, serial);
      await contents.extend();
    },
    refresh: async () => await contents?.extend(),
    [Symbol.dispose]: () => contents?.[Symbol.dispose](),
  };
}

function rowAt({ access }: Table, id: bigint): RowLocator {
  return { condition: `${(access as { readonly rowid: string }).rowid} = ?`, params: [id] };
}

/** For the rows that a condition finds. */
interface RowStatements {
  readonly render: RowsAsLines;
  readonly remove: ReturnType<Connection['db']['prepare']>;
}

function withLineFeed(line: Uint8Array): Buffer {
  if (line.at(-1) !== 0x0a) return Buffer.concat([line, Buffer.from('\n')]);
  return Buffer.from(line.buffer, line.byteOffset, line.byteLength);
}
