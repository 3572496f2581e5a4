import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { InvalidText, type SqlValue } from '../../../src/format/line/line.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openSqliteDisk } from '../../../src/hot/sqlite/stats/sqlite-disk.ts';
import { sqliteBackend } from '../../../src/stores/sqlite-backend.ts';
import type { Application, DeclaredTable, HotPlace } from '../../contract/hot-place.ts';

/** How long the store of a trial waits for others' locks. */
const BUSY_TIMEOUT_MS = 20;

/** Makes an SQLite database of declared tables. */
export function sqlitePlace(pragmas: string): (tables: readonly DeclaredTable[]) => Promise<HotPlace> {
  return async (tables) => {
    const folder = mkdtempSync(join(tmpdir(), 'firn-contract-'));
    const path = join(folder, 'a.db');
    const db = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false });
    db.exec(pragmas);
    for (const table of tables) create(db, table);
    return {
      backend: {
        ...sqliteBackend(path),
        store: (options) => openSqliteStore(path, { ...options, busyTimeoutMs: BUSY_TIMEOUT_MS }),
        disk: (monotonic) => openSqliteDisk(path, monotonic, BUSY_TIMEOUT_MS),
      },
      application: application(db),
      [Symbol.asyncDispose]: async () => {
        db.close();
        rmSync(folder, { recursive: true });
      },
    };
  };
}

function create(db: DatabaseSync, table: DeclaredTable): void {
  const { name, columns, key = [], indexes = [], references = [], rows } = table;
  const list = (names: readonly string[]): string => names.map(quote).join(', ');
  const parts = columns.map((column) => `${quote(column.name)} ${column.type.toUpperCase()}`);
  if (key.length > 0) parts.push(`PRIMARY KEY (${list(key)})`);
  for (const { columns: own, parent, parentColumns } of references)
    parts.push(`FOREIGN KEY (${list(own)}) REFERENCES ${quote(parent)} (${list(parentColumns)})`);
  db.exec(`CREATE TABLE ${quote(name)} (${parts.join(', ')})`);
  for (const [at, index] of indexes.entries())
    db.exec(`CREATE INDEX ${quote(`${name} ${at}`)} ON ${quote(name)} (${list(index)})`);
  insert(db, name, rows);
}

export function application(db: DatabaseSync): Application {
  return {
    insert: (table, rows) => insert(db, table, rows),
    update: ({ table, column, value }, changed, to) =>
      void db
        .prepare(`UPDATE ${quote(table)} SET ${quote(changed)} = ? WHERE ${quote(column)} IS ?`)
        .run(bindable(to), bindable(value)),
    delete: ({ table, column, value }) =>
      void db.prepare(`DELETE FROM ${quote(table)} WHERE ${quote(column)} IS ?`).run(bindable(value)),
    drop: (table) => db.exec(`DROP TABLE ${quote(table)}`),
    tables: () =>
      db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .all()
        .map(({ name }) => name as string),
    count: (table, which) => {
      const statement = `SELECT count(*) AS n FROM ${quote(table)}`;
      const found =
        which === undefined
          ? db.prepare(statement).get()
          : db.prepare(`${statement} WHERE ${quote(which.column)} IS ?`).get(bindable(which.value));
      return found!.n as number;
    },
    lock: () => {
      db.exec('BEGIN IMMEDIATE');
      return { [Symbol.dispose]: () => db.exec('ROLLBACK') };
    },
  };
}

function insert(db: DatabaseSync, table: string, rows: DeclaredTable['rows']): void {
  if (rows.length === 0) return;
  const statement = db.prepare(`INSERT INTO ${quote(table)} VALUES (${rows[0]!.map(() => '?').join(', ')})`);
  db.exec('BEGIN');
  for (const row of rows) statement.run(...row.map(bindable));
  db.exec('COMMIT');
}

function bindable(value: SqlValue): SQLInputValue {
  if (value instanceof InvalidText) throw new TypeError('no text that is not UTF-8 can be bound');
  return value;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
