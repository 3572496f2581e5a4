import type { LinkQuestion, SampledLink, SampledValue, TableFacts } from '../../hot-checkup.ts';
import { type Connection, openForReading } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { guard } from '../connection/sqlite-error.ts';
import { listForeignKeys } from '../sql/foreign-keys.ts';
import { introspect } from '../sql/introspect.ts';

/** Reads no row of the table but the first and the last one. */
export function readSqliteFacts(path: string, table: string): TableFacts {
  return reading(path, `read the keys of ${table}`, (connection) => {
    const { db } = connection;
    const indexes = db.prepare("SELECT name FROM temp.pragma_index_list(?, 'main')").all(table) as {
      name: string;
    }[];
    const first = db.prepare(
      "SELECT name FROM temp.pragma_index_xinfo(?, 'main') WHERE seqno = 0 AND name IS NOT NULL",
    );
    const indexed = indexes.flatMap(({ name }) =>
      (first.all(name) as { name: string }[]).map((row) => row.name),
    );
    return {
      indexed,
      rows: rowsBetweenIds(connection, table),
      foreignKeys: listForeignKeys(connection, table),
    };
  });
}

/** Ids that leave room for more rows than any table has are not numbered one by one. */
const LARGEST_COUNT = 1e12;

function rowsBetweenIds(connection: Connection, name: string): number | null {
  const table = introspect(connection, name);
  if (table === null || table.access.kind !== 'rowid') return null;
  const { rowid } = table.access;
  const found = connection.db
    .prepare(`SELECT max(${rowid}) * 1.0 - min(${rowid}) + 1 AS rows FROM ${table.from}`)
    .get()!;
  const rows = Number(found.rows ?? 0);
  return rows > LARGEST_COUNT ? null : rows;
}

/** So many of the child's newest rows, newest first, or any where there is no order of insertion. Empty when one of the tables is missing. */
export function readSqliteLinks(path: string, asked: LinkQuestion, rows: number): readonly SampledLink[] {
  return reading(path, `sample rows of ${asked.child}`, (connection) => {
    const child = introspect(connection, asked.child);
    const parent = introspect(connection, asked.parent);
    if (child === null || parent === null) return [];
    const order = child.access.kind === 'rowid' ? `ORDER BY ${child.access.rowid} DESC` : '';
    const key = `c.${quoteName(asked.column)}`;
    const parentKey = `p.${quoteName(asked.parentColumn)}`;
    const { sql: childTime, join } = childTimeSql(asked.childTime);
    const parentTime = asked.parentTime === null ? 'NULL' : `p.${quoteName(asked.parentTime)}`;
    const statement = connection.db.prepare(
      `SELECT ${key} IS NOT NULL AND ${key} NOT IN (0, '') AS refers, ${parentKey} IS NOT NULL AS found,
          ${childTime} AS "childTime", ${parentTime} AS "parentTime"
        FROM (SELECT * FROM ${child.from} ${order} LIMIT ${rows}) AS c
        LEFT JOIN ${parent.from} AS p ON ${parentKey} = ${key} ${join}`,
    );
    statement.setReadBigInts(true);
    return (statement.all() as Record<string, SampledValue>[]).map((row) => ({
      refers: row.refers === 1n,
      found: row.found === 1n,
      childTime: row.childTime!,
      parentTime: row.parentTime!,
    }));
  });
}

function childTimeSql(time: LinkQuestion['childTime']): { readonly sql: string; readonly join: string } {
  if (time === null) return { sql: 'NULL', join: '' };
  if (typeof time === 'string') return { sql: `c.${quoteName(time)}`, join: '' };
  const [key, other] = [quoteName(time.parentColumn), quoteName(time.column)];
  return {
    sql: `o.${quoteName(time.time)}`,
    join: `LEFT JOIN main.${quoteName(time.parent)} AS o ON o.${key} = c.${other}`,
  };
}

function reading<T>(path: string, operation: string, read: (connection: Connection) => T): T {
  const connection = openForReading(path);
  try {
    return guard(operation, path, () => read(connection));
  } finally {
    connection.db.close();
  }
}
