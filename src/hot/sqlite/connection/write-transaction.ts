import type { Connection } from './connection.ts';
import { asFirnError } from './sqlite-error.ts';

/**
 * Runs `action` in one write transaction: all of it is committed, or nothing. The lock is taken at once, because a transaction
 * that begins by reading cannot wait for it later.
 * @throws FirnError `unavailable` when others keep the database locked beyond the connection's timeout.
 */
export function writeTransaction<T>({ db, path, turns }: Connection, operation: string, action: () => T): T {
  try {
    if (turns === undefined) db.exec('BEGIN IMMEDIATE');
    else turns.begin();
    const result = action();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw asFirnError(error, operation, path);
  } finally {
    turns?.end();
  }
}
