import type { AlarmKind, RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { JobName, PauseState, RunRecord } from '../../hot/run-log.ts';
import type { OpenAlarm } from '../../lifecycle/reconcile/alarm-findings.ts';
import type { Overdue } from '../../lifecycle/report/status-overdue.ts';
import type { LockHolder } from '../../lock/lock-holder.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { type RunJson, runJson } from '../alarms/run-json.ts';
import type { Health } from './health.ts';
import type { OperatingStatus, TierSize } from './operating-state.ts';
import type { RunState } from './run-history.ts';

/** Health, schedule, alarms and sizes: the JSON of `firn status`. */
export interface StatusAnswer {
  /** UTC ISO 8601. */
  readonly as_of: string;
  readonly health: Pick<Health, 'level' | 'line' | 'problems'>;
  /** `firn run`; `process` is null when it does not run. */
  readonly scheduler: { readonly state: SchedulerState; readonly process: LockHolder | null };
  /** The run that holds the lock now; null when none does. */
  readonly lock: LockHolder | null;
  readonly paused: PauseState | null;
  readonly jobs: readonly ScheduledJob[];
  /** Rows that a job's time budget left, and when they will be archived; null when the backlog does not shrink. */
  readonly backlogs: readonly {
    readonly job: JobName;
    readonly rows: number;
    readonly ends_at: string | null;
  }[];
  readonly tables: readonly TableState[];
  /** What a scheduled job should have moved already. */
  readonly overdue: readonly Overdue[];
  /** What is wrong with the archives, in words. */
  readonly alarms: readonly string[];
  /** The same one by one. */
  readonly open_alarms: readonly OpenAlarmAnswer[];
  readonly acknowledged: readonly AcknowledgedAlarm[];
  readonly database: { readonly bytes: number; readonly wal_bytes: number };
  readonly archives: { readonly warm: TierSize; readonly cold: TierSize };
  /** The newest runs, newest first. */
  readonly runs: readonly StatedRun[];
}

/** A run, and whether it still runs. */
export interface StatedRun extends RunJson {
  readonly state: RunState;
}

/** An alarm that is not resolved. */
export interface OpenAlarmAnswer {
  readonly kind: AlarmKind;
  readonly path: string;
  readonly table: string | null;
  readonly message: string;
  /** UTC ISO 8601; null when it was found just now. */
  readonly first_seen: string | null;
}

/** An open alarm in the shape of Firn's JSON. @internal */
export function openAlarmJson({ kind, path, table, message, firstSeen }: OpenAlarm): OpenAlarmAnswer {
  return { kind, path, table, message, first_seen: firstSeen };
}

/** In one word, how `firn run` stands. */
export type SchedulerState = 'paused' | 'working' | 'waiting' | 'not running';

/** One job of the schedule. Times are UTC ISO 8601. */
export interface ScheduledJob {
  readonly job: JobName;
  readonly running: boolean;
  readonly next_start: string | null;
  readonly reason: string;
  /** When it should have run and did not; null when it is in time. */
  readonly overdue_since: string | null;
  readonly last_run: StatedRun | null;
  readonly last_success: string | null;
}

/** One managed table of the database. */
export interface TableState {
  readonly table: string;
  readonly job: JobName;
  readonly total: number;
  /** Rows that the next run archives. */
  readonly due: number;
  /** Rows past the hot time that stay: unfinished, held, leased, highest id, invalid timestamp. */
  readonly open: number;
  readonly held: number;
  readonly leased: number;
  readonly last_id: number;
  readonly undated: number;
  /** How long the oldest due row has been due. */
  readonly behind_seconds: number;
  /** Whether counts are estimates, and the bounds of the true number of due rows; null when it is exact. */
  readonly estimated: boolean;
  readonly due_bound: { readonly at_least: number; readonly at_most: number } | null;
  readonly overdue: boolean;
  /** Why the table cannot be read; null when it can. */
  readonly problem: string | null;
}

/** An alarm that somebody acknowledged with a reason. Times are UTC ISO 8601. */
export interface AcknowledgedAlarm {
  readonly path: string;
  readonly message: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly acknowledged_at: string | null;
  readonly acknowledged_by: string | null;
  readonly reason: string | null;
}

/** A status in the shape of Firn's JSON. @internal */
export function statusJson(status: OperatingStatus): StatusAnswer {
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
  const stated = (run: RunRecord): StatedRun => ({ ...runJson(run), state: stateOf(run) });
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
    open_alarms: openAlarms.map(openAlarmJson),
    acknowledged: acknowledged.map(acknowledgedJson),
    database: { bytes: sizes.databaseBytes, wal_bytes: sizes.walBytes },
    archives: { warm, cold },
    runs: runs.map(stated),
  };
}

/** An alarm that somebody acknowledged. @internal */
export function acknowledgedJson({
  path,
  message,
  firstSeen,
  lastSeen,
  acknowledged,
}: RecordedAlarm): AcknowledgedAlarm {
  return {
    ...{ path, message, first_seen: firstSeen, last_seen: lastSeen },
    acknowledged_at: acknowledged?.at ?? null,
    acknowledged_by: acknowledged?.by ?? null,
    reason: acknowledged?.reason ?? null,
  };
}

/** In one word: `paused` wins, as it is what somebody decided. @internal */
export function schedulerState({ scheduler, lock, pause }: OperatingStatus): SchedulerState {
  if (pause !== null) return 'paused';
  if (scheduler === null) return 'not running';
  return lock === null ? 'waiting' : 'working';
}

function iso(ms: Milliseconds | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
