import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotReader } from '../../hot/hot-store.ts';
import type { JobName, RunLog } from '../../hot/run-log.ts';
import { dryRunReport } from '../../lifecycle/archive/archive-report.ts';
import { planRun } from '../../lifecycle/archive/archive-run.ts';
import { requirePairable } from '../../lifecycle/begin/pairing.ts';
import { planCleanupRun, runCleanup } from '../../lifecycle/cleanup/cleanup.ts';
import { type CleanupReport, dryCleanupReport } from '../../lifecycle/cleanup/cleanup-report.ts';
import { recordFailure } from '../../lifecycle/reconcile/keep-alarms.ts';
import { rowsDeleted } from '../../lifecycle/verify/conservation.ts';
import type { Clock } from '../../model/clock.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { unlessStopped } from '../../model/stop.ts';
import { quietUntil } from '../schedule/quiet-hours.ts';
import { archiveJob } from './archive-job.ts';
import { cleanupFacts, skippedCleanup } from './cleanup-facts.ts';
import { jobTables } from './job-tables.ts';
import type { JobDone, JobOptions, JobReport, JobSettings, JobStores, JobWork } from './job-work.ts';
import { factsOfError, type Recorded, type RunFacts, recordRun } from './recorded-run.ts';
import { Stopper } from './stopper.ts';

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
  const { clock } = stores;
  const stopper = new Stopper(clock, log, {
    signal: options.signal,
    maxRuntimeMs: options.maxRuntimeMs ?? settings.maxRuntimeMs,
    quietUntil: (now) =>
      options.keepQuiet ? quietUntil(settings.quietHours, settings.schedule.timeZone, now) : null,
  });
  const paced = { ...stores, pace: settings.pace };
  const work = job === 'monthly' ? cleanupJob : archiveJob;
  const { ledger } = stores.store;
  const before = rowsDeleted(await ledger.receipts());
  const recorded = await recordRun(
    log,
    clock,
    options.purpose,
    () => work({ stores: paced, log, settings, job, stopper, options }).finally(() => stopper.settled()),
    ({ facts }) => facts,
    (error) => factsOfFailure(stores, before, error),
  );
  if (!recorded.ok) return recorded;
  return { ...recorded, result: { ...recorded.result.report, record: recorded.record } };
}

/** A job that failed may have deleted rows before: the ledger knows. */
async function factsOfFailure(
  { store: { ledger }, clock }: JobStores,
  before: number,
  error: unknown,
): Promise<RunFacts> {
  const facts = factsOfError(error);
  try {
    await recordFailure(ledger, error, new Date(clock.now()).toISOString());
    const records = Math.max(0, rowsDeleted(await ledger.receipts()) - before);
    return {
      ...facts,
      records,
      outcome: records > 0 && facts.outcome === 'failed' ? 'partly' : facts.outcome,
    };
  } catch {
    return facts;
  }
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
): Promise<JobReport> {
  const { reader, archive: store, clock, policies } = opened;
  await requirePairable(reader.ledger, store);
  if (job === 'monthly') {
    const cleanup = dryCleanupReport(await planCleanupRun(reader.ledger, store, clock, policies));
    return { job, dryRun: true, asOf: cleanup.asOf, record: null, archive: null, cleanup };
  }
  const plan = await planRun(reader, clock, policies, jobTables(policies, weeklyTables, job));
  const report = dryRunReport(plan);
  return { job, dryRun: true, asOf: report.asOf, record: null, archive: report, cleanup: null };
}
