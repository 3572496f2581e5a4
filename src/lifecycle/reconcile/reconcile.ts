import { type ArchiveStore, RemovalRefused } from '../../archive/archive-store.ts';
import { isAway } from '../../archive/away.ts';
import { quarantinedSegment } from '../../archive/listed-files.ts';
import { bundleOf, openStored, openWarm } from '../../archive/stored-segment.ts';
import { sealDigest } from '../../format/segment/prove.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { FirnError, inWords, isUnreadableTable } from '../../model/errors.ts';
import { stopIfTold } from '../../model/stop.ts';
import type { Accounted } from '../archived/next-bundle.ts';
import { trimBundle } from '../archived/trim-bundle.ts';
import type { DrainContext } from '../segments/drain-segment.ts';
import { PartNumbers } from '../segments/part-numbers.ts';
import { type Adoption, adopt, resume } from './adopt.ts';
import { discard } from './discard.ts';
import { takeInventory } from './inventory.ts';
import { keepAlarms } from './keep-alarms.ts';
import { planReconcile } from './plan-reconcile.ts';
import {
  isRepair,
  keptAlarm,
  type PlannedStep,
  type Reconciled,
  type ReconcileStep,
  untaken,
} from './reconcile-plan.ts';
import { memberAt, takeIn } from './take-in.ts';
import { wrongBy } from './verify-receipt.ts';

const COMPLETING = {
  operation: 'complete earlier runs',
  hint: 'Nothing is lost. The next run continues where this run stopped.',
};

/**
 * Brings archive, receipts and hot rows into agreement, whatever an earlier run left: the start of every run that
 * changes anything. Safe to be killed anywhere and run again. Alarms are returned, never thrown, and nothing of theirs is touched.
 * @param swept what was done before: its alarms are recorded too. @param onStep told after each step.
 * @throws FirnError `interrupted` between two steps, or two transactions, when told to stop.
 */
export async function reconcile(
  context: DrainContext,
  archive: ArchiveStore,
  swept: readonly Reconciled[],
  onStep: (step: Reconciled) => void = () => undefined,
): Promise<Reconciled[]> {
  const done = [...swept];
  const { ledger } = context.store;
  let parts: PartNumbers | null = null;
  const taken = new Map<string, Accounted>();
  for (const step of planReconcile(await takeInventory(ledger, archive))) {
    const adoption = async (): Promise<Adoption> => {
      // Unfinished rewrites were discarded by then, so that their numbers are given away again and leave no gap.
      parts ??= await PartNumbers.of(ledger, archive);
      return { context, archive, parts };
    };
    if (isRepair(step)) stopIfTold(context.stop, COMPLETING);
    for (const one of await attempt(context, archive, { adoption, taken }, step)) {
      done.push(one);
      onStep(one);
    }
  }
  if (done.some(({ action }) => action === 'quarantine'))
    done.push(...(await newAlarms(ledger, archive, done)));
  return await keepAlarms({ ...context, ledger, archive }, done);
}

/** What was moved to quarantine just now is an alarm at once, if nothing else accounts for its rows. */
async function newAlarms(
  ledger: Ledger,
  archive: ArchiveStore,
  done: readonly Reconciled[],
): Promise<Reconciled[]> {
  const known = new Set(done.map(({ subject }) => subject));
  return planReconcile(await takeInventory(ledger, archive))
    .filter(
      ({ action, subject }) => action === 'alarm' && subject.startsWith('quarantine/') && !known.has(subject),
    )
    .map(untaken);
}

interface Means {
  readonly adoption: () => Promise<Adoption>;
  /** Members of bundles whose rows were taken in under other names. */
  readonly taken: Map<string, Accounted>;
}

/** Takes one step. What is wrong with one file keeps none of the others from being put right. */
async function attempt(
  context: DrainContext,
  archive: ArchiveStore,
  means: Means,
  planned: PlannedStep,
): Promise<Reconciled[]> {
  const { ledger } = context.store;
  const { action, subject, reason } = planned;
  const segment = segmentAt(subject);
  const before = await ledger.receipt(segment);
  try {
    return [await execute(ledger, archive, means, planned)];
  } catch (error) {
    if (error instanceof RemovalRefused) return error.kept.map(keptAlarm);
    if (isRefusal(error, action)) {
      const drained = (await ledger.receipt(segment))?.deleted ?? 0;
      const records = drained - (before?.deleted ?? 0);
      return [{ action: 'blocked', subject: segment, reason: inWords(error), records }];
    }
    if (isAway(error)) {
      // A superfluous file keeps no rows from being archived: no table is blocked by a path.
      const what = action === 'discard' ? warmPath(segment) : segment;
      return [{ action: 'blocked', subject: what, reason: inWords(error), records: 0 }];
    }
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    const damaged = await damagedWarmFile(ledger, archive, action, subject);
    if (damaged === null) {
      const place = await placeOfDamage(archive, action, subject);
      const { kind, message } = wrongBy(error);
      return [{ action: 'alarm', kind, subject: place, reason: message, records: 0 }];
    }
    await setAside(ledger, archive, damaged, `${reason}; ${error.message}.`);
    return [{ action: 'quarantine', subject: damaged, reason: error.message, records: 0 }];
  }
}

async function execute(
  ledger: Ledger,
  archive: ArchiveStore,
  { adoption, taken }: Means,
  planned: PlannedStep,
): Promise<Reconciled> {
  const { subject, reason, recalled } = planned;
  const done = untaken(planned);
  switch (planned.action) {
    case 'remember':
      await ledger.move(recalled!.moves, recalled!.created);
      return done;
    case 'forget':
      await ledger.forget(subject);
      return done;
    case 'discard':
      if (await discard(ledger, archive, subject)) return done;
      return await adopted(
        ledger,
        { ...done, action: 'adopt' },
        await adopt(await adoption(), subject, 'warm'),
      );
    case 'quarantine':
      await archive.quarantine(subject, reason);
      return done;
    case 'settle': {
      const receipt = (await ledger.receipt(subject))!;
      const tier = receipt.tier === 'warm' ? 'cold' : 'warm';
      await ledger.move([{ from: receipt, to: { ...receipt, tier } }]);
      return done;
    }
    case 'supersede':
      return await supersede(ledger, archive, done);
    case 'trim':
      await trimBundle(ledger, archive, subject, taken);
      return done;
    case 'adopt':
      return await adopted(ledger, done, await adopt(await adoption(), subject, 'any'));
    case 'rename':
    case 'recover':
      return { ...done, records: await takeIn(await adoption(), subject, taken) };
    case 'resume':
      return { ...done, records: await resume(await adoption(), subject) };
    default:
      return done;
  }
}

/** The successor was adopted before, and accounts for all rows: those of the old receipt must not count a second time. */
async function supersede(ledger: Ledger, archive: ArchiveStore, done: Reconciled): Promise<Reconciled> {
  const receipt = (await ledger.receipt(done.subject))!;
  for (const heir of await ledger.receipts({ table: receipt.table, state: ['archived'] })) {
    if (heir.day !== receipt.day || !heir.adopted) continue;
    await using stored = await openStored(archive, heir.segment, heir.tier);
    if (stored === null) continue;
    const { replaces, archivedAt } = (await openSegment(stored.source, heir.segment)).footer;
    // Rewritten more than once, by a version that kept no journal: the plan saw that there is no other.
    const isOrphan =
      replaces !== null && archivedAt === receipt.archivedAt && (await ledger.receipt(replaces)) === null;
    if (replaces !== done.subject && !isOrphan) continue;
    const to: Receipt = { ...receipt, state: 'replaced', deleted: 0, absent: 0, adopted: false };
    await ledger.move([{ from: receipt, to }]);
    return done;
  }
  const reason = 'archive file missing; the ledger still lists it, and its rewrite could not be adopted';
  return { ...done, action: 'alarm', kind: 'missing', reason };
}

/** Lines that differ from their hot rows are said: both versions stay. */
async function adopted(ledger: Ledger, done: Reconciled, records: number): Promise<Reconciled> {
  const receipt = (await ledger.receipt(done.subject))!;
  const changed = receipt.changed - (await ledger.lastIds(done.subject)).length;
  if (changed === 0) return { ...done, records };
  const both = `${changed} of its rows differ from the database rows with the same key; both are kept`;
  return { ...done, records, reason: `${done.reason}; ${both}` };
}

/** Whether the database will not let the rows of one segment go, which is no reason to keep others from going on. */
function isRefusal(error: unknown, action: ReconcileStep['action']): error is FirnError {
  if (!['adopt', 'resume', 'rename', 'recover', 'discard'].includes(action)) return false;
  return isUnreadableTable(error);
}

/** The path of the warm file that is damaged and that no deletion relies on; null when it is another file, or one that a receipt promises. */
async function damagedWarmFile(
  ledger: Ledger,
  archive: ArchiveStore,
  action: ReconcileStep['action'],
  subject: string,
): Promise<string | null> {
  if (action === 'rename') return subject.startsWith('warm/') ? subject : null;
  if (action !== 'adopt' && action !== 'resume' && action !== 'discard') return null;
  await using warm = await openWarm(archive, subject);
  if (warm === null) return null;
  const state = (await ledger.receipt(subject))?.state ?? null;
  if (action !== 'discard') return state === null || state === 'sealing' ? warm.path : null;
  // A superfluous file that is whole stays: what is to answer for it is damaged.
  try {
    await sealDigest(warm.source, subject);
    return null;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return warm.path;
  }
}

/** Moves a damaged file to quarantine. A receipt of which no row was deleted stays, and says so: all its rows are in hot. */
async function setAside(ledger: Ledger, archive: ArchiveStore, path: string, why: string): Promise<void> {
  const receipt = await ledger.receipt(segmentAt(path));
  if (receipt?.state === 'sealing' && receipt.adopted) await ledger.forget(receipt.segment);
  else if (receipt?.state === 'sealing')
    await ledger.move([{ from: receipt, to: { ...receipt, state: 'replaced' } }]);
  const isHot = receipt?.state === 'sealing' && !receipt.adopted;
  const account = isHot
    ? 'None of its rows were deleted from the database.'
    : 'No ledger entry refers to it.';
  await archive.quarantine(path, `${why} ${account}`);
}

/** Of what is read from a bundle, the bundle is named too. */
async function placeOfDamage(
  archive: ArchiveStore,
  action: ReconcileStep['action'],
  subject: string,
): Promise<string> {
  if (action !== 'adopt' && action !== 'resume') return subject;
  await using warm = await openWarm(archive, subject);
  return warm === null ? `${bundleOf(subject)}:${subject}` : subject;
}

/** The segment that a step is about. */
function segmentAt(subject: string): string {
  return memberAt(subject) ?? quarantinedSegment(subject) ?? subject.replace(/^warm\//, '');
}
