import { stat } from 'node:fs/promises';
import type { ArchiveStore } from '../archive/archive-store.ts';
import type { HotReader } from '../hot/hot-store.ts';
import type { LockHolder } from '../hot/run-lock.ts';
import type { JobName, PauseState, RunLogReader, RunRecord } from '../hot/run-log.ts';
import { planRun } from '../lifecycle/run.ts';
import type { Clock } from '../model/clock.ts';
import type { PolicySet } from '../model/policy.ts';
import { type Backlog, backlogOf } from './backlog.ts';
import { type Health, judgeHealth } from './health.ts';
import { type JobState, jobState } from './job-state.ts';
import { activePause } from './pause.ts';
import { jobTimes, type ScheduleSettings } from './schedule.ts';
import { type TableFigures, tableFigures } from './table-figures.ts';

export interface TierSize {
  readonly files: number;
  readonly rows: number;
  readonly bytes: number;
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
  readonly sizes: { readonly databaseBytes: number; readonly walBytes: number };
  readonly warm: TierSize;
  readonly cold: TierSize;
  /** The newest runs, newest first. */
  readonly runs: readonly RunRecord[];
}

/** Where a status is gathered from. Nothing changes by it. */
export interface StatusSources {
  readonly clock: Clock;
  readonly settings: ScheduleSettings & {
    readonly policies: PolicySet;
    readonly weeklyTables: readonly string[];
  };
  readonly reader: HotReader;
  readonly archive: ArchiveStore;
  readonly log: RunLogReader;
  readonly lock: LockHolder | null;
  readonly scheduler: LockHolder | null;
}

const SHOWN_RUNS = 10;

export async function gatherStatus(sources: StatusSources): Promise<OperatingStatus> {
  const { clock, settings, reader, archive, log, lock, scheduler } = sources;
  const now = clock.now();
  const runs = await log.runs();
  const pause = activePause(await log.pause(), now);
  const times = jobTimes(settings);
  const jobs = times.map((job) => jobState(job, runs, now, lock !== null));
  const plan = await planRun(reader, clock, settings.policies, [...settings.policies.policies.keys()]);
  const tables = tableFigures(settings, times, plan, now);
  const facts = {
    jobs,
    tables,
    pause,
    backlogs: times.flatMap((job) => backlogOf(job, runs, now) ?? []),
  };
  return {
    asOf: new Date(now).toISOString(),
    health: judgeHealth(facts, integrityAlarm(runs), now),
    ...facts,
    ...{ scheduler, lock },
    sizes: {
      databaseBytes: await sizeOf(settings.database),
      walBytes: await sizeOf(`${settings.database}-wal`),
    },
    ...(await tierSizes(reader, archive)),
    runs: runs.slice(0, SHOWN_RUNS),
  };
}

/** The newest word on the archives' integrity, if it is bad: an alarm stands until a later run of the same jobs found nothing wrong. */
function integrityAlarm(runs: readonly RunRecord[]): RunRecord | null {
  const judged = new Set<JobName>();
  for (const run of runs) {
    if (run.end === null || !['done', 'budget', 'integrity'].includes(run.end.outcome)) continue;
    if (run.end.outcome === 'integrity' && !run.jobs.some((job) => judged.has(job))) return run;
    for (const job of run.jobs) judged.add(job);
  }
  return null;
}

async function tierSizes(
  reader: HotReader,
  archive: ArchiveStore,
): Promise<{ warm: TierSize; cold: TierSize }> {
  const live = await reader.ledger.receipts({ state: ['draining', 'archived'] });
  const sizeIn = async (tier: 'warm' | 'cold'): Promise<TierSize> => {
    const files = await archive.list(tier);
    return {
      files: files.length,
      rows: live.filter((receipt) => receipt.tier === tier).reduce((sum, { rows }) => sum + rows, 0),
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  };
  return { warm: await sizeIn('warm'), cold: await sizeIn('cold') };
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
