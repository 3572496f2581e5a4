import { parseBundlePath, warmPath } from '../format/names.ts';
import type { Receipt } from '../hot/ledger.ts';
import { getPolicy } from '../model/policies.ts';
import { purgeInstant } from '../model/thresholds.ts';
import { type PurgeReport, plannedStatus } from './cleanup-report.ts';
import { type CleanupRun, each } from './cleanup-run.ts';
import { prepareBundle } from './next-bundle.ts';
import type { PurgePlan, PurgeStep } from './purge-plan.ts';

/**
 * Purges what a plan says. The tombstones are committed before the bytes go, so that a run killed between the two
 * leaves superfluous bytes, which reconciling removes, and never a receipt whose bytes are missing.
 */
export async function purge(run: CleanupRun, plan: PurgePlan): Promise<PurgeReport> {
  const gone: Receipt[] = [];
  const files: string[] = [];
  const warm = new Set((await run.archive.list('warm')).map(({ path }) => path));
  const complete = await each(
    run,
    plan.files,
    ({ path }) => path,
    async (step) => {
      const due = await stillDue(run, step);
      if (due.length === 0) return;
      const month = parseBundlePath(step.path);
      const there = month === null ? await purgeWarm(run, due, warm) : await purgeBundle(run, due, month);
      if (there.length > 0) files.push(step.path);
      gone.push(...there);
    },
  );
  return {
    status: complete ? plannedStatus(plan) : 'partial',
    files,
    segments: gone.length,
    rows: gone.reduce((sum, { rows }) => sum + rows, 0),
    bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: plan.kept,
  };
}

async function stillDue({ ledger, policies, now }: CleanupRun, step: PurgeStep): Promise<Receipt[]> {
  const due: Receipt[] = [];
  for (const { segment } of step.segments) {
    const receipt = await ledger.receipt(segment);
    const policy = receipt === null ? null : getPolicy(policies, receipt.table);
    if (receipt === null || policy === null || purgeInstant(policy, receipt.day) > now) continue;
    if (receipt.state === 'archived' && receipt.tier === step.tier) due.push(receipt);
  }
  return due;
}

/** Returns those that were there. */
async function purgeWarm(
  run: CleanupRun,
  due: readonly Receipt[],
  warm: ReadonlySet<string>,
): Promise<Receipt[]> {
  await run.ledger.move(due.map((from) => ({ from, to: tombstone(run, from) })));
  for (const { segment } of due) await run.archive.remove(warmPath(segment));
  return due.filter(({ segment }) => warm.has(warmPath(segment)));
}

/** Returns those that were there. */
async function purgeBundle(run: CleanupRun, due: readonly Receipt[], month: string): Promise<Receipt[]> {
  const drop = new Set(due.map(({ segment }) => segment));
  const next = await prepareBundle(run.archive, month, { add: [], drop }, run.receipts);
  try {
    await run.ledger.move(due.map((from) => ({ from, to: tombstone(run, from) })));
    await next.swap();
  } finally {
    await next.abandon();
  }
  const dropped = new Set(next.dropped);
  return due.filter(({ segment }) => dropped.has(segment));
}

function tombstone({ asOf }: CleanupRun, receipt: Receipt): Receipt {
  return { ...receipt, state: 'purged', purgedAt: asOf };
}
