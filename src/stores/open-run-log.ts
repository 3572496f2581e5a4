import type { RunLog, RunLogReader } from '../hot/run-log.ts';
import { acquireRunLock, lockHolder } from '../hot/sqlite/connection/run-lock.ts';
import { openSqliteRunLog, openSqliteRunLogReader } from '../hot/sqlite/ledger/sqlite-run-log.ts';
import type { LockHolder } from '../lock/lock-holder.ts';
import type { Clock } from '../model/clock.ts';

interface Place {
  readonly database: string;
}

/** The run history and the pause of a database, to be looked at. Throws `not_found` when there is no database. */
export async function openRunLogReader({ database }: Place): Promise<RunLogReader> {
  return await openSqliteRunLogReader(database);
}

/** The same, to be written to; needs no lock. */
export async function openRunLog({ database }: Place): Promise<RunLog> {
  return await openSqliteRunLog(database);
}

/** Takes the lock of the one scheduler of a database, which lives on between its runs. Throws `locked` naming the holder. */
export async function lockScheduler(
  { database }: Place,
  clock: Clock,
  command: string,
): Promise<AsyncDisposable> {
  return await acquireRunLock(database, { command, since: new Date(clock.now()).toISOString() }, 'scheduler');
}

/** Who works on a database now. */
export async function holdersOf({
  database,
}: Place): Promise<{ readonly lock: LockHolder | null; readonly scheduler: LockHolder | null }> {
  return { lock: await lockHolder(database), scheduler: await lockHolder(database, 'scheduler') };
}
