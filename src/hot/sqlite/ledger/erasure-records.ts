import type { Erasure } from '../../hot-rows.ts';
import type { Connection } from '../connection/connection.ts';

const TABLE = `
  CREATE TABLE IF NOT EXISTS main._firn_erasures (
    id INTEGER PRIMARY KEY,
    "table" TEXT NOT NULL,
    filter TEXT NOT NULL,
    erased_at TEXT NOT NULL,
    rows INTEGER NOT NULL
  )`;

/** Must run inside a write transaction. An order that was given before is not written twice: its counts add up. */
export function upsertErasure(
  { db }: Connection,
  { table, where, since, until, erasedAt, rows }: Erasure,
): void {
  db.exec(TABLE);
  const filter = JSON.stringify({ where, since, until });
  const { changes } = db
    .prepare('UPDATE main._firn_erasures SET erased_at = ?, rows = rows + ? WHERE "table" = ? AND filter = ?')
    .run(erasedAt, rows, table, filter);
  if (changes === 0) {
    db.prepare('INSERT INTO main._firn_erasures ("table", filter, erased_at, rows) VALUES (?, ?, ?, ?)').run(
      ...[table, filter, erasedAt, rows],
    );
  }
}

export function selectErasures({ db }: Connection): Erasure[] {
  const there = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_erasures'")
    .get();
  if (there === undefined) return [];
  const rows = db
    .prepare('SELECT "table", filter, erased_at AS erasedAt, rows FROM main._firn_erasures ORDER BY id')
    .all();
  return (rows as { table: string; filter: string; erasedAt: string; rows: number }[]).map(
    ({ table, filter, erasedAt, rows: count }): Erasure => ({
      table,
      ...JSON.parse(filter),
      erasedAt,
      rows: count,
    }),
  );
}
