import { decodeLine } from '../../../format/line/line.ts';
import { sqlite } from '../../../model/database/dialect.ts';
import type { Reference } from '../../../model/shape.ts';
import type { LinesTogether, Together } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { parameterFor } from '../connection/invalid-text.ts';
import { quoteName } from '../connection/quote.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { rowidsIn } from '../read/rowid-list.ts';
import { introspect } from '../sql/introspect.ts';

/** Finds out, in a write transaction, whether a row refers to one that is being deleted. */
export interface DanglingCheck {
  /** Before rows are deleted: what refers to them may not remain. */
  note(part: Together): void;
  noteLine(part: Pick<LinesTogether, 'shape'>, line: Buffer): void;
  /** After rows were deleted: whether a row refers to one of those that were noted. They are forgotten. */
  find(): boolean;
}

/**
 * What rows of the tables that are drained are referred to by. Notes are kept in temporary storage, and are part of the transaction. A check is to
 * be made before the transaction begins.
 */
export function danglingCheck(connection: Connection): (ties: readonly Reference[]) => DanglingCheck {
  const { db } = connection;
  const prepared = statementCache(db);
  const made = new Set<string>();
  const noted = (at: number, { columns }: Reference): string => {
    const name = `_firn_gone_${at}_${columns.length}`;
    if (!made.has(name)) {
      db.exec(
        `CREATE TABLE IF NOT EXISTS temp.${name} (${columns.map((_, place) => `c${place}`).join(', ')})`,
      );
      made.add(name);
    }
    return `temp.${name}`;
  };
  return (ties) => {
    const to = (table: string) =>
      ties.flatMap((tie, at) => (sqlite.sameName(tie.parent, table) ? [{ tie, into: noted(at, tie) }] : []));
    // Before any transaction, which would take them back with it.
    for (const [at, tie] of ties.entries()) noted(at, tie);
    return {
      note: ({ shape, units }) => {
        for (const { tie, into } of to(shape.table)) {
          const { from, column, access } = introspect(connection, shape.table)!;
          if (access.kind !== 'rowid') continue;
          const insert = prepared(
            `INSERT INTO ${into} SELECT ${tie.parentColumns.map(column).join(', ')} FROM ${from}
            WHERE ${access.rowid} IN (SELECT value FROM temp.json_each(?))`,
          );
          for (const { locators } of units) insert.run(`[${rowidsIn(locators)!.join(',')}]`);
        }
      },
      noteLine: ({ shape }, line) => {
        const found = to(shape.table);
        if (found.length === 0) return;
        const row = decodeLine(line);
        for (const { tie, into } of found) {
          const values = tie.parentColumns.map((name) => parameterFor(connection, row[name] ?? null));
          // What no row of this database can hold, none can refer to.
          const given = values.flatMap((value) => value ?? []);
          if (given.length < values.length) continue;
          const marks = given.map(({ mark }) => mark).join(', ');
          prepared(`INSERT INTO ${into} VALUES (${marks})`).run(...given.map(({ param }) => param));
        }
      },
      find: () => {
        let dangling = false;
        for (const [at, tie] of ties.entries()) {
          const gone = noted(at, tie);
          const own = tie.columns.map((name) => `_firn_from.${quoteName(name)}`).join(', ');
          const found = prepared(
            `SELECT 1 FROM main.${quoteName(tie.table)} AS _firn_from WHERE (${own}) IN (SELECT * FROM ${gone}) LIMIT 1`,
          );
          dangling ||= found.get() !== undefined;
          prepared(`DELETE FROM ${gone}`).run();
        }
        return dangling;
      },
    };
  };
}
