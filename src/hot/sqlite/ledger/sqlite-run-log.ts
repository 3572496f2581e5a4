import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { DAY_MS } from '../../../model/duration.ts';
import { FirnError } from '../../../model/errors.ts';
import type {
  JobName,
  PauseState,
  RunEnd,
  RunLog,
  RunLogReader,
  RunOutcome,
  RunRecord,
  RunStart,
  RunTable,
  RunTraffic,
} from '../../run-log.ts';
import { type Connection, openForReading, openForWriting } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { writeTransaction } from '../connection/write-transaction.ts';

/** As in ledger-schema.ts, nothing here is newer than SQLite 3.8. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS _firn_runs (
    id INTEGER PRIMARY KEY,
    command TEXT NOT NULL,
    jobs TEXT NOT NULL,
    reason TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT,
    duration_ms INTEGER,
    outcome TEXT,
    records INTEGER,
    remaining INTEGER,
    tables TEXT,
    message TEXT
  );
  CREATE TABLE IF NOT EXISTS _firn_pause (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since TEXT NOT NULL,
    until TEXT,
    reason TEXT
  );`;

/** The newest runs that are always kept. Behind them, for a good year, the last one of each job and day; each job's last success, and the very first run. */
const KEPT_RUNS = 1000;
const KEPT_DAYS = 400;

const BUSY_TIMEOUT_MS = 2_500;

type Row = Record<string, SQLOutputValue>;

/** Throws `not_found` when there is no database. Nothing appears, nothing changes by it. */
export function openSqliteRunLogReader(database: string): Promise<RunLogReader> {
  return Promise.resolve(new SqliteRunLogReader(openForReading(database)));
}

/** The tables appear with the first write. */
export function openSqliteRunLog(database: string): Promise<RunLog> {
  return Promise.resolve(new SqliteRunLog(openForWriting(database, BUSY_TIMEOUT_MS)));
}

class SqliteRunLogReader implements RunLogReader {
  protected readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  protected get db(): DatabaseSync {
    return this.connection.db;
  }

  async runs(limit = KEPT_RUNS * 10): Promise<readonly RunRecord[]> {
    return guard('read the run history', this.connection.path, () =>
      this.has('_firn_runs')
        ? this.db.prepare('SELECT * FROM _firn_runs ORDER BY id DESC LIMIT ?').all(limit).map(toRecord)
        : [],
    );
  }

  async pause(): Promise<PauseState | null> {
    return guard('read the pause', this.connection.path, () => {
      if (!this.has('_firn_pause')) return null;
      const row = this.db.prepare('SELECT since, until, reason FROM _firn_pause').get();
      return row === undefined ? null : ({ ...row } as unknown as PauseState);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.db.close();
  }

  protected has(table: string): boolean {
    return (
      this.db.prepare(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(table) !==
      undefined
    );
  }
}

class SqliteRunLog extends SqliteRunLogReader implements RunLog {
  async begin(start: RunStart): Promise<number> {
    return this.#write('record the start of a run', () => {
      this.db.exec(`UPDATE _firn_runs SET outcome = 'died' WHERE outcome IS NULL`);
      this.#forgetOld(start.startedAt);
      return this.#insert(start);
    });
  }

  async end(id: number, end: RunEnd): Promise<void> {
    this.#write('record the end of a run', () => this.#update(id, end));
  }

  async note(start: RunStart, end: RunEnd): Promise<void> {
    this.#write('record a run', () => this.#update(this.#insert(start), end));
  }

  async setPause(pause: PauseState | null): Promise<void> {
    this.#write(pause === null ? 'resume' : 'pause', () => {
      this.db.exec('DELETE FROM _firn_pause');
      if (pause === null) return;
      this.db
        .prepare('INSERT INTO _firn_pause (id, since, until, reason) VALUES (1, ?, ?, ?)')
        .run(pause.since, pause.until, pause.reason);
    });
  }

  #insert({ command, jobs, reason, startedAt }: RunStart): number {
    const { lastInsertRowid } = this.db
      .prepare('INSERT INTO _firn_runs (command, jobs, reason, started_at) VALUES (?, ?, ?, ?)')
      .run(command, JSON.stringify(jobs), reason, startedAt);
    return Number(lastInsertRowid);
  }

  #update(id: number, end: RunEnd): void {
    const { endedAt, durationMs, outcome, records, remaining, tables, message } = end;
    const { changes } = this.db
      .prepare(
        `UPDATE _firn_runs SET ended_at = ?, duration_ms = ?, outcome = ?, records = ?, remaining = ?, tables = ?, message = ?
         WHERE id = ?`,
      )
      .run(endedAt, Math.round(durationMs), outcome, records, remaining, JSON.stringify(tables), message, id);
    if (changes === 1) {
      this.#setTraffic(id, end.traffic);
      return;
    }
    throw new FirnError('not_found', `the history has no run ${id}`, {
      operation: 'record the end of a run',
      path: this.connection.path,
      hint: 'The database was replaced while the run was at work. Check it with firn verify.',
    });
  }

  /** The column appears with the first run whose archives are elsewhere. */
  #setTraffic(id: number, traffic: RunTraffic | undefined): void {
    if (traffic === undefined) return;
    const columns = this.db.prepare('PRAGMA table_info(_firn_runs)').all();
    if (!columns.some(({ name }) => name === 'traffic'))
      this.db.exec('ALTER TABLE _firn_runs ADD COLUMN traffic TEXT');
    this.db.prepare('UPDATE _firn_runs SET traffic = ? WHERE id = ?').run(JSON.stringify(traffic), id);
  }

  #forgetOld(now: string): void {
    const since = new Date(Date.parse(now) - KEPT_DAYS * DAY_MS).toISOString();
    this.db
      .prepare(
        `DELETE FROM _firn_runs WHERE id NOT IN (
           SELECT id FROM (SELECT id FROM _firn_runs ORDER BY id DESC LIMIT ?)
           UNION SELECT min(id) FROM _firn_runs
           UNION SELECT max(id) FROM _firn_runs WHERE jobs <> '[]' AND started_at >= ? GROUP BY jobs, substr(started_at, 1, 10)
           UNION SELECT max(id) FROM _firn_runs WHERE jobs <> '[]' AND outcome = 'done' GROUP BY jobs)`,
      )
      .run(KEPT_RUNS - 1, since);
  }

  #write<T>(operation: string, change: () => T): T {
    return writeTransaction(this.connection, operation, () => {
      this.db.exec(SCHEMA);
      return change();
    });
  }
}

function toRecord(row: Row): RunRecord {
  const start = {
    id: Number(row.id),
    command: row.command as string,
    jobs: JSON.parse(row.jobs as string) as JobName[],
    reason: row.reason as string,
    startedAt: row.started_at as string,
  };
  if (row.outcome === null) return { ...start, end: null };
  const end: RunEnd = {
    endedAt: (row.ended_at ?? row.started_at) as string,
    durationMs: Number(row.duration_ms ?? 0),
    outcome: row.outcome as RunOutcome,
    records: Number(row.records ?? 0),
    remaining: row.remaining === null ? null : Number(row.remaining),
    tables: row.tables === null ? [] : (JSON.parse(row.tables as string) as RunTable[]),
    message: row.message as string | null,
    ...(typeof row.traffic === 'string' ? { traffic: JSON.parse(row.traffic) as RunTraffic } : {}),
  };
  return { ...start, end };
}
