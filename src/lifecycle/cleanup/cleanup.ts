import { type ArchiveStore, type KeptFile, RemovalRefused } from '../../archive/archive-store.ts';
import { awayInWords, awayTiers } from '../../archive/away.ts';
import { isInTier, listFiles } from '../../archive/listed-files.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { keepLake } from '../../lake/keep/keep-lake.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { type Instant, instantOfMs } from '../../model/instant.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { stopAt } from '../../model/stop.ts';
import type { RunOptions } from '../archive/archive-run.ts';
import { heldSegments } from '../archived/held-segments.ts';
import { keepIndex } from '../archived/keep-index.ts';
import { beginRun, type RunStores } from '../begin/begin-run.ts';
import { subjectOf } from '../reconcile/alarm-findings.ts';
import { recordKept, recordSuspects } from '../reconcile/keep-alarms.ts';
import { isRepair, type Reconciled } from '../reconcile/reconcile-plan.ts';
import { type CleanupOptions, type CleanupPlan, dueSegments, planCleanup } from './cleanup-plan.ts';
import {
  type CleanupProblem,
  type CleanupReport,
  skippedConsolidation,
  skippedPurge,
} from './cleanup-report.ts';
import type { CleanupRun } from './cleanup-run.ts';
import { consolidate } from './consolidate.ts';
import { purge } from './purge.ts';

export interface CleanupRunOptions extends CleanupOptions, Pick<RunOptions, 'signal' | 'stop' | 'adopt'> {
  /** Asked before more than half of all archived rows are purged; without it that is refused. */
  readonly consent?: ((question: string) => Promise<boolean>) | undefined;
}

/** Reconciles, plans, consolidates and purges: the whole of `firn cleanup archives`. */
export async function runCleanup(
  stores: RunStores,
  policies: PolicySet,
  options: CleanupRunOptions = {},
): Promise<CleanupReport> {
  const { archive, clock } = stores;
  const { ledger } = stores.store;
  const { now, stop, reconciled, notes } = await beginRun(
    { ...stores, policies },
    { ...options, stop: stopAt(clock, options) },
  );
  const plan = await lookAndPlan(ledger, archive, policies, now, options);
  await askConsent(plan, options.consent, reconciled);
  const problems: CleanupProblem[] = [];
  const kept: KeptFile[] = [];
  let fatal: FirnError | null = null;
  const run: CleanupRun = {
    ...{ ledger, archive, policies, now, asOf: plan.asOf, stop },
    receipts: new Map((await ledger.receipts()).map((receipt) => [receipt.segment, receipt])),
    onProblem: (path, error) => {
      if (!(error instanceof FirnError)) throw error;
      if (error.code === 'database') fatal ??= error;
      const stopped = error.code === 'interrupted' ? { stopped: true } : {};
      if (error instanceof RemovalRefused) {
        kept.push(...error.kept);
        problems.push(...error.kept.map((one) => ({ path: one.path, message: one.why, alarm: true })));
        return;
      }
      problems.push({ path, message: error.message, alarm: error.code === 'integrity', ...stopped });
    },
    ended: () => fatal !== null,
  };
  const consolidation =
    plan.consolidation === null ? skippedConsolidation : await consolidate(run, plan.consolidation);
  const purged = plan.purge === null ? skippedPurge : await purge(run, plan.purge);
  const { asOf, warnings } = plan;
  const open = await recordSuspects(
    { ledger, archive, clock },
    problems.filter(({ alarm }) => alarm).map(({ path }) => subjectOf(path)),
  );
  const isOpen = new Set(open.map(({ subject }) => subject));
  const isKept = new Set((await recordKept({ ledger, clock }, kept)).map(({ subject }) => subject));
  const lake = await keepLake(stores, stop);
  if (fatal !== null && consolidation.segments + purged.segments === 0) throw fatal;
  const unwritten = fatal === null ? await keepIndex({ ledger, archive }, stop) : [];
  return {
    ...{ command: 'cleanup', dryRun: false, asOf, consolidation, purge: purged, reconciled },
    // An acknowledged problem is still one, and no alarm.
    problems: problems.map((one) => ({
      ...one,
      alarm: isKept.has(one.path) || (one.alarm && isOpen.has(subjectOf(one.path))),
    })),
    warnings: [...notes, ...warnings, ...lake, ...unwritten],
  };
}

/** Plans only: the whole of `firn cleanup archives --dry-run`. Changes nothing. */
export async function planCleanupRun(
  ledger: LedgerReader,
  archive: ArchiveStore,
  clock: Clock,
  policies: PolicySet,
  options: CleanupOptions = {},
): Promise<CleanupPlan> {
  const plan = await lookAndPlan(ledger, archive, policies, instantOfMs(clock.now()), options);
  const away = [...(await awayTiers(archive)).values()].map(awayInWords);
  return { ...plan, warnings: [...plan.warnings, ...away] };
}

async function lookAndPlan(
  ledger: LedgerReader,
  archive: ArchiveStore,
  policies: PolicySet,
  now: Instant,
  options: CleanupOptions,
): Promise<CleanupPlan> {
  const receipts = await ledger.receipts();
  const held = await heldSegments(ledger, archive, dueSegments(policies, receipts, now, options));
  const plan = planCleanup(policies, { receipts, held }, now, options);
  return { ...plan, warnings: [...plan.warnings, ...(await foreignFiles(archive))] };
}

/** What lies among the archive's files and is none of them. */
async function foreignFiles(archive: ArchiveStore): Promise<string[]> {
  const files = (await listFiles(archive)).filter(isInTier);
  return [
    ...files
      .filter(({ kind }) => kind === 'foreign')
      .map(({ path }) => `${path} is ignored: its name is not the name of a Firn file`),
    ...(await archive.strays()).map((path) => `${path} is ignored: it is neither a file nor a folder`),
  ];
}

async function askConsent(
  { purge }: CleanupPlan,
  consent: CleanupRunOptions['consent'],
  reconciled: readonly Reconciled[],
): Promise<void> {
  const question = purge?.needsConsent ?? null;
  if (question === null || (consent !== undefined && (await consent(question)))) return;
  throw new FirnError('refused', question, {
    operation: 'purge',
    hint: `${soFar(reconciled)}Preview with firn cleanup archives --dry-run. Then pass --yes to purge, or --consolidate-only to move files and purge nothing.`,
  });
}

function soFar(reconciled: readonly Reconciled[]): string {
  const done = reconciled.filter(isRepair).length;
  if (done === 0) return 'No file was moved or purged. ';
  return `Firn completed ${done} steps of an earlier run. It moved or purged no other file. `;
}
