import type { Receipt } from '../../ledger.ts';
import type { Connection } from '../connection/connection.ts';

/* _firn_together: segments whose rows are deleted unit by unit, with those of other segments. Kept as long as they are unfinished. */
const TABLE = 'CREATE TABLE IF NOT EXISTS main._firn_together (segment TEXT PRIMARY KEY NOT NULL)';

/** Must run inside a write transaction. Forgets segments that are finished. */
export function recordTogether({ db }: Connection, receipts: readonly Receipt[]): void {
  db.exec(TABLE);
  db.exec(
    `DELETE FROM main._firn_together WHERE segment NOT IN (SELECT segment FROM main._firn_receipts WHERE state IN ('sealing', 'draining'))`,
  );
  const insert = db.prepare('INSERT OR IGNORE INTO main._firn_together VALUES (?)');
  for (const { segment } of receipts) insert.run(segment);
}

export function isTogether({ db }: Connection, segment: string): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_together'")
    .get();
  if (found === undefined) return false;
  return db.prepare('SELECT 1 FROM main._firn_together WHERE segment = ?').get(segment) !== undefined;
}
