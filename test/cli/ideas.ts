import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';

/** A folder with a small database of two managed tables, gone when the test ends. */
export interface Ideas {
  readonly folder: string;
  readonly database: string;
  readonly archives: string;
  /** `--db-path … --archive-path …` */
  readonly paths: readonly string[];
  /** All values of the table's id column, sorted. */
  ids(table: string): string[];
}

/**
 * tool_uses: 30 rows, one a day from 2026-05-03 to 2026-06-01 at noon; `t01` is pending. 22 are past the hot time at 2026-06-01T00:00:00Z, of which the
 * pending one stays. message_bus_log: one row of 2026-05-30, and one whose time nobody understands.
 */
export function createIdeas(t: TestContext, file = 'ideas.db'): Ideas {
  const folder = mkdtempSync(join(tmpdir(), 'firn-cli-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, file);
  mkdirSync(dirname(database), { recursive: true });
  const db = new DatabaseSync(database);
  db.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE tool_uses (id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, tool TEXT NOT NULL,
      result_status TEXT NOT NULL, start_time TEXT NOT NULL);
    CREATE INDEX tool_uses_start ON tool_uses(start_time);
    CREATE TABLE message_bus_log (id TEXT PRIMARY KEY, timestamp TEXT NOT NULL);
    CREATE TABLE task_list_execution_runs (id TEXT PRIMARY KEY, started_at TEXT);
    INSERT INTO message_bus_log VALUES ('m1', '2026-05-30T00:00:00Z'), ('m2', 'yesterday');
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
    INSERT INTO tool_uses
      SELECT printf('t%02d', i), 'run-' || (i % 3), 'bash', iif(i = 1, 'pending', 'done'),
        strftime('%Y-%m-%dT12:00:00Z', '2026-05-03', '+' || i || ' days') FROM n;
  `);
  db.close();
  const archives = join(folder, 'archives');
  return {
    folder,
    database,
    archives,
    paths: ['--db-path', database, '--archive-path', archives],
    ids(table) {
      const reader = new DatabaseSync(database, { readOnly: true });
      try {
        return reader
          .prepare(`SELECT id FROM ${table} ORDER BY id`)
          .all()
          .map(({ id }) => id as string);
      } finally {
        reader.close();
      }
    },
  };
}
