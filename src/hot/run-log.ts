import type { Milliseconds } from '../model/instant.ts';
/** A job of the schedule. In this order where several are due: rows leave before files move on. */
export type JobName = 'daily' | 'weekly' | 'monthly';

export const JOB_NAMES: readonly JobName[] = ['daily', 'weekly', 'monthly'];

/**
 * How a run ended. done: all of it. partly: some table failed. failed: nothing useful was done. integrity: an archive does not hold what it
 * should. busy, locked: the database, or another run, was in the way. budget: its maximum runtime was reached. paused, quiet, stopped: a pause, the quiet
 * hours or a signal ended it cleanly. died: it never ended, and nobody holds the lock any more.
 */
export type RunOutcome =
  | 'done'
  | 'partly'
  | 'failed'
  | 'integrity'
  | 'busy'
  | 'locked'
  | 'budget'
  | 'paused'
  | 'quiet'
  | 'stopped'
  | 'died';

/** What a run set out to do. */
export interface RunStart {
  /** As typed, without global options: `job --mode daily`. */
  readonly command: string;
  /** The jobs that are done when this run is; none for a run that no schedule waits for. */
  readonly jobs: readonly JobName[];
  /** Who wanted it and why: `firn run: due 2026-06-01T02:00:00.000Z`. */
  readonly reason: string;
  /** UTC ISO 8601, milliseconds. */
  readonly startedAt: string;
}

/** What a run did with one table. */
export interface RunTable {
  readonly table: string;
  readonly status: string;
  readonly records: number;
  readonly kept: number;
  readonly undated: number;
}

/** What a run asked of the server of the archives. */
export interface RunTraffic {
  /** Requests by kind: `list`, `get`, `head`, `put`, `delete`. */
  readonly requests: Readonly<Record<string, number>>;
  /** Of these, those that were sent again. */
  readonly retries: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** What became of a run. */
export interface RunEnd {
  readonly endedAt: string;
  readonly durationMs: Milliseconds;
  readonly outcome: RunOutcome;
  /** Rows that left their tier: archived, bundled or purged. */
  readonly records: number;
  /** Due rows that it left for the next run; null when it did not come to count them. */
  readonly remaining: number | null;
  readonly tables: readonly RunTable[];
  /** Why it ended otherwise than done. */
  readonly message: string | null;
  /** Only of a run whose archives are not on this machine. */
  readonly traffic?: RunTraffic;
}

/** A run as the history holds it; `end` is null while it runs, and for ever where it died before anybody noticed. */
export interface RunRecord extends RunStart {
  readonly id: number;
  readonly end: RunEnd | null;
}

/** No job works while this stands. */
export interface PauseState {
  readonly since: string;
  /** UTC ISO 8601: it ends at this instant; null for until somebody resumes. */
  readonly until: string | null;
  readonly reason: string | null;
}

export interface RunLogReader extends AsyncDisposable {
  /** The newest runs, newest first; empty where no run ever was. */
  runs(limit?: number): Promise<readonly RunRecord[]>;
  /** What `firn pause` left, whether or not its time is over by now. */
  pause(): Promise<PauseState | null>;
}

/**
 * The run history (`_firn_runs`) and the pause, in the hot database. Each call that writes is one short transaction of its own and
 * is durable when it returns. Throws `unavailable` when the database stays locked.
 */
export interface RunLog extends RunLogReader {
  /**
   * Writes down that a run begins; returns its id. Only for whoever holds the run lock: every earlier run without an end
   * is marked as died. Forgets the oldest runs beyond what is kept.
   */
  begin(start: RunStart): Promise<number>;
  /** Also of a run that was taken for dead meanwhile. Throws `not_found` when the history has no such run. */
  end(id: number, end: RunEnd): Promise<void>;
  /** Writes down a run that could not begin, begin and end in one. Needs no lock. */
  note(start: RunStart, end: RunEnd): Promise<void>;
  /** Null resumes. Needs no lock. */
  setPause(pause: PauseState | null): Promise<void>;
}
