import {
  type Acknowledgement,
  type AlarmFinding,
  type AlarmKey,
  type AlarmLog,
  COUNTING,
  type RecordedAlarm,
} from '../../recorded-alarm.ts';
import { type Connection, openForWriting } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { writeTransaction } from '../connection/write-transaction.ts';

const TABLE = `
  CREATE TABLE IF NOT EXISTS main._firn_alarms (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    path TEXT NOT NULL,
    "table" TEXT,
    message TEXT NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    acknowledged_at TEXT,
    acknowledged_by TEXT,
    acknowledged_reason TEXT,
    UNIQUE (kind, subject)
  )`;

const BUSY_TIMEOUT_MS = 2_500;

/** For commands that hold no run lock. Dispose of it. */
export function openSqliteAlarmLog(database: string): AlarmLog & AsyncDisposable {
  const connection = openForWriting(database, BUSY_TIMEOUT_MS);
  return {
    ...sqliteAlarmLog(connection, (action) => action()),
    [Symbol.asyncDispose]: async () => connection.db.close(),
  };
}

/** @param durably runs a write transaction so that it survives a power cut once it returns. */
export function sqliteAlarmLog(connection: Connection, durably: <T>(action: () => T) => T): AlarmLog {
  const write = async (action: () => void): Promise<void> =>
    durably(() => writeTransaction(connection, 'record integrity alarms', action));
  return {
    alarms: async () => guard('read the alarms', connection.path, () => selectAlarms(connection)),
    raise: async (found, at) => {
      if (found.length > 0) await write(() => upsertAlarms(connection, found, at));
    },
    resolve: async (alarms) => {
      if (alarms.length > 0) await write(() => deleteAlarms(connection, alarms));
    },
    acknowledge: async (alarms, how) => {
      if (alarms.length > 0) await write(() => acknowledgeAlarms(connection, alarms, how));
    },
  };
}

function hasAlarms({ db }: Connection): boolean {
  const found = db
    .prepare("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = '_firn_alarms'")
    .get();
  return found !== undefined;
}

export function selectAlarms(connection: Connection): RecordedAlarm[] {
  if (!hasAlarms(connection)) return [];
  const rows = connection.db.prepare('SELECT * FROM main._firn_alarms ORDER BY id').all();
  return (rows as unknown as AlarmRow[]).map((row) => ({
    ...{ kind: row.kind, subject: row.subject, path: row.path, table: row.table, message: row.message },
    ...{ firstSeen: row.first_seen, lastSeen: row.last_seen },
    acknowledged:
      row.acknowledged_at === null
        ? null
        : { at: row.acknowledged_at, by: row.acknowledged_by, reason: row.acknowledged_reason ?? '' },
  }));
}

interface AlarmRow extends AlarmFinding {
  readonly first_seen: string;
  readonly last_seen: string;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_reason: string | null;
}

function upsertAlarms({ db }: Connection, found: readonly AlarmFinding[], at: string): void {
  db.exec(TABLE);
  const forget = db.prepare(
    `UPDATE main._firn_alarms SET acknowledged_at = NULL, acknowledged_by = NULL, acknowledged_reason = NULL
     WHERE kind = ? AND subject = ? AND message <> ?`,
  );
  const update = db.prepare(
    'UPDATE main._firn_alarms SET path = ?, "table" = ?, message = ?, last_seen = ? WHERE kind = ? AND subject = ?',
  );
  const insert = db.prepare(
    'INSERT INTO main._firn_alarms (kind, subject, path, "table", message, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { kind, subject, path, table, message } of found) {
    if (COUNTING.has(kind)) forget.run(kind, subject, message);
    const { changes } = update.run(path, table, message, at, kind, subject);
    if (changes === 0) insert.run(kind, subject, path, table, message, at, at);
  }
}

function deleteAlarms(connection: Connection, alarms: readonly AlarmKey[]): void {
  if (!hasAlarms(connection)) return;
  const forget = connection.db.prepare('DELETE FROM main._firn_alarms WHERE kind = ? AND subject = ?');
  for (const { kind, subject } of alarms) forget.run(kind, subject);
}

function acknowledgeAlarms(
  connection: Connection,
  alarms: readonly AlarmKey[],
  { at, by, reason }: Acknowledgement,
): void {
  if (!hasAlarms(connection)) return;
  const acknowledge = connection.db.prepare(
    `UPDATE main._firn_alarms SET acknowledged_at = ?, acknowledged_by = ?, acknowledged_reason = ?
     WHERE kind = ? AND subject = ?`,
  );
  for (const { kind, subject } of alarms) acknowledge.run(at, by, reason, kind, subject);
}
