import type { ArchiveStore } from '../archive/archive-store.ts';
import { openStored } from '../archive/stored-segment.ts';
import { bundlePath, warmPath } from '../format/names.ts';
import { provenFooter } from '../format/prove.ts';
import { openSegment } from '../format/segment-reader.ts';
import type { Ledger, LedgerReader, Receipt } from '../hot/ledger.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import { drawUpAccounts } from './conservation.ts';
import { takeInventory } from './inventory.ts';
import type { Reconciled } from './reconcile-plan.ts';
import { planReconcile } from './reconcile-plan.ts';
import { notesOn } from './verify-notes.ts';
import { type Alarm, REMEDY, type VerifyReport } from './verify-report.ts';

/** Told after each segment. */
export interface VerifyProgress {
  readonly segments: number;
  readonly totalSegments: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** Holds receipts, names, sizes and footers against each other; reads no row and changes nothing. */
export async function verifyQuick(
  ledger: LedgerReader,
  archive: ArchiveStore,
  clock: Clock,
): Promise<VerifyReport> {
  const inventory = await takeInventory(ledger, archive);
  const steps = planReconcile(inventory).map((step): Reconciled => ({ ...step, records: 0 }));
  const alarms = alarmsOf(steps, inventory.receipts);
  const live = liveReceipts(inventory.receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  for (const receipt of live) {
    if (alarmed.has(pathOf(receipt))) continue;
    const wrong = await checking(() => checkFooterOf(archive, receipt));
    if (wrong !== null) alarms.push(damageAlarm(receipt, wrong));
  }
  return {
    ...report('quick', clock, inventory.receipts, alarms, await notesOn(archive, inventory.receipts, steps)),
    checked: { segments: live.length, bundles: bundlesOf(live), rows: rowsOf(live), bytes: 0 },
    unfinished: steps.filter(({ action }) => action !== 'alarm' && action !== 'foreign'),
  };
}

/**
 * Reads every byte of the chosen segments back (see `proveSegment`), compares them with their receipts, and remembers
 * when it did. The caller has reconciled and holds the run lock. `stop` may end it early; what was proved stays noted.
 */
export async function verifyBytes(
  stores: { readonly ledger: Ledger; readonly archive: ArchiveStore; readonly clock: Clock },
  mode: 'deep' | 'sample',
  chosen: readonly Receipt[],
  reconciled: readonly Reconciled[],
  options: {
    readonly stop?: () => string | null;
    readonly onProgress?: (progress: VerifyProgress) => void;
  } = {},
): Promise<VerifyReport> {
  const { ledger, archive, clock } = stores;
  const receipts = await ledger.receipts();
  const alarms = alarmsOf(reconciled, receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  const proved: Receipt[] = [];
  let remembered = 0;
  const remember = async (): Promise<void> => {
    await ledger.put(proved.slice(remembered));
    remembered = proved.length;
  };
  const notes = await notesOn(archive, receipts, reconciled);
  const totalBytes = chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytes = 0;
  for (const receipt of chosen) {
    const reason = options.stop?.() ?? null;
    if (reason !== null) {
      notes.push(`stopped after ${proved.length} of ${chosen.length} segments: ${reason}`);
      break;
    }
    if (!alarmed.has(pathOf(receipt))) {
      const wrong = await checking(() => proveAgainst(archive, receipt));
      if (wrong !== null) alarms.push(damageAlarm(receipt, wrong));
      else proved.push({ ...receipt, provedAt: new Date(clock.now()).toISOString() });
      if (proved.length - remembered >= REMEMBER_EVERY) await remember();
    }
    bytes += receipt.bytes;
    options.onProgress?.({ segments: proved.length, totalSegments: chosen.length, bytes, totalBytes });
  }
  await remember();
  return {
    ...report(mode, clock, receipts, alarms, notes),
    checked: { segments: proved.length, bundles: bundlesOf(proved), rows: rowsOf(proved), bytes },
    unfinished: reconciled.filter(({ action }) => action !== 'alarm' && action !== 'foreign'),
  };
}

/** Segments between two commits: a commit that lasts takes longer than the proof of a small segment. */
const REMEMBER_EVERY = 50;

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

async function proveAgainst(archive: ArchiveStore, receipt: Receipt): Promise<void> {
  await using stored = await openStored(archive, receipt.segment, receipt.tier);
  if (stored === null) throw mismatch(receipt, 'it is not there');
  compare(receipt, await provenFooter(stored.source, receipt.segment));
}

function compare(
  receipt: Receipt,
  footer: { digest: string; rows: number; table: string; day: string; part: number },
): void {
  if (footer.digest !== receipt.digest)
    throw mismatch(receipt, 'its seal is not the one its receipt remembers');
  for (const key of ['rows', 'table', 'day', 'part'] as const) {
    if (footer[key] !== receipt[key])
      throw mismatch(receipt, `its footer says ${key} ${footer[key]}, its receipt ${receipt[key]}`);
  }
}

function mismatch(receipt: Receipt, why: string): FirnError {
  return new FirnError('integrity', why, { operation: 'verify the segment', path: receipt.segment });
}

/** Null when all is well, else why it is not. */
async function checking(check: () => Promise<void>): Promise<string | null> {
  try {
    await check();
    return null;
  } catch (error) {
    if (
      error instanceof FirnError &&
      (error.code === 'integrity' || error.code === 'not_found' || error.code === 'io')
    ) {
      return error.message;
    }
    throw error;
  }
}

function report(
  mode: VerifyReport['mode'],
  clock: Clock,
  receipts: readonly Receipt[],
  alarms: readonly Alarm[],
  notes: readonly string[],
): Omit<VerifyReport, 'checked' | 'unfinished'> {
  const accounts = drawUpAccounts(receipts);
  const unbalanced = accounts
    .filter(({ balanced }) => !balanced)
    .map(({ table, archived, warm, cold, purged }): Alarm => {
      const what = `${archived} rows left hot, but warm (${warm}), cold (${cold}) and purged (${purged}) make ${warm + cold + purged}`;
      return { path: '_firn_receipts', table, what, remedy: REMEDY.account };
    });
  const asOf = new Date(clock.now()).toISOString();
  return { command: 'verify', mode, asOf, alarms: [...alarms, ...unbalanced], notes, accounts };
}

function alarmsOf(steps: readonly Reconciled[], receipts: readonly Receipt[]): Alarm[] {
  const known = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
  return steps
    .filter(({ action }) => action === 'alarm')
    .map(({ subject, reason }) => {
      const receipt = known.get(subject);
      const remedy = /missing/.test(reason) ? REMEDY.missing : REMEDY.damaged;
      const path = receipt === undefined ? subject : pathOf(receipt);
      return { path, table: receipt?.table ?? null, what: reason, remedy };
    });
}

function damageAlarm(receipt: Receipt, what: string): Alarm {
  return { path: pathOf(receipt), table: receipt.table, what, remedy: REMEDY.damaged };
}

function pathOf({ segment, tier }: Receipt): string {
  return tier === 'warm' ? warmPath(segment) : `${bundlePath(segment.slice(0, 7))}:${segment}`;
}

function bundlesOf(receipts: readonly Receipt[]): number {
  return new Set(receipts.filter(({ tier }) => tier === 'cold').map(({ segment }) => segment.slice(0, 7)))
    .size;
}

function rowsOf(receipts: readonly Receipt[]): number {
  return receipts.reduce((sum, { rows }) => sum + rows, 0);
}
