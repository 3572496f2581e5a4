import type { ArchiveStore } from '../archive/archive-store.ts';
import { openStored } from '../archive/stored-segment.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { LedgerReader, Receipt } from '../hot/ledger.ts';
import type { Clock } from '../model/clock.ts';
import { takeInventory } from './inventory.ts';
import type { Reconciled } from './reconcile-plan.ts';
import { planReconcile } from './reconcile-plan.ts';
import { alarmsOf, bundlesOf, damageAlarm, placeOf, reportOn, rowsOf } from './verify-alarms.ts';
import { notesOn } from './verify-notes.ts';
import { checking, compare, mismatch } from './verify-receipt.ts';
import type { VerifyReport } from './verify-report.ts';

/** Holds receipts, names, sizes and footers against each other; reads no row and changes nothing. */
export async function verifyQuick(
  ledger: LedgerReader,
  archive: ArchiveStore,
  clock: Clock,
): Promise<VerifyReport> {
  const inventory = await takeInventory(ledger, archive);
  const { receipts } = inventory;
  const steps = planReconcile(inventory).map((step): Reconciled => ({ ...step, records: 0 }));
  const alarms = alarmsOf(steps, receipts);
  const live = liveReceipts(receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  for (const receipt of live) {
    if (alarmed.has(placeOf(receipt))) continue;
    const wrong = await checking(() => checkFooterOf(archive, receipt));
    if (wrong !== null) alarms.push(damageAlarm(receipt, wrong));
  }
  return {
    ...reportOn('quick', clock, receipts, alarms, await notesOn(archive, receipts, steps)),
    checked: { segments: live.length, bundles: bundlesOf(live), rows: rowsOf(live), bytes: 0 },
    unfinished: steps.filter(({ action }) => action !== 'alarm' && action !== 'foreign'),
  };
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
