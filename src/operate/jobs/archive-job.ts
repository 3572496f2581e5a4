import { type ArchiveReport, dryRunReport, plannedReport } from '../../lifecycle/archive/archive-report.ts';
import { runArchive } from '../../lifecycle/archive/archive-run.ts';
import type { Progress } from '../../lifecycle/archive/run-context.ts';
import { reclaim } from '../../lifecycle/report/reclaim-space.ts';
import { instantOfMs, type Milliseconds } from '../../model/instant.ts';
import { planArchive } from '../../model/policy/plan-archive.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { unlessStopped } from '../../model/stop.ts';
import { archiveFacts, withPaused } from './archive-facts.ts';
import { inTurn, jobTables } from './job-tables.ts';
import type { JobDone, JobSettings, JobStores, JobWork } from './job-work.ts';
import type { StopCause, Stopper } from './stopper.ts';

/** The work of the daily and the weekly job: their tables, those first that waited longest. */
export async function archiveJob({
  stores,
  log,
  settings,
  job,
  stopper,
  options,
}: JobWork): Promise<JobDone> {
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
  const run = async (): Promise<ArchiveReport> =>
    await runArchive({ ...stores, copier: await stores.startCopier() }, policies, tables, {
      stop: stopper.check,
      databaseLimit: settings.databaseLimit,
      onProgress,
    });
  const report =
    (held === null ? await unlessStopped(stopper.check, run) : null) ??
    notBegun(policies, tables, clock.now(), stopper.cause!);
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
  { store, clock, openDisk, capabilities }: JobStores,
  { reclaim: method, pace }: JobSettings,
  stopper: Stopper,
): Promise<void> {
  if (method === 'never' || !capabilities.reclaim || stopper.cause !== null) return;
  await using disk = await openDisk();
  await reclaim(disk, store.ledger, clock, { share: pace, stop: stopper.check });
}

/** The report of a run that was stopped before it came to its tables. */
function notBegun(
  policies: PolicySet,
  tables: readonly string[],
  nowMs: Milliseconds,
  { kind, reason }: StopCause,
): ArchiveReport {
  const nothing = new Map(
    tables.map((table) => [table, { days: [], open: 0, held: 0, leased: 0, lastId: 0, undated: 0 }] as const),
  );
  const plan = planArchive(policies, tables, nothing, instantOfMs(nowMs));
  const status = kind === 'paused' || kind === 'quiet' ? 'paused' : 'partial';
  const stopped = plan.tables.map((table) => ({ ...plannedReport(table), status, message: reason }) as const);
  return { ...dryRunReport(plan), dryRun: false, tables: stopped };
}
