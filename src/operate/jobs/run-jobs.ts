import type { JobName, RunLog, RunRecord } from '../../hot/run-log.ts';
import type { Progress } from '../../lifecycle/archive/run-context.ts';
import type { Milliseconds } from '../../model/instant.ts';
import { alarmFailure, alarmOverdue } from '../alarms/job-alarms.ts';
import { jobTimes } from '../schedule/job-schedule.ts';
import { jobState } from '../schedule/job-state.ts';
import type { Stores } from '../stores.ts';
import { runJob } from './job-run.ts';
import type { JobReport } from './job-work.ts';
import { factsOfError, type RunPurpose, recordMiss } from './recorded-run.ts';

/** Runs among which those that died are looked for. */
const LOOK_BACK = 100;

/** A job of the schedule, or all three. */
export type JobMode = JobName | 'full';

/** The jobs that a mode stands for, in the order they run. */
export const JOBS_OF: Readonly<Record<JobMode, readonly JobName[]>> = {
  daily: ['daily'],
  weekly: ['weekly'],
  monthly: ['monthly'],
  full: ['daily', 'weekly', 'monthly'],
};

export interface JobRunOptions {
  /** Who wants it and why, for the history. */
  readonly reason: string;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the configuration's; for all jobs of `full` together. */
  readonly maxRuntimeMs?: Milliseconds | null;
  /** Whether it neither begins nor goes on in the quiet hours. */
  readonly keepQuiet?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface JobRun {
  readonly mode: JobMode;
  /** One, or the three of `full` in their order, also those that failed. */
  readonly attempts: readonly JobAttempt[];
  /** Of those that could work. */
  readonly reports: readonly JobReport[];
  /** What went wrong with the hooks. */
  readonly hookProblems: readonly string[];
}

/** What a job came to, whether or not it could work. */
export interface JobAttempt {
  readonly job: JobName;
  readonly record: RunRecord;
  /** False when the history could not take it. */
  readonly recorded: boolean;
  readonly report: JobReport | null;
  /** Why it could not work at all. */
  readonly error: unknown;
  readonly hookProblem: string | null;
}

/**
 * Runs a job, or all three for `full`, with the stores of the configuration: takes the lock, writes the run down, tells the hooks.
 * A job that fails does not keep the others from running; its attempt has the error.
 */
export async function runJobs(stores: Stores, mode: JobMode, options: JobRunOptions): Promise<JobRun> {
  const { config, clock } = stores;
  const jobs = JOBS_OF[mode];
  const began = clock.monotonic();
  const budget = options.maxRuntimeMs ?? config.maxRuntimeMs;
  const attempts: JobAttempt[] = [];
  const hookProblems: (string | null)[] = [];
  for (const job of jobs) {
    const maxRuntimeMs = budget === null ? null : Math.max(0, budget - (clock.monotonic() - began));
    const attempt = await attemptJob(stores, mode, job, { ...options, maxRuntimeMs });
    attempts.push(attempt);
    hookProblems.push(attempt.hookProblem);
  }
  // Where no history can be written, none can be read, and the attempts say why.
  if (attempts.some(({ recorded }) => recorded)) hookProblems.push(await tellOverdue(stores, jobs));
  return {
    ...{ mode, attempts, reports: attempts.flatMap(({ report }) => report ?? []) },
    hookProblems: hookProblems.filter((problem) => problem !== null),
  };
}

/** Runs one job; whatever keeps it from working is written down, told to the failure hook and returned. */
export async function attemptJob(
  stores: Stores,
  mode: JobMode,
  job: JobName,
  options: JobRunOptions,
): Promise<JobAttempt> {
  const purpose: RunPurpose = { command: `job --mode ${mode}`, jobs: [job], reason: options.reason };
  const died: RunRecord[] = [];
  const attempt = await openAndRun(stores, purpose, job, options, died);
  const problems: (string | null)[] = [];
  for (const record of [...died, attempt.record]) problems.push(await alarmFailure(stores.config, record));
  return { job, ...attempt, hookProblem: problems.find((problem) => problem !== null) ?? null };
}

/** Runs without an end: whoever holds the lock knows that they died. Nobody was there to tell the hook. */
async function runsThatDied(log: RunLog): Promise<RunRecord[]> {
  const runs = await log.runs(LOOK_BACK);
  return runs.flatMap((run) => {
    if (run.end !== null) return [];
    const how = { outcome: 'died', durationMs: 0, records: 0, remaining: null, tables: [] } as const;
    return [{ ...run, end: { ...how, endedAt: run.startedAt, message: 'the run did not end' } }];
  });
}

async function openAndRun(
  stores: Stores,
  purpose: RunPurpose,
  job: JobName,
  options: JobRunOptions,
  died: RunRecord[],
): Promise<Omit<JobAttempt, 'job' | 'hookProblem'>> {
  const { config, clock } = stores;
  const startedAt = new Date(clock.now()).toISOString();
  await using opened = new AsyncDisposableStack();
  let log: RunLog | null = null;
  try {
    log = opened.use(await stores.openRunLog());
    const session = opened.use(await stores.openWriting(purpose.command));
    died.push(...(await runsThatDied(log)));
    const jobStores = { ...session, openDisk: stores.openDisk, capabilities: stores.capabilities };
    const run = await runJob(jobStores, log, config, job, { ...options, purpose });
    const { record } = run;
    return run.ok
      ? { record, recorded: true, report: run.result, error: null }
      : { record, recorded: true, report: null, error: run.error };
  } catch (error) {
    const facts = factsOfError(error);
    const record = log === null ? null : await recordMiss(log, clock, purpose, facts).catch(() => null);
    const end = { ...facts, endedAt: new Date(clock.now()).toISOString(), durationMs: 0 };
    const unwritten = { ...purpose, startedAt, id: 0, end };
    return { record: record ?? unwritten, recorded: record !== null, report: null, error };
  }
}

/** One job that works is the chance to notice another that does not. */
async function tellOverdue(stores: Stores, justRan: readonly JobName[]): Promise<string | null> {
  const { config, clock } = stores;
  if (config.hooks.onOverdue === null) return null;
  await using log = await stores.openRunLog();
  const runs = await log.runs();
  const now = clock.now();
  const states = jobTimes(config)
    .filter(({ job }) => !justRan.includes(job))
    .map((times) => jobState(times, runs, now, false));
  return await alarmOverdue(config, states, now);
}
