import type { ArchiveStore } from '../archive/archive-store.ts';
import { bundleOf, openStored, openWarm } from '../archive/stored-segment.ts';
import { warmPath } from '../format/names.ts';
import { provenFooter } from '../format/prove.ts';
import type { Footer } from '../format/segment.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { Ledger, Receipt } from '../hot/ledger.ts';
import { FirnError } from '../model/errors.ts';
import { inWords } from './blocked.ts';
import { sealingReceipt } from './copy.ts';
import { type DrainContext, drainFile, spanOf } from './drain.ts';
import { finishSegment } from './finish.ts';
import { takeInventory } from './inventory.ts';
import { keepAlarms } from './keep-alarms.ts';
import { LineCursor } from './line-cursor.ts';
import { PartNumbers } from './part-numbers.ts';
import { planReconcile, type Reconciled, type ReconcileStep } from './reconcile-plan.ts';
import { trimBundle } from './trim-bundle.ts';

/**
 * Brings archive, receipts and hot rows into agreement, whatever an earlier run left: the start of every run that
 * changes anything. Safe to be killed anywhere and run again. Alarms are returned, never thrown, and nothing of theirs is touched.
 */
export async function reconcile(context: DrainContext, archive: ArchiveStore): Promise<Reconciled[]> {
  const done: Reconciled[] = [];
  for (const path of await archive.sweep()) {
    done.push({
      action: 'discard',
      subject: path,
      reason: 'a temporary file of a run that died',
      records: 0,
    });
  }
  const { ledger } = context.store;
  let parts: PartNumbers | null = null;
  for (const step of planReconcile(await takeInventory(ledger, archive))) {
    // Unfinished rewrites were discarded by then, so that their numbers are given away again and leave no gap.
    if (step.action === 'adopt' || step.action === 'resume') parts ??= await PartNumbers.of(ledger, archive);
    done.push(await execute(context, archive, parts, step));
  }
  return await keepAlarms({ ...context, ledger, archive }, done);
}

async function execute(
  context: DrainContext,
  archive: ArchiveStore,
  parts: PartNumbers | null,
  step: ReconcileStep,
): Promise<Reconciled> {
  const { ledger } = context.store;
  const before = await ledger.receipt(step.subject);
  try {
    switch (step.action) {
      case 'forget':
        await ledger.forget(step.subject);
        break;
      case 'discard':
        await discard(ledger, archive, step.subject);
        break;
      case 'quarantine':
        await archive.quarantine(step.subject, step.reason);
        break;
      case 'settle': {
        const receipt = (await ledger.receipt(step.subject))!;
        const tier = receipt.tier === 'warm' ? 'cold' : 'warm';
        await ledger.move([{ from: receipt, to: { ...receipt, tier } }]);
        break;
      }
      case 'supersede':
        return await supersede(ledger, archive, step);
      case 'trim':
        await trimBundle(ledger, archive, step.subject);
        break;
      case 'adopt':
        return await adopted(ledger, step, await adopt(context, archive, parts!, step.subject));
      case 'resume':
        return { ...step, records: await resume(context, archive, parts!, step.subject) };
    }
    return { ...step, records: 0 };
  } catch (error) {
    if (isRefusal(error, step)) {
      const drained = (await ledger.receipt(step.subject))?.deleted ?? 0;
      const records = drained - (before?.deleted ?? 0);
      return { action: 'blocked', subject: step.subject, reason: inWords(error), records };
    }
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    const member = await memberOf(archive, step);
    if (member !== null) return { action: 'alarm', subject: member, reason: error.message, records: 0 };
    if (await isUnneeded(ledger, step)) {
      const note = `${step.reason}; ${error.message}. No row of it was ever deleted from the database by this file's receipt.`;
      await archive.quarantine(warmPath(step.subject), note);
      await ledger.forget(step.subject);
      return { action: 'quarantine', subject: warmPath(step.subject), reason: error.message, records: 0 };
    }
    return { action: 'alarm', subject: step.subject, reason: error.message, records: 0 };
  }
}

/** The successor was adopted before, and accounts for all rows: those of the old receipt must not count a second time. */
async function supersede(ledger: Ledger, archive: ArchiveStore, step: ReconcileStep): Promise<Reconciled> {
  const receipt = (await ledger.receipt(step.subject))!;
  for (const heir of await ledger.receipts({ table: receipt.table, state: ['archived'] })) {
    if (heir.day !== receipt.day || !heir.adopted) continue;
    await using stored = await openStored(archive, heir.segment, heir.tier);
    if (stored === null) continue;
    if ((await openSegment(stored.source, heir.segment)).footer.replaces !== step.subject) continue;
    const to: Receipt = { ...receipt, state: 'replaced', deleted: 0, absent: 0, adopted: false };
    await ledger.move([{ from: receipt, to }]);
    return { ...step, records: 0 };
  }
  const reason = 'its receipt stands, but its file is missing, and its rewrite could not be adopted';
  return { action: 'alarm', subject: step.subject, reason, records: 0 };
}

/** Lines that differ from their hot rows are said: both versions stay. */
async function adopted(ledger: Ledger, step: ReconcileStep, records: number): Promise<Reconciled> {
  const receipt = (await ledger.receipt(step.subject))!;
  const changed = receipt.changed - (await ledger.lastIds(step.subject)).length;
  if (changed === 0) return { ...step, records };
  const both = `${changed} of its lines read otherwise than the database's rows: both versions are kept`;
  return { ...step, records, reason: `${step.reason}; ${both}` };
}

/** Whether the database will not let the rows of one segment go, which is no reason to keep others from going on. */
function isRefusal(error: unknown, { action }: ReconcileStep): error is FirnError {
  if (action !== 'adopt' && action !== 'resume') return false;
  return error instanceof FirnError && (error.code === 'database' || error.code === 'refused');
}

/** Where a segment is that is to be read and has no warm file: `<bundle>:<segment>`; null for all others. */
async function memberOf(archive: ArchiveStore, { action, subject }: ReconcileStep): Promise<string | null> {
  if (action !== 'adopt' && action !== 'resume') return null;
  await using warm = await openWarm(archive, subject);
  return warm === null ? `${bundleOf(subject)}:${subject}` : null;
}

/** True for a damaged warm file that no deletion relies on. */
async function isUnneeded(ledger: Ledger, { action, subject }: ReconcileStep): Promise<boolean> {
  if (action !== 'adopt' && action !== 'resume') return false;
  const receipt = await ledger.receipt(subject);
  return receipt === null || receipt.state === 'sealing';
}

/** Removes a warm file whose rows others answer for; where that is a bundle, only after its copy was proved and the receipt says so. */
async function discard(ledger: Ledger, archive: ArchiveStore, segment: string): Promise<void> {
  const receipt = await ledger.receipt(segment);
  if (receipt?.state === 'archived' || receipt === null) {
    await using stored = await openStored(archive, segment, 'cold');
    if (stored !== null) {
      await archive.settle(stored.path);
      await provenFooter(stored.source, segment);
    }
    if (stored !== null && receipt?.tier === 'warm')
      await ledger.move([{ from: receipt, to: { ...receipt, tier: 'cold' } }]);
  }
  // A run that died while it wrote the receipt may have left it visible and not durable: no bytes may go before it is.
  if (receipt !== null && receipt.state !== 'archived') await ledger.confirm([receipt]);
  await archive.remove(warmPath(segment));
}

async function adopt(
  context: DrainContext,
  archive: ArchiveStore,
  parts: PartNumbers,
  segment: string,
): Promise<number> {
  const { ledger } = context.store;
  await using stored = (await openStored(archive, segment, 'any'))!;
  await archive.settle(stored.path);
  const footer = await provenFooter(stored.source, segment);
  const receipt: Receipt = {
    ...sealingReceipt(segment, footer, stored.source.bytes),
    tier: stored.tier,
    adopted: true,
  };
  await ledger.insert([receipt]);
  return await drainRest(context, archive, parts, receipt, stored.source, footer);
}

async function resume(
  context: DrainContext,
  archive: ArchiveStore,
  parts: PartNumbers,
  segment: string,
): Promise<number> {
  const receipt = (await context.store.ledger.receipt(segment))!;
  await using stored = (await openStored(archive, segment, 'any'))!;
  await archive.settle(stored.path);
  const footer = await provenFooter(stored.source, segment);
  if (footer.digest !== receipt.digest) {
    throw new FirnError('integrity', 'the file is whole, but it is not the one its receipt describes', {
      operation: 'resume the segment',
      path: segment,
      hint: 'Somebody replaced it. Put the original back from a backup, or see `firn verify`.',
    });
  }
  return await drainRest(context, archive, parts, receipt, stored.source, footer);
}

async function drainRest(
  context: DrainContext,
  archive: ArchiveStore,
  parts: PartNumbers,
  receipt: Receipt,
  source: Parameters<typeof openSegment>[0],
  footer: Footer,
): Promise<number> {
  const { store } = context;
  const { segment, archivedAt } = receipt;
  const shape = await store.shape(footer.table);
  if (shape === null && !receipt.adopted && receipt.position < receipt.rows) throw noTable(footer.table);
  if (shape === null) {
    // A database that never had the table has no row of it.
    const { position, absent, rows } = receipt;
    const to = { ...receipt, position: rows, absent: absent + rows - position };
    await store.ledger.move([{ from: receipt, to }]);
  } else {
    const lines = new LineCursor(await openSegment(source, segment));
    const sealed = { segment, archivedAt, shape, lines, rows: footer.rows, span: spanOf(footer) };
    await drainFile(context, sealed, receipt.position);
  }
  const drained = (await store.ledger.receipt(segment))!;
  await finishSegment(store.ledger, archive, parts, segment);
  return drained.deleted - receipt.deleted;
}

/** Others may have given the table another name for a while; once it has its own again its rows would be archived twice. */
function noTable(table: string): FirnError {
  return new FirnError('refused', 'the database has no such table', {
    operation: 'go on deleting archived rows',
    path: table,
    hint: 'If it has another name now, rename it back. If it was dropped, create it once more, empty. Then run again.',
  });
}
