import type { AlarmLog } from '../hot/recorded-alarm.ts';
import { openSqliteAlarmLog } from '../hot/sqlite/ledger/alarm-records.ts';

/** The alarms of a database, to be written to; needs no lock. Throws `not_found` when there is no database. */
export function openAlarmLog({ database }: { readonly database: string }): AlarmLog & AsyncDisposable {
  return openSqliteAlarmLog(database);
}
