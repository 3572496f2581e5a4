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
  const { lastInsertRowid } = connection.db
    .prepare('INSERT INTO main._firn_holds ("table", conditions, reason, created_at) VALUES (?, ?, ?, ?)')
    .run(hold.table, JSON.stringify(hold.conditions), hold.reason, hold.createdAt);
  return { ...hold, id: Number(lastInsertRowid) };
}

/** Must run inside a write transaction. */
export function deleteHold(connection: Connection, id: number): boolean {
  if (!hasLedger(connection)) return false;
  return connection.db.prepare('DELETE FROM main._firn_holds WHERE id = ?').run(id).changes === 1;
}
