import { type ArchiveStore, RemovalRefused } from '../../archive/archive-store.ts';
import { sealDigest } from '../../format/segment/prove.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { prepareBundle } from '../archived/next-bundle.ts';
import { type ConsolidationReport, plannedStatus } from './cleanup-report.ts';
import { type CleanupRun, each, reachable } from './cleanup-run.ts';
import type { ConsolidationPlan, ConsolidationStep } from './consolidate-plan.ts';

/**
 * Moves warm segments into their months' bundles. A warm file goes only after a bundle that holds it was read back, is
 * durable and has its name, and the receipts say so. Killed anywhere, reconciling finishes it.
 */
export async function consolidate(run: CleanupRun, plan: ConsolidationPlan): Promise<ConsolidationReport> {
  const moved: Receipt[] = [];
  const bundles: string[] = [];
  let removedWarm = 0;
  const months = await reachable(run, plan.months, () => 'cold');
  const complete = await each(
    run,
    months,
    ({ bundle }) => bundle,
    async (step) => {
      const segments = await joinBundle(run, step);
      if (segments.length === 0) return;
      moved.push(...segments);
      bundles.push(step.bundle);
      for (const { segment } of segments) {
        if (await isRemoved(run, warmPath(segment))) removedWarm++;
      }
    },
  );
  return {
    status: complete && moved.length === plan.segments ? plannedStatus(plan) : 'partial',
    segments: moved.length,
    rows: moved.reduce((sum, { rows }) => sum + rows, 0),
    bytes: moved.reduce((sum, { bytes }) => sum + bytes, 0),
    ...{ bundles, removedWarm, kept: plan.kept },
  };
}

/** False when the archive does not allow it: the bundle has the bytes too, and the file keeps no other from going. */
async function isRemoved({ archive, onProblem }: CleanupRun, path: string): Promise<boolean> {
  try {
    await archive.remove(path);
    return true;
  } catch (error) {
    if (!(error instanceof RemovalRefused)) throw error;
    onProblem(path, error);
    return false;
  }
}

/** Returns the receipts of the segments that are in the bundle now. */
async function joinBundle(run: CleanupRun, step: ConsolidationStep): Promise<Receipt[]> {
  const { ledger, archive } = run;
  const add: Receipt[] = [];
  for (const { segment } of step.segments) {
    const receipt = await ledger.receipt(segment);
    if (receipt?.state !== 'archived' || receipt.tier !== 'warm') continue;
    try {
      await checkWarmFile(archive, receipt);
      add.push(receipt);
    } catch (error) {
      run.onProblem(warmPath(segment), error);
    }
  }
  if (add.length === 0) return [];
  const next = await prepareBundle(archive, step.month, { add, drop: new Map() });
  try {
    await next.swap();
  } finally {
    await next.abandon();
  }
  const moves = add.map((from) => ({ from, to: { ...from, tier: 'cold', provedAt: run.asOf } as const }));
  await ledger.move(moves);
  return moves.map(({ to }) => to);
}

/** One damaged file stays where it is and does not keep the month's others from moving. */
async function checkWarmFile(archive: ArchiveStore, { segment, digest }: Receipt): Promise<void> {
  const path = warmPath(segment);
  await using file = await archive.open(path);
  if ((await sealDigest(file, path)) === digest) return;
  throw new FirnError('integrity', 'it does not match its ledger entry', {
    operation: 'move the segment to cold',
    path,
  });
}
