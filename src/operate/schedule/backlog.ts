import type { JobName, RunRecord } from '../../hot/run-log.ts';
import type { JobTimes } from './job-schedule.ts';

/** How many of the last runs tell the pace of a backlog. */
const LOOK_BACK = 5;

/** Rows that a job's time budget left, and when they will be gone. */
export interface Backlog {
  readonly job: JobName;
  readonly rows: number;
  /** Milliseconds since the epoch: the start of the run that ends it at the present pace; null when it does not shrink, or nothing tells yet. */
  readonly endsAt: number | null;
}

/** What the last run of a job left undone; null when it left nothing. The pace is what its last runs took off the backlog, new rows counted against it. */
export function backlogOf(times: JobTimes, runs: readonly RunRecord[], now: number): Backlog | null {
  const left = runs
    .filter((run) => run.jobs.includes(times.job))
    .flatMap(({ end }) => (end === null || end.remaining === null ? [] : [end.remaining]))
    .slice(0, LOOK_BACK);
  const rows = left[0] ?? 0;
  if (rows === 0) return null;
  const first = left.at(-1)!;
  const perRun = left.length < 2 ? 0 : (first - rows) / (left.length - 1);
  if (perRun <= 0) return { job: times.job, rows, endsAt: null };
  let endsAt: number | null = now;
  for (let missing = rows; missing > 0 && endsAt !== null; missing -= perRun) endsAt = times.next(endsAt);
  return { job: times.job, rows, endsAt };
}
