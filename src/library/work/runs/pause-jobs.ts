import type { PauseState } from '../../../hot/run-log.ts';
import type { LockHolder } from '../../../lock/lock-holder.ts';
import type { Milliseconds } from '../../../model/instant.ts';
import { planJob } from '../../../operate/jobs/job-run.ts';
import type { JobReport } from '../../../operate/jobs/job-work.ts';
import { JOBS_OF, type JobMode } from '../../../operate/jobs/run-jobs.ts';
import { activePause } from '../../../operate/schedule/pause-state.ts';
import type { Stores } from '../../../operate/stores.ts';

/** What the jobs of a mode would do. Changes nothing. */
export async function planJobs(stores: Stores, mode: JobMode): Promise<readonly JobReport[]> {
  const { weeklyTables, databaseLimit } = stores.config;
  await using opened = await stores.openReading();
  const reports: JobReport[] = [];
  for (const job of JOBS_OF[mode]) reports.push(await planJob(opened, weeklyTables, job, databaseLimit));
  return reports;
}

/** Keeps jobs from starting, and stops the one that runs at its next batch. @param forMs null for until `resumeJobs`. */
export async function pauseJobs(
  stores: Stores,
  { reason, forMs }: { readonly reason: string | null; readonly forMs: Milliseconds | null },
): Promise<{ readonly pause: PauseState; readonly stops: LockHolder | null }> {
  const now = stores.clock.now();
  const pause: PauseState = {
    since: new Date(now).toISOString(),
    until: forMs === null ? null : new Date(now + forMs).toISOString(),
    reason,
  };
  await using log = await stores.openRunLog();
  await log.setPause(pause);
  return { pause, stops: (await stores.holders()).lock };
}

/** Ends a pause. Resolves to the pause that was in force; null when the jobs were not paused. */
export async function resumeJobs(stores: Stores): Promise<PauseState | null> {
  await using log = await stores.openRunLog();
  const pause = await log.pause();
  if (pause !== null) await log.setPause(null);
  return activePause(pause, stores.clock.now());
}
