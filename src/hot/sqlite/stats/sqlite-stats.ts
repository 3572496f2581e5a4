import type { HotStats } from '../../hot-stats.ts';
import { openForReading } from '../connection/connection.ts';
import { databaseFile, diskRoom } from '../connection/database-file.ts';
import { asFirnError, guard } from '../connection/sqlite-error.ts';
import { tableOf } from '../read/sqlite-reader.ts';
import { rowsPerDay } from './rows-per-day.ts';
import { tableStats } from './table-stats.ts';

/**
 * Opens an SQLite database to be counted: neither it nor its folder is changed.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export async function openSqliteStats(path: string): Promise<HotStats> {
  const connection = openForReading(path);
  return {
    table: async (shape, rule) => {
      try {
        return await tableStats(connection, tableOf(connection, shape), rule);
      } catch (error) {
        throw asFirnError(error, `count the rows of ${shape.table}`, path);
      }
    },
    perDay: async (shape, policy, days) =>
      guard(`count the rows of ${shape.table}`, path, () =>
        rowsPerDay(connection, tableOf(connection, shape), policy, days),
      ),
    file: async () => guard('read the database file', path, () => databaseFile(connection)),
    room: async () => guard('read the free disk space', path, () => diskRoom(connection)),
    [Symbol.asyncDispose]: async () => connection.db.close(),
  };
}
