import type { RunRecord } from '../../hot/run-log.ts';

/** A run of the history in the shape of Firn's JSON: for `status --json` and for hooks. */
export function runJson({ id, command, jobs, reason, startedAt, end }: RunRecord): object {
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
  };
}
