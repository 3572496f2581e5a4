import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { JobName, RunLog } from '../../hot/run-log.ts';
import { dryRunReport } from '../../lifecycle/archive/archive-report.ts';
import { planRun } from '../../lifecycle/archive/archive-run.ts';
import { requirePairable } from '../../lifecycle/begin/pairing.ts';
import { planCleanupRun, runCleanup } from '../../lifecycle/cleanup/cleanup.ts';
import { type CleanupReport, dryCleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import type { Clock } from '../../model/clock.ts';
import type { DatabaseLimit } from '../../model/policy/config.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { unlessStopped } from '../../model/stop.ts';
import { quietUntil } from '../schedule/quiet-hours.ts';
import { archiveJob } from './archive-job.ts';
import { cleanupFacts, skippedCleanup } from './cleanup-facts.ts';
import { jobTables } from './job-tables.ts';
import type { JobDone, JobOptions, JobReport, JobSettings, JobStores, JobWork } from './job-work.ts';
import { recordStoppable } from './record-command.ts';
import type { Recorded } from './recorded-run.ts';

/**
 * Runs one job and writes it down. A pause, quiet hours, its time budget or the signal end it cleanly between two transactions; what
 * is left is the next run's.
 */
export async function runJob(
  stores: JobStores,
  log: RunLog,
  settings: JobSettings,
  job: JobName,
  options: JobOptions,
): Promise<Recorded<JobReport>> {
  const { signal, purpose, keepQuiet } = options;
  const paced = { ...stores, pace: settings.pace };
  const work = job === 'monthly' ? cleanupJob : archiveJob;
  const recorded = await recordStoppable(stores, log, {
    purpose,
    limits: {
      signal,
      maxRuntimeMs: options.maxRuntimeMs ?? settings.maxRuntimeMs,
      quietUntil: (now) =>
        keepQuiet ? quietUntil(settings.quietHours, settings.schedule.timeZone, now) : null,
    },
    run: (stopper) => work({ stores: paced, log, settings, job, stopper, options }),
    facts: ({ facts }) => facts,
  });
  if (!recorded.ok) return recorded;
  return { ...recorded, result: { ...recorded.result.report, record: recorded.record } };
}

async function cleanupJob({ stores, job, stopper }: JobWork): Promise<JobDone> {
  const held = await stopper.checkNow();
  const run = (): Promise<CleanupReport> => runCleanup(stores, stores.policies, { stop: stopper.check });
  const report =
    (held === null ? await unlessStopped(stopper.check, run) : null) ??
    skippedCleanup(stores.clock.now(), stopper.cause!.reason);
  return {
    report: { job, dryRun: false, asOf: report.asOf, record: null, archive: null, cleanup: report },
    facts: cleanupFacts(report, stopper.cause),
  };
}

/** What a job would do. Reads only. */
export async function planJob(
  opened: {
    readonly reader: HotReader;
    readonly archive: ArchiveStore;
    readonly clock: Clock;
    readonly policies: PolicySet;
  },
  weeklyTables: readonly string[],
  job: JobName,
  databaseLimit: DatabaseLimit | null = null,
): Promise<JobReport> {
  const { reader, archive: store, clock, policies } = opened;
  await requirePairable(reader.ledger, store);
  if (job === 'monthly') {
    const cleanup = dryCleanupReport(await planCleanupRun(reader.ledger, store, clock, policies));
    return { job, dryRun: true, asOf: cleanup.asOf, record: null, archive: null, cleanup };
  }
  const tables = jobTables(policies, weeklyTables, job);
  const plan = await planRun(reader, clock, policies, tables, null, databaseLimit);
  const report = dryRunReport(plan);
  return { job, dryRun: true, asOf: report.asOf, record: null, archive: report, cleanup: null };
}
