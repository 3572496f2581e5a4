import type { ArchiveStore } from '../../archive/archive-store.ts';
import { BundleShelf } from '../../archive/bundle-shelf.ts';
import { bundleOf, openStored, type StoredSegment } from '../../archive/stored-segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { parseBundlePath } from '../../format/segment-names.ts';
import type { LedgerReader, Receipt } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import { placeOf, subjectOf } from '../reconcile/alarm-findings.ts';
import { takeInventory } from '../reconcile/inventory.ts';
import { planReconcile } from '../reconcile/plan-reconcile.ts';
import { type PlannedStep, untaken } from '../reconcile/reconcile-plan.ts';
import { checking, compare, missing } from '../reconcile/verify-receipt.ts';
import {
  alarmsOf,
  bundlesOf,
  damageAlarm,
  reportOn,
  rowsOf,
  toAlarm,
  withRecorded,
} from './verify-alarms.ts';
import { notesOn, notReached, notThawed } from './verify-notes.ts';
import type { VerifyDraft, VerifyReport } from './verify-report.ts';
import { coverageOf } from './whose-archive.ts';

/**
 * Holds receipts, names, sizes and footers against each other; reads no row and changes nothing.
 * @param stop asked between two files: the reason to stop now, or null.
 */
export async function verifyQuick(
  ledger: LedgerReader,
  archive: ArchiveStore,
  clock: Clock,
  stop: Stop = neverStop,
): Promise<VerifyReport> {
  const inventory = await takeInventory(ledger, archive);
  const { receipts } = inventory;
  const planned = planReconcile(inventory);
  const steps = planned.map(untaken);
  const alarms = alarmsOf(steps, receipts);
  const live = liveReceipts(receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  const givenUp = givenUpBy(planned);
  const moved = new Set(steps.filter(({ action }) => action === 'settle').map(({ subject }) => subject));
  const checked: Receipt[] = [];
  let [stopped, unreached, frozen]: [string | null, number, number] = [null, 0, 0];
  await using shelf = new BundleShelf(archive);
  for (const receipt of live) {
    stopped = stop();
    if (stopped !== null) break;
    if (alarmed.has(placeOf(receipt)) || givenUp.has(receipt.segment)) continue;
    if (inventory.away.has(receipt.tier)) {
      unreached++;
      continue;
    }
    if (receipt.tier === 'cold' && inventory.frozen.has(bundleOf(receipt.segment))) {
      frozen++;
      continue;
    }
    // What moved is in the other tier, which the ledger does not know yet.
    const wrong = await checking(() =>
      checkFooterOf(receipt, () =>
        moved.has(receipt.segment)
          ? openStored(archive, receipt.segment, 'any')
          : shelf.open(receipt.segment, receipt.tier),
      ),
    );
    if (wrong === null) checked.push(receipt);
    else alarms.push(damageAlarm(receipt, wrong));
  }
  const coverage = await coverageOf(ledger, archive, inventory, planned);
  alarms.push(...coverage.findings.map(toAlarm));
  const draft: VerifyDraft = {
    // The next run refuses an archive that is not its own: it puts nothing right.
    ...reportOn('quick', clock, receipts, alarms, coverage.isOwn ? steps : []),
    ...{ stopped, complete: stopped === null },
    notes: [...(await notesOn(archive, receipts, steps)), ...notReached(unreached), ...notThawed(frozen)],
    chosen: { segments: live.length, bytes: 0 },
    checked: { segments: checked.length, bundles: bundlesOf(checked), rows: rowsOf(checked), bytes: 0 },
  };
  return withRecorded(draft, await ledger.alarms(), receipts);
}

/** Segments whose bytes are gone for a reason that the archive knows, and the ledger does not yet. */
function givenUpBy(steps: readonly PlannedStep[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ action, subject, recalled }) =>
      action === 'supersede' ? [subject] : (recalled?.moves ?? []).map(({ from }) => from.segment),
    ),
  );
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

async function checkFooterOf(receipt: Receipt, open: () => Promise<StoredSegment | null>): Promise<void> {
  await using stored = await open();
  if (stored === null) throw missing(receipt.segment);
  compare(receipt, (await openSegment(stored.source, receipt.segment)).footer);
}

/** Files that somebody named, to be verified alone. */
export interface ChosenFiles {
  readonly segments: readonly Receipt[];
  /** Bundles that were named as a whole. */
  readonly bundles: ReadonlySet<string>;
}

/**
 * The files of some names.
 * @param live receipts of segments whose bytes must be there.
 * @param names as alarms and `retention files` have them: warm files, bundles, members of bundles, or segments.
 * @throws FirnError `not_found` for a name that the ledger does not list.
 */
export function chosenFiles(live: readonly Receipt[], names: readonly string[]): ChosenFiles {
  const chosen = new Map<string, Receipt>();
  const bundles = new Set<string>();
  for (const name of names) {
    const isBundle = parseBundlePath(name) !== null;
    const wanted = subjectOf(name);
    const found = live.filter(({ segment, tier }) =>
      isBundle ? tier === 'cold' && bundleOf(segment) === name : segment === wanted,
    );
    if (found.length === 0) throw unknown(name);
    if (isBundle) bundles.add(name);
    for (const receipt of found) chosen.set(receipt.segment, receipt);
  }
  return { segments: [...chosen.values()], bundles };
}

function unknown(name: string): FirnError {
  return new FirnError('not_found', 'the ledger lists no such archive file', {
    operation: 'verify the file',
    path: name,
    hint: 'List the files: firn retention files',
  });
}
