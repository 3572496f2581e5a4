import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { LedgerReader, Receipt } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { placeOf } from '../reconcile/alarm-findings.ts';
import { takeInventory } from '../reconcile/inventory.ts';
import { planReconcile } from '../reconcile/plan-reconcile.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { checking, compare, mismatch } from '../reconcile/verify-receipt.ts';
import { foreignArchive } from '../reconcile/whose-archive.ts';
import { alarmsOf, bundlesOf, damageAlarm, reportOn, rowsOf, settled, toAlarm } from './verify-alarms.ts';
import { notesOn } from './verify-notes.ts';
import type { VerifyDraft, VerifyReport } from './verify-report.ts';

/**
 * Holds receipts, names, sizes and footers against each other; reads no row and changes nothing.
 * @param stop asked between two files: the reason to stop now, or null.
 */
export async function verifyQuick(
  ledger: LedgerReader,
  archive: ArchiveStore,
  clock: Clock,
  stop: () => string | null = () => null,
): Promise<VerifyReport> {
  const inventory = await takeInventory(ledger, archive);
  const { receipts } = inventory;
  const steps = planReconcile(inventory).map(
    ({ action, subject, reason }): Reconciled => ({ action, subject, reason, records: 0 }),
  );
  const alarms = alarmsOf(steps, receipts);
  const live = liveReceipts(receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  const checked: Receipt[] = [];
  let stopped: string | null = null;
  for (const receipt of live) {
    stopped = stop();
    if (stopped !== null) break;
    if (alarmed.has(placeOf(receipt))) continue;
    const wrong = await checking(() => checkFooterOf(archive, receipt));
    if (wrong === null) checked.push(receipt);
    else alarms.push(damageAlarm(receipt, wrong));
  }
  const foreign = await foreignArchive(ledger, archive, inventory);
  if (foreign !== null) alarms.push(toAlarm(foreign));
  const draft: VerifyDraft = {
    // The next run refuses an archive that is not its own: it puts nothing right.
    ...reportOn('quick', clock, receipts, alarms, foreign === null ? steps : []),
    ...{ stopped, complete: stopped === null },
    notes: await notesOn(archive, receipts, steps),
    chosen: { segments: live.length, bytes: 0 },
    checked: { segments: checked.length, bundles: bundlesOf(checked), rows: rowsOf(checked), bytes: 0 },
  };
  return settled(draft, await ledger.alarms(), receipts);
}

/** The receipts whose bytes must be there. */
export function liveReceipts(receipts: readonly Receipt[]): Receipt[] {
  return receipts.filter(({ state }) => state === 'archived' || state === 'draining');
}

/** Those that were proved longest ago, never first, until they make up the share of all bytes. */
export function chooseSample(receipts: readonly Receipt[], share: number): Receipt[] {
  const waiting = liveReceipts(receipts).sort((a, b) => ((a.provedAt ?? '') < (b.provedAt ?? '') ? -1 : 1));
  const wanted = waiting.reduce((sum, { bytes }) => sum + bytes, 0) * share;
  let bytes = 0;
  return waiting.filter((receipt) => {
    if (bytes >= wanted) return false;
    bytes += receipt.bytes;
    return true;
  });
}

async function checkFooterOf(archive: ArchiveStore, receipt: Receipt): Promise<void> {
  await using stored = await openStored(archive, receipt.segment, receipt.tier);
  if (stored === null) throw mismatch(receipt, 'it is not there');
  compare(receipt, (await openSegment(stored.source, receipt.segment)).footer);
}
