import { type Connection, openForReading } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { guard } from '../connection/sqlite-error.ts';
import { introspect } from '../sql/introspect.ts';
import type { SampledValue } from './samples.ts';

/** A foreign key that a table declares. */
export interface DeclaredKey {
  readonly columns: readonly string[];
  readonly parent: string;
  /** Columns of the parent; empty when the declaration leaves them out, which means its primary key. */
  readonly parentColumns: readonly string[];
  /** Deleting the parent's row deletes the row. */
  readonly cascades: boolean;
}

/** What a table's declarations say about its columns. */
export interface TableFacts {
  /** Columns that an index begins with. */
  readonly indexed: readonly string[];
  readonly foreignKeys: readonly DeclaredKey[];
  /** About how many rows it has: never too few, but too many after deletions. Null where only counting could tell. */
  readonly rows: number | null;
}

/** A column of a child that holds keys of a parent, and the time columns of both where they have one. */
export interface LinkQuestion {
  readonly child: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  /** A column of the child, or of another parent of its rows. */
  readonly childTime: string | ParentTime | null;
  readonly parentTime: string | null;
}

/** The time of the row that a column of the child refers to. */
interface ParentTime {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly time: string;
}

/** One of the newest rows of the child. */
export interface SampledLink {
  /** The column is not NULL, not 0 and not empty. */
  readonly refers: boolean;
  /** The parent has such a row. */
  readonly found: boolean;
  readonly childTime: SampledValue;
  readonly parentTime: SampledValue;
}

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
    const parts = db
      .prepare(
        `SELECT id, "table" AS parent, "from" AS child, "to" AS target, on_delete AS action
          FROM temp.pragma_foreign_key_list(?, 'main') ORDER BY id, seq`,
      )
      .all(table) as { id: number; parent: string; child: string; target: string | null; action: string }[];
    const keys = Map.groupBy(parts, ({ id }) => id).values();
    return {
      indexed,
      rows: rowsBetweenIds(connection, table),
      foreignKeys: [...keys].map((key) => ({
        columns: key.map(({ child }) => child),
        parent: key[0]!.parent,
        parentColumns: key.flatMap(({ target }) => target ?? []),
        cascades: key[0]!.action === 'CASCADE',
      })),
    };
  });
}

function rowsBetweenIds(connection: Connection, name: string): number | null {
  const table = introspect(connection, name);
  if (table === null || table.access.kind !== 'rowid') return null;
  const { rowid } = table.access;
  const found = connection.db
    .prepare(`SELECT max(${rowid}) - min(${rowid}) + 1 AS rows FROM ${table.from}`)
    .get()!;
  return Number(found.rows ?? 0);
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
