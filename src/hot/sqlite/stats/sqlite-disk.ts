import { isBusy } from '../../../lock/result-code.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import type { HotDisk } from '../../hot-stats.ts';
import { type Connection, openForWriting } from '../connection/connection.ts';
import { databaseFile, diskRoom } from '../connection/database-file.ts';
import { LockTurns, OtherWriters, shortWaits } from '../connection/lock-turns.ts';
import { guard } from '../connection/sqlite-error.ts';
import { gentleHoldMs } from '../connection/write-ahead-log.ts';
import { writeTransaction } from '../connection/write-transaction.ts';

const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens an existing SQLite database to give disk space back. Only one run may do so at a time: see `acquireRunLock`.
 * @param busyTimeoutMs for tests.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export async function openSqliteDisk(
  path: string,
  monotonic: () => number,
  busyTimeoutMs: Milliseconds = BUSY_TIMEOUT_MS,
): Promise<HotDisk> {
  const opened = openForWriting(path, busyTimeoutMs);
  const { db } = opened;
  const doing = async <T>(operation: string, action: () => T): Promise<T> => guard(operation, path, action);
  const others = new OtherWriters(opened, monotonic);
  const turns = new LockTurns(db, { ...shortWaits, monotonic }, () => others.isRecent());
  const connection: Connection = { ...opened, turns };
  const checkpoint = (how: 'PASSIVE' | 'TRUNCATE'): void => {
    try {
      db.prepare(`PRAGMA main.wal_checkpoint(${how})`).get();
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  };
  return {
    file: () => doing('read the database file', () => databaseFile(connection)),

    room: () => doing('read the free disk space', () => diskRoom(connection)),

    vacuumStep: (pages) =>
      doing('free unused pages', () => {
        const before = databaseFile(connection);
        if (before.autoVacuum !== 'incremental') return { freed: 0, heldMs: 0 };
        writeTransaction(connection, 'free unused pages', () => {
          // `prepare` would free one page only.
          db.exec(`PRAGMA main.incremental_vacuum(${Math.max(1, Math.floor(pages))})`);
        });
        return { freed: before.pages - databaseFile(connection).pages, heldMs: turns.heldMs };
      }),

    vacuumFull: () =>
      doing('rebuild the database file', () => {
        db.exec('VACUUM main');
        checkpoint('PASSIVE');
        checkpoint('TRUNCATE');
      }),

    checkpoint: () => doing('move the write-ahead log into the database', () => checkpoint('PASSIVE')),

    othersWrote: async () => others.haveWritten(),
    gentleHoldMs: gentleHoldMs(opened),

    [Symbol.asyncDispose]: async () => db.close(),
  };
}
