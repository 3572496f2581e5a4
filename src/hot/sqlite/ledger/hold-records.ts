import type { Condition, Hold } from '../../../model/filter.ts';
import type { Connection } from '../connection/connection.ts';
import { ensureLedger, hasLedger } from './ledger-schema.ts';

interface HoldRow {
  readonly id: number;
  readonly table: string;
  readonly conditions: string;
  readonly reason: string;
  readonly createdAt: string;
}

export function selectHolds(connection: Connection): Hold[] {
  if (!hasLedger(connection)) return [];
  const rows = connection.db
    .prepare(
      'SELECT id, "table", conditions, reason, created_at AS createdAt FROM main._firn_holds ORDER BY id',
    )
    .all() as unknown as HoldRow[];
  return rows.map(({ id, table, conditions, reason, createdAt }) => ({
    ...{ id, table, reason, createdAt },
    conditions: JSON.parse(conditions) as Condition[],
  }));
}

/** Must run inside a write transaction. */
export function insertHold(connection: Connection, hold: Omit<Hold, 'id'>): Hold {
  ensureLedger(connection);
  const id = nextId(connection);
  connection.db
    .prepare(
      'INSERT INTO main._firn_holds (id, "table", conditions, reason, created_at) VALUES (?, ?, ?, ?, ?)',
    )
    .run(id, hold.table, JSON.stringify(hold.conditions), hold.reason, hold.createdAt);
  return { ...hold, id };
}

/** SQLite would give the id of the last hold again, and whoever removes a hold twice would remove somebody else's. */
function nextId({ db }: Connection): number {
  const { id } = db
    .prepare(
      `SELECT 1 + max(coalesce((SELECT max(id) FROM main._firn_holds), 0),
        coalesce((SELECT CAST(value AS INTEGER) FROM main._firn_meta WHERE key = 'last_hold'), 0)) AS id`,
    )
    .get() as { id: number };
  db.prepare("INSERT OR REPLACE INTO main._firn_meta VALUES ('last_hold', ?)").run(String(id));
  return id;
}

/** Must run inside a write transaction. */
export function deleteHold(connection: Connection, id: number): boolean {
  if (!hasLedger(connection)) return false;
  return connection.db.prepare('DELETE FROM main._firn_holds WHERE id = ?').run(id).changes === 1;
}
