import { jobJson, plannedJobJson } from '../../../library/answers/moving/job-answer.ts';
import { tableProgress } from '../../../library/work/runs/archive-target.ts';
import { planJobs } from '../../../library/work/runs/pause-jobs.ts';
import type { JobReport } from '../../../operate/jobs/job-work.ts';
import { type JobMode, type JobRun, runJobs } from '../../../operate/jobs/run-jobs.ts';
import { BY_TIMER } from '../../../operate/schedule/job-schedule.ts';
import type { Context } from '../../frame/context.ts';
import { createProgress, showOn } from '../../terminal/progress.ts';
import { jobStatus, plannedJobStatus } from './job-status.ts';

export interface JobSettings {
  readonly mode: JobMode;
  readonly dryRun: boolean;
  readonly maxRuntime: number | undefined;
  readonly scheduled: boolean;
  /** For the history; else a timer or the command line. */
  readonly reason?: string;
  readonly progress: boolean | undefined;
}

export interface JobAnswer {
  readonly status: number;
  /** In the contract's shape. */
  readonly result: object;
  /** Rows that were archived, or would be. */
  readonly archived: number;
  /** Rows that left their tier: archived, bundled or purged. */
  readonly moved: number;
}

/** Runs a job (or tells what it would do) on one database. */
export async function runJobOnce(context: Context, settings: JobSettings): Promise<JobAnswer> {
  const { mode } = settings;
  if (settings.dryRun) {
    const planned = await planJobs(await context.stores(), mode);
    warnOf(context, planned);
    const answer = { status: plannedJobStatus(planned), result: plannedJobJson(mode, planned) };
    return { ...answer, archived: archivedBy(planned), moved: 0 };
  }
  const { attempts, reports } = await carryOut(context, settings);
  warnOf(context, reports);
  for (const { error } of attempts) if (error !== null) context.fail(await context.explain(error));
  const moved = attempts.reduce((sum, { record }) => sum + (record.end?.records ?? 0), 0);
  const answer = { status: jobStatus(attempts), result: jobJson(mode, attempts) };
  return { ...answer, archived: archivedBy(reports), moved };
}

function archivedBy(reports: readonly JobReport[]): number {
  return reports.reduce((sum, { archive }) => sum + (archive?.total ?? 0), 0);
}

function warnOf(context: Context, reports: readonly JobReport[]): void {
  for (const { archive, cleanup } of reports) {
    for (const warning of (archive ?? cleanup).warnings) context.warn(warning);
  }
}

async function carryOut(context: Context, settings: JobSettings): Promise<JobRun> {
  const { io, flags } = context;
  const progress = createProgress(io.stderr, io.clock, flags.quiet ? false : settings.progress);
  const done = await runJobs(await context.stores(), settings.mode, {
    reason: settings.reason ?? (settings.scheduled ? BY_TIMER : 'the command line'),
    signal: io.signal,
    maxRuntimeMs: settings.maxRuntime ?? null,
    keepQuiet: settings.scheduled,
    onProgress: tableProgress(showOn(progress)),
  }).finally(() => progress.finish());
  for (const problem of done.hookProblems) context.warn(problem);
  return done;
}
