import { sqlite } from '../../../model/database/dialect.ts';
import { FirnError } from '../../../model/errors.ts';
import {
  ARCHIVED_AT,
  type Column,
  generatedIn,
  ROWID,
  type TableShape,
  type View,
  withGenerated,
} from '../../../model/shape.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { reusesIds } from './last-id.ts';
import type { RowAccess, Table } from './sqlite-table.ts';

/** Values of `hidden`: hidden columns of virtual tables are 1, virtual generated columns 2, stored ones 3. */
const STORED = 0;
const GENERATED = [2, 3];

interface TableRow {
  readonly name: string;
  readonly type: string;
  readonly wr: number;
}

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
  readonly hidden: number;
}

/** Names of the tables a user made: no views, virtual or shadow tables, nor those of SQLite and Firn. Sorted. */
export function listTables({ db }: Connection): string[] {
  const rows = db
    .prepare("SELECT name FROM temp.pragma_table_list WHERE schema = 'main' AND type = 'table'")
    .all() as { name: string }[];
  return rows
    .map(({ name }) => name)
    .filter((name) => !/^(sqlite_|_firn_)/i.test(name))
    .sort();
}

export function listViews({ db }: Connection): View[] {
  return db
    .prepare(
      `SELECT l.name, iif(l.type = 'view', 'view', 'virtual table') AS kind, s.sql FROM temp.pragma_table_list AS l
      JOIN main.sqlite_schema AS s ON s.name = l.name AND s.type IN ('table', 'view')
      WHERE l.schema = 'main' AND l.type IN ('view', 'virtual') ORDER BY 1`,
    )
    .all() as unknown as View[];
}

/** What must be known of a table to archive it, null when there is no such table. Throws `refused` when it cannot be archived. */
export function introspect(connection: Connection, name: string): Table | null {
  const { db } = connection;
  const found = db
    .prepare(
      "SELECT name, type, wr FROM temp.pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE AND type = 'table'",
    )
    .get(name) as TableRow | undefined;
  if (found === undefined || /^(sqlite_|_firn_)/i.test(found.name)) return null;
  const rows = db
    .prepare("SELECT name, type, pk, hidden FROM temp.pragma_table_xinfo(?, 'main') ORDER BY cid")
    .all(found.name) as unknown as ColumnRow[];
  const refuse = (why: string): never => {
    throw new FirnError('refused', why, { operation: 'read the schema of a table', path: found.name });
  };
  for (const own of [ARCHIVED_AT, ROWID]) {
    if (rows.some((column) => sqlite.sameName(column.name, own))) {
      refuse(`the table has a column named ${own}, a name that Firn uses in archive files`);
    }
  }
  const columns: Column[] = rows
    .filter(({ hidden }) => hidden === STORED)
    .map(({ name: column, type, pk }) => ({ name: column, type, key: pk }));
  const primaryKey = columns
    .filter(({ key }) => key > 0)
    .sort((a, b) => a.key - b.key)
    .map((column) => column.name);
  const generated = rows
    .filter(({ hidden }) => GENERATED.includes(hidden))
    .map(({ name: column, type }): Column => ({ name: column, type, key: 0, generated: true }));
  const shape: TableShape = {
    ...{ table: found.name, columns, primaryKey, ddl: readDdl(connection, found.name) },
    ...(generated.length === 0 ? {} : { generated }),
  };
  const access =
    rowAccess(found, rows) ??
    refuse('its rowid cannot be read, because columns are named rowid, oid and _rowid_');
  return describe(connection, shape, access);
}

function describe(connection: Connection, shape: TableShape, access: RowAccess): Table {
  const table = quoteName(shape.table);
  return {
    shape,
    from: `main.${table}`,
    column: (name) => `${table}.${quoteName(name)}`,
    access,
    reusedId: access.kind === 'rowid' && reusesIds(connection, shape) ? access.rowid : null,
    textual: textualOf(shape),
  };
}

/** The table with what a shape says beside what the database does: where its rows have their time from, and the generated columns in its lines. */
export function shapedAs(table: Table, { columns, timeOf }: TableShape): Table {
  const shape = withGenerated(table.shape, generatedIn(columns));
  if (shape === table.shape && timeOf === undefined) return table;
  return { ...table, shape: timeOf === undefined ? shape : { ...shape, timeOf }, textual: textualOf(shape) };
}

function textualOf({ columns }: TableShape): ReadonlySet<string> {
  return new Set(columns.filter(({ type }) => isTextual(type)).map(({ name }) => name));
}

function rowAccess({ name, wr }: TableRow, columns: readonly ColumnRow[]): RowAccess | null {
  if (wr === 1) return { kind: 'key' };
  const free = ['rowid', 'oid', '_rowid_'].find(
    (alias) => !columns.some((c) => sqlite.sameName(c.name, alias)),
  );
  return free === undefined ? null : { kind: 'rowid', rowid: `${quoteName(name)}.${free}` };
}

/** TEXT affinity, by SQLite's rules: the declared type names CHAR, CLOB or TEXT, and not INT. */
function isTextual(type: string): boolean {
  return /char|clob|text/i.test(type) && !/int/i.test(type);
}

function readDdl({ db }: Connection, table: string): string[] {
  const rows = db
    .prepare(
      `SELECT sql FROM main.sqlite_schema WHERE tbl_name = ? COLLATE NOCASE AND sql IS NOT NULL AND type IN ('table', 'index', 'trigger')
       ORDER BY type = 'table' DESC, type = 'index' DESC, name`,
    )
    .all(table) as { sql: string }[];
  return rows.map(({ sql }) => sql);
}
