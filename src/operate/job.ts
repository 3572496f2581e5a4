import type { ArchiveStore } from '../archive/archive-store.ts';
import type { HotDisk } from '../hot/disk.ts';
import type { HotReader, HotStore } from '../hot/hot-store.ts';
import type { JobName, RunLog, RunRecord } from '../hot/run-log.ts';
import type { Progress } from '../lifecycle/archive.ts';
import { type ArchiveReport, dryRunReport, plannedReport } from '../lifecycle/archive-report.ts';
import { planCleanupRun, runCleanup } from '../lifecycle/cleanup.ts';
import { type CleanupReport, dryCleanupReport } from '../lifecycle/cleanup-report.ts';
import type { Copier } from '../lifecycle/copier.ts';
import { reclaim } from '../lifecycle/reclaim.ts';
import { planRun, runArchive } from '../lifecycle/run.ts';
import type { Clock } from '../model/clock.ts';
import { planArchive } from '../model/plan.ts';
import { getPolicy } from '../model/policies.ts';
import type { PolicySet } from '../model/policy.ts';
import { archiveFacts, withPaused } from './archive-facts.ts';
import { cleanupFacts, skippedCleanup } from './cleanup-facts.ts';
import { inTurn, jobTables } from './job-tables.ts';
import { type QuietSpan, quietUntil } from './quiet-hours.ts';
import { type Recorded, type RunFacts, type RunPurpose, recordRun } from './recorded-run.ts';
import { Stopper } from './stopper.ts';

/** What a job works with; the run lock is held by whoever opened it. */
export interface JobStores {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  readonly policies: PolicySet;
  startCopier(): Promise<Copier>;
  /** For giving free pages back. */
  openDisk(): Promise<HotDisk>;
}

/** What the configuration says of jobs. */
export interface JobSettings {
  readonly weeklyTables: readonly string[];
  /** The share of the time that Firn may work, above 0 and at most 1. */
  readonly pace: number;
  readonly maxRuntimeMs: number | null;
  readonly quietHours: readonly QuietSpan[];
  readonly schedule: { readonly timeZone: string | null };
  /** Whether free pages are given back to the disk after rows have left. */
  readonly reclaim: 'never' | 'incremental';
}

export interface JobOptions {
  readonly purpose: RunPurpose;
  readonly signal?: AbortSignal | undefined;
  /** Instead of the configuration's. */
  readonly maxRuntimeMs?: number | null;
  /** Whether it ends when the quiet hours begin: for work nobody asked for just now. */
  readonly keepQuiet?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

/** What one job did (would do, for a dry run). Daily and weekly jobs archive, the monthly one cleans up. */
export type JobReport = {
  readonly job: JobName;
  readonly dryRun: boolean;
  /** The one `now` of the job, UTC ISO 8601. */
  readonly asOf: string;
  /** As the history has it; null for a dry run. */
  readonly record: RunRecord | null;
} & (
  | { readonly archive: ArchiveReport; readonly cleanup: null }
  | { readonly archive: null; readonly cleanup: CleanupReport }
);

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
  const work = job === 'monthly' ? cleanUp : archive;
  const recorded = await recordRun(
    log,
    clock,
    options.purpose,
    () => work(stores, log, settings, job, stopper, options).finally(() => stopper.settled()),
    ({ facts }) => facts,
  );
  if (!recorded.ok) return recorded;
  return { ...recorded, result: { ...recorded.result.report, record: recorded.record } };
}

interface Done {
  readonly report: JobReport;
  readonly facts: RunFacts;
}

async function archive(
  stores: JobStores,
  log: RunLog,
  settings: JobSettings,
  job: JobName,
  stopper: Stopper,
  options: JobOptions,
): Promise<Done> {
  const { policies, clock } = stores;
  const tables = inTurn(jobTables(policies, settings.weeklyTables, job), await log.runs());
  let done = 0;
  let planned: number | null = null;
  const onProgress = (progress: Progress): void => {
    done = progress.rows;
    planned = progress.totalRows;
    options.onProgress?.(progress);
  };
  const held = await stopper.checkNow();
  const report =
    held === null
      ? await runArchive({ ...stores, copier: await stores.startCopier() }, policies, tables, {
          share: settings.pace,
          stop: stopper.check,
          onProgress,
        })
      : notBegun(policies, tables, clock.now(), held);
  if (held === null) await giveBack(stores, settings, stopper);
  const remaining = stopper.cause === null ? 0 : planned === null ? null : planned - done;
  const told = withPaused(report, stopper.cause);
  const managed = (await stores.store.tables()).some((table) => getPolicy(policies, table) !== null);
  return {
    report: { job, dryRun: false, asOf: told.asOf, record: null, archive: told, cleanup: null },
    facts: archiveFacts(told, stopper.cause, remaining, managed),
  };
}

async function giveBack(
  { store, clock, openDisk }: JobStores,
  { reclaim: method, pace }: JobSettings,
  stopper: Stopper,
): Promise<void> {
  if (method === 'never' || stopper.cause !== null) return;
  await using disk = await openDisk();
  await reclaim(disk, store.ledger, clock, { share: pace, stop: stopper.check });
}

/** The report of a run that was held back before it looked at anything. */
function notBegun(
  policies: PolicySet,
  tables: readonly string[],
  nowMs: number,
  reason: string,
): ArchiveReport {
  const nothing = new Map(
    tables.map((table) => [table, { days: [], open: 0, held: 0, undated: 0 }] as const),
  );
  const plan = planArchive(policies, tables, nothing, nowMs * 1000);
  const paused = plan.tables.map(
    (table) => ({ ...plannedReport(table), status: 'paused', message: reason }) as const,
  );
  return { ...dryRunReport(plan), dryRun: false, tables: paused };
}

async function cleanUp(
  stores: JobStores,
  _log: RunLog,
  _settings: JobSettings,
  job: JobName,
  stopper: Stopper,
): Promise<Done> {
  const held = await stopper.checkNow();
  const report =
    held === null
      ? await runCleanup(stores, stores.policies, { stop: stopper.check })
      : skippedCleanup(stores.clock.now(), held);
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
  if (job === 'monthly') {
    const cleanup = dryCleanupReport(await planCleanupRun(reader.ledger, store, clock, policies));
    return { job, dryRun: true, asOf: cleanup.asOf, record: null, archive: null, cleanup };
  }
  const plan = await planRun(reader, clock, policies, jobTables(policies, weeklyTables, job));
  const report = dryRunReport(plan);
  return { job, dryRun: true, asOf: report.asOf, record: null, archive: report, cleanup: null };
}
