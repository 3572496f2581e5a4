import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotStats } from '../../hot/hot-stats.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { RecordedAlarm } from '../../hot/recorded-alarm.ts';
import type { PauseState, RunLogReader, RunRecord } from '../../hot/run-log.ts';
import type { OpenAlarm } from '../../lifecycle/reconcile/alarm-findings.ts';
import { type Overdue, scheduledGrace } from '../../lifecycle/report/status-overdue.ts';
import type { TierStatus } from '../../lifecycle/report/status-tiers.ts';
import { retentionStatus } from '../../lifecycle/report/tier-report.ts';
import type { LockHolder } from '../../lock/lock-holder.ts';
import type { Clock } from '../../model/clock.ts';
import { sameWord } from '../../model/names.ts';
import type { Config } from '../../model/policy/config.ts';
import { jobTables } from '../jobs/job-tables.ts';
import { type Backlog, backlogOf } from '../schedule/backlog.ts';
import { type JobTimes, jobTimes, type ScheduleSettings } from '../schedule/job-schedule.ts';
import { firstRunAt, type JobState, jobState } from '../schedule/job-state.ts';
import { activePause } from '../schedule/pause-state.ts';
import { type Health, judgeHealth } from './health.ts';
import { type RunState, runStates } from './run-history.ts';
import { type TableFigures, tableFigures } from './table-metrics.ts';

/** The files of one archive tier. */
export interface TierSize {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
  /** The folder or address. */
  readonly location: string;
  /** Why the location is away, so that the ledger tells the rest; null when it is there. */
  readonly away: string | null;
}

/** How the operation stands: everything a monitor wants to know. */
export interface OperatingStatus {
  readonly asOf: string;
  readonly health: Health;
  /** The `firn run` that is at work on this database; null when none is. */
  readonly scheduler: LockHolder | null;
  /** The run that holds the lock; null when nobody does. */
  readonly lock: LockHolder | null;
  readonly pause: PauseState | null;
  readonly jobs: readonly JobState[];
  readonly backlogs: readonly Backlog[];
  readonly tables: readonly TableFigures[];
  /** What should have left its tier long ago, in the database and in the archives. */
  readonly overdue: readonly Overdue[];
  /** What is wrong with the archives: found now, or earlier and not resolved since. */
  readonly alarms: readonly string[];
  /** The same, with the path that `firn verify` takes. */
  readonly openAlarms: readonly OpenAlarm[];
  /** Alarms that somebody acknowledged with a reason. */
  readonly acknowledged: readonly RecordedAlarm[];
  readonly sizes: { readonly databaseBytes: number; readonly walBytes: number };
  readonly warm: TierSize;
  readonly cold: TierSize;
  /** The newest runs, newest first. */
  readonly runs: readonly RunRecord[];
  /** How a run of the history stands now. */
  readonly stateOf: (run: RunRecord) => RunState;
}

/** Where a status is gathered from. Nothing changes by it. */
export interface StatusSources {
  readonly clock: Clock;
  readonly settings: ScheduleSettings & Pick<Config, 'policies' | 'weeklyTables'>;
  readonly reader: HotReader;
  readonly hasTime: (table: string) => Promise<boolean>;
  readonly stats: HotStats;
  readonly archive: ArchiveStore;
  readonly log: RunLogReader;
  readonly lock: LockHolder | null;
  readonly scheduler: LockHolder | null;
}

const SHOWN_RUNS = 10;

export async function gatherStatus(sources: StatusSources): Promise<OperatingStatus> {
  const { clock, settings, reader, stats, archive, log, lock, scheduler, hasTime } = sources;
  const now = clock.now();
  const { policies, weeklyTables } = settings;
  const runs = await log.runs();
  const pause = activePause(await log.pause(), now);
  const times = jobTimes(settings);
  const existing = await reader.tables();
  const retention = await retentionStatus(
    { reader, stats, archive, clock, policies, hasTime },
    scheduledGrace(weeklyTables, firstRunAt(runs, now)),
  );
  const facts = {
    jobs: jobStates(times, runs, now, lock !== null, existing, settings),
    tables: tableFigures(retention, weeklyTables, now),
    overdue: retention.overdue,
    alarms: retention.alarms.map(({ subject, reason }) => `${subject}: ${reason}`),
    openAlarms: retention.openAlarms,
    acknowledged: retention.acknowledged,
    pause,
    backlogs: times.flatMap((job) => backlogOf(job, runs, now) ?? []),
  };
  const live = await reader.ledger.receipts({ state: ['draining', 'archived'] });
  const rowsIn = (tier: 'warm' | 'cold'): number =>
    live.filter((receipt) => receipt.tier === tier).reduce((sum, { rows }) => sum + rows, 0);
  const { warm, cold, file } = retention;
  return {
    asOf: new Date(now).toISOString(),
    health: judgeHealth(facts, now),
    ...facts,
    ...{ scheduler, lock },
    sizes: { databaseBytes: file.bytes, walBytes: file.walBytes },
    warm: sizeOf(warm, rowsIn('warm')),
    cold: sizeOf(cold, rowsIn('cold')),
    runs: runs.slice(0, SHOWN_RUNS),
    stateOf: runStates(runs, lock),
  };
}

function sizeOf({ location, away, files, bytes }: TierStatus, rows: number): TierSize {
  return { files, bytes, rows, location, away };
}

/** Where all scheduled jobs stand. @param existing tables of the database. */
export function jobStates(
  times: readonly JobTimes[],
  runs: readonly RunRecord[],
  now: number,
  lockHeld: boolean,
  existing: readonly string[],
  settings: StatusSources['settings'],
): JobState[] {
  return times.map((job) => unlessIdle(jobState(job, runs, now, lockHeld), existing, settings));
}

/** A job that never ran, and none of whose tables the database has (yet), is not overdue: it had nothing to do. */
function unlessIdle(
  state: JobState,
  existing: readonly string[],
  { policies, weeklyTables }: StatusSources['settings'],
): JobState {
  if (state.overdueSince === null || state.lastRun !== null || state.job === 'monthly') return state;
  const tables = jobTables(policies, weeklyTables, state.job);
  const hasWork = tables.some((table) => existing.some((other) => sameWord(other, table)));
  return hasWork ? state : { ...state, overdueSince: null };
}
