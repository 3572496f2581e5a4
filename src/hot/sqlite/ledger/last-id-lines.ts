import type { Connection } from '../connection/connection.ts';

/* _firn_last_ids: lines of segments whose row reads exactly so and stays hot, because it had the greatest id when it was to be deleted. */
const TABLE =
  'CREATE TABLE IF NOT EXISTS main._firn_last_ids (segment TEXT NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (segment, position))';

/** Must run inside the drain's write transaction. */
export function recordLastIds({ db }: Connection, segment: string, positions: readonly number[]): void {
  if (positions.length === 0) return;
  db.exec(TABLE);
  const insert = db.prepare('INSERT OR IGNORE INTO main._firn_last_ids VALUES (?, ?)');
  for (const position of positions) insert.run(segment, position);
}

export function selectLastIds({ db }: Connection, segment: string): number[] {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_last_ids'")
    .get();
  if (found === undefined) return [];
  const rows = db
    .prepare('SELECT position FROM main._firn_last_ids WHERE segment = ? ORDER BY position')
    .all(segment) as { position: number }[];
  return rows.map(({ position }) => position);
}
