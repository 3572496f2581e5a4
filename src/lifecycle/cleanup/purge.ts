import { warmFiles } from '../../archive/listed-files.ts';
import { openWarm } from '../../archive/stored-segment.ts';
import { readTail } from '../../format/segment/tail.ts';
import { parseBundlePath, warmPath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import { purgeInstant } from '../../model/policy/thresholds.ts';
import { recordGivenUp, untoldAncestors } from '../archived/journal.ts';
import { prepareBundle } from '../archived/next-bundle.ts';
import { type PurgeReport, plannedStatus } from './cleanup-report.ts';
import { type CleanupRun, each, reachable } from './cleanup-run.ts';
import type { PurgePlan, PurgeStep } from './purge-plan.ts';

/**
 * Purges what a plan says. The tombstones are committed before the bytes go, so that a run killed between the two
 * leaves superfluous bytes, which reconciling removes, and never a receipt whose bytes are missing.
 */
export async function purge(run: CleanupRun, plan: PurgePlan): Promise<PurgeReport> {
  const gone: Receipt[] = [];
  const files: string[] = [];
  const warm = new Set((await warmFiles(run.archive)).map(({ segment }) => segment));
  const steps = await reachable(run, plan.files, ({ tier }) => tier);
  const told = await each(
    run,
    [steps],
    () => 'journal',
    () => tell(run, steps),
  );
  const complete =
    told &&
    (await each(
      run,
      steps,
      ({ path }) => path,
      async (step) => {
        const due = await stillDue(run, step);
        if (due.length === 0) return;
        const month = parseBundlePath(step.path);
        const there = month === null ? await purgeWarm(run, due, warm) : await purgeBundle(run, due, month);
        if (there.length > 0) files.push(step.path);
        gone.push(...there);
      },
    ));
  return {
    status: complete && steps.length === plan.files.length ? plannedStatus(plan) : 'partial',
    files,
    segments: gone.length,
    rows: gone.reduce((sum, { rows }) => sum + rows, 0),
    bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0),
    kept: plan.kept,
  };
}

/** One record for all: of what a run does not come to, the bytes are there, and the record does not count. */
async function tell(run: CleanupRun, steps: readonly PurgeStep[]): Promise<void> {
  const due: Receipt[] = [];
  for (const step of steps) due.push(...(await stillDue(run, step)));
  if (due.length === 0) return;
  const ancestors = untoldAncestors(await run.ledger.receipts(), due);
  await recordGivenUp(
    run.archive,
    [...ancestors, ...due.map((receipt) => tombstone(run, receipt))],
    run.asOf,
  );
}

async function stillDue({ ledger, policies, now }: CleanupRun, step: PurgeStep): Promise<Receipt[]> {
  const due: Receipt[] = [];
  for (const { segment } of step.segments) {
    const receipt = await ledger.receipt(segment);
    const policy = receipt === null ? null : getPolicy(policies, receipt.table);
    if (receipt === null || policy === null || purgeInstant(policy, receipt) > now) continue;
    if (receipt.state === 'archived' && receipt.tier === step.tier) due.push(receipt);
  }
  return due;
}

/** Returns those that were there. */
async function purgeWarm(
  run: CleanupRun,
  planned: readonly Receipt[],
  warm: ReadonlySet<string>,
): Promise<Receipt[]> {
  const due: Receipt[] = [];
  for (const receipt of planned) if (await isPurgeable(run, receipt)) due.push(receipt);
  await run.ledger.move(due.map((from) => ({ from, to: tombstone(run, from) })));
  for (const { segment } of due) await run.archive.remove(warmPath(segment));
  return due.filter(({ segment }) => warm.has(segment));
}

/**
 * A file that is not the segment that its receipt describes, by its seal and its size, stays, and so does the receipt. A segment whose
 * rows are damaged is purged like any other: its time is over.
 */
async function isPurgeable(
  { archive, onProblem }: CleanupRun,
  { segment, digest, bytes }: Receipt,
): Promise<boolean> {
  const path = warmPath(segment);
  try {
    await using stored = await openWarm(archive, segment);
    if (stored === null) return true;
    const { source } = stored;
    if (source.bytes === bytes && (await readTail(source, path, 'segment')).digest === digest) return true;
    const why = 'it does not match its ledger entry';
    throw new FirnError('integrity', why, { operation: 'purge the segment', path });
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    onProblem(path, error);
    return false;
  }
}

/** Returns those that were there. */
async function purgeBundle(run: CleanupRun, due: readonly Receipt[], month: string): Promise<Receipt[]> {
  const drop = new Map(due.map((receipt) => [receipt.segment, receipt]));
  const next = await prepareBundle(run.archive, month, { add: [], drop });
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
