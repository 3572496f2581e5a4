import type { JobName, RunOutcome, RunRecord, RunTable, RunTraffic } from '../../hot/run-log.ts';

/** A run of the history in the shape of Firn's JSON: for `status --json`, `history --json` and hooks. */
export interface RunJson {
  readonly id: number;
  /** As typed, without global options. */
  readonly command: string;
  /** The scheduled jobs that the run did. */
  readonly jobs: readonly JobName[];
  /** Who started it and why. */
  readonly reason: string;
  /** UTC ISO 8601. */
  readonly started_at: string;
  /** Null while it runs, and for a run that died. */
  readonly ended_at: string | null;
  readonly duration_ms: number | null;
  readonly outcome: RunOutcome | null;
  /** Rows that left their tier. */
  readonly records: number;
  /** Rows that it left for the next run; null when they were not counted. Only of a run that ended. */
  readonly remaining?: number | null;
  readonly tables?: readonly RunTable[];
  /** Why it ended otherwise than `done`. */
  readonly message: string | null;
  /** What the run asked of the server of the archives. Only of a run whose archives are not on this machine. */
  readonly traffic?: {
    readonly requests: Readonly<Record<string, number>>;
    readonly retries: number;
    readonly sent_bytes: number;
    readonly received_bytes: number;
  };
}

/** The record in the shape of Firn's JSON. @internal */
export function runJson({ id, command, jobs, reason, startedAt, end }: RunRecord): RunJson {
  const start = { id, command, jobs, reason, started_at: startedAt };
  if (end === null)
    return { ...start, ended_at: null, duration_ms: null, outcome: null, records: 0, message: null };
  return {
    ...start,
    ended_at: end.endedAt,
    duration_ms: end.durationMs,
    outcome: end.outcome,
    records: end.records,
    remaining: end.remaining,
    tables: end.tables,
    message: end.message,
    ...(end.traffic === undefined ? {} : { traffic: trafficOf(end.traffic) }),
  };
}

function trafficOf({
  requests,
  retries,
  sentBytes,
  receivedBytes,
}: RunTraffic): NonNullable<RunJson['traffic']> {
  return { requests, retries, sent_bytes: sentBytes, received_bytes: receivedBytes };
}
