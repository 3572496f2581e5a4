import { DatabaseSync } from 'node:sqlite';
import {
  OBSERVABILITY_INDEXES,
  OBSERVABILITY_TABLES,
  OBSERVABILITY_TRIGGERS,
} from '../../../src/demo/observability-ddl.ts';

type Cell = string | number | bigint | null | Uint8Array;

/** Makes the whole observability schema, empty: tables, indexes, the trigger on events. Foreign keys are off. */
export function createObservabilitySchema(db: DatabaseSync): void {
  db.exec('PRAGMA foreign_keys = OFF');
  for (const statement of [...OBSERVABILITY_TABLES, ...OBSERVABILITY_INDEXES, ...OBSERVABILITY_TRIGGERS])
    db.exec(statement);
}

/** A new database with that schema. The caller closes it. */
export function observabilityDatabase(
  path = ':memory:',
  journalMode: 'wal' | 'delete' = 'delete',
): DatabaseSync {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec(`PRAGMA journal_mode = ${journalMode}`);
  createObservabilitySchema(db);
  return db;
}

/** Inserts one row: the cells given, and for other NOT NULL columns without a default something short. */
export function insertRow(db: DatabaseSync, table: string, cells: Readonly<Record<string, Cell>>): void {
  const columns = db.prepare('SELECT name, type, "notnull", dflt_value FROM pragma_table_info(?)').all(table);
  const filled: Record<string, Cell> = {};
  for (const { name, type, notnull, dflt_value } of columns) {
    if (notnull === 1 && dflt_value === null) filled[String(name)] = type === 'INTEGER' ? 0 : 'x';
  }
  const row = { ...filled, ...cells };
  const names = Object.keys(row).map((name) => `"${name.replaceAll('"', '""')}"`);
  db.prepare(`INSERT INTO "${table}" (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`).run(
    ...Object.values(row),
  );
}
