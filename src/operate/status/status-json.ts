import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { RunRecord } from '../../hot/run-log.ts';
import { runJson } from '../alarms/run-json.ts';
import type { OperatingStatus } from './operating-state.ts';

/** A status in the shape of Firn's JSON. */
export function statusJson(status: OperatingStatus): object {
  const {
    asOf,
    health,
    scheduler,
    lock,
    pause,
    jobs,
    backlogs,
    tables,
    overdue,
    alarms,
    openAlarms,
    acknowledged,
    sizes,
    warm,
    cold,
    runs,
    stateOf,
  } = status;
  const stated = (run: RunRecord): object => ({ ...runJson(run), state: stateOf(run) });
  return {
    as_of: asOf,
    health: { level: health.level, line: health.line, problems: health.problems },
    scheduler: { state: schedulerState(status), process: scheduler },
    lock,
    paused: pause,
    jobs: jobs.map((state) => ({
      job: state.job,
      running: state.running,
      next_start: iso(state.nextStart),
      reason: state.reason,
      overdue_since: iso(state.overdueSince),
      last_run: state.lastRun === null ? null : stated(state.lastRun),
      last_success: state.lastSuccess?.startedAt ?? null,
    })),
    backlogs: backlogs.map(({ job, rows, endsAt }) => ({ job, rows, ends_at: iso(endsAt) })),
    tables: tables.map((table) => ({
      table: table.table,
      job: table.job,
      total: table.total,
      due: table.due,
      open: table.open,
      held: table.held,
      leased: table.leased,
      last_id: table.lastId,
      undated: table.undated,
      behind_seconds: Math.round(table.behindMs / 1000),
      estimated: table.estimated,
      due_bound:
        table.dueBound === null ? null : { at_least: table.dueBound.atLeast, at_most: table.dueBound.atMost },
      overdue: table.overdue,
      problem: table.problem,
    })),
    overdue,
    alarms,
    open_alarms: openAlarms.map(({ kind, path, table, message, firstSeen }) => ({
      ...{ kind, path, table, message },
      first_seen: firstSeen,
    })),
    acknowledged: acknowledged.map(acknowledgedJson),
    database: { bytes: sizes.databaseBytes, wal_bytes: sizes.walBytes },
    archives: { warm, cold },
    runs: runs.map(stated),
  };
}

/** An alarm that somebody acknowledged. */
export function acknowledgedJson({
  path,
  message,
  firstSeen,
  lastSeen,
  acknowledged,
}: RecordedAlarm): object {
  return {
    ...{ path, message, first_seen: firstSeen, last_seen: lastSeen },
    acknowledged_at: acknowledged?.at ?? null,
    acknowledged_by: acknowledged?.by ?? null,
    reason: acknowledged?.reason ?? null,
  };
}

/** In one word: `paused` wins, as it is what somebody decided. */
export function schedulerState({
  scheduler,
  lock,
  pause,
}: OperatingStatus): 'paused' | 'working' | 'waiting' | 'not running' {
  if (pause !== null) return 'paused';
  if (scheduler === null) return 'not running';
  return lock === null ? 'waiting' : 'working';
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
