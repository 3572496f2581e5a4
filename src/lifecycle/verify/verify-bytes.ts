import type { ArchiveStore } from '../../archive/archive-store.ts';
import { BundleShelf } from '../../archive/bundle-shelf.ts';
import { proveSegment, readBlocks } from '../../format/segment/prove.ts';
import { release } from '../../format/segment/release.ts';
import { Room } from '../../format/segment/room.ts';
import type { Ledger, Receipt, ReceiptMove } from '../../hot/ledger.ts';
import type { Clock } from '../../model/clock.ts';
import { sizes } from '../../model/sizes.ts';
import type { Stop } from '../../model/stop.ts';
import { placeOf } from '../reconcile/alarm-findings.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { checking, compare, missing } from '../reconcile/verify-receipt.ts';
import type { KeyWatch } from './key-watch.ts';
import { inLanes } from './lanes.ts';
import { alarmsOf, bundlesOf, bytesOf, damageAlarm, findings, reportOn, rowsOf } from './verify-alarms.ts';
import { notesOn } from './verify-notes.ts';
import type { Alarm, VerifyDraft } from './verify-report.ts';

/** Told after each segment. */
export interface VerifyProgress {
  readonly segments: number;
  readonly totalSegments: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface ProofOptions {
  readonly stop?: Stop;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Takes the keys of every block that is read. */
  readonly keys?: KeyWatch;
  /** Segments that are read for their keys alone. */
  readonly onlyForKeys?: readonly Receipt[];
}

/** What was proved, beside what is reported. */
export interface Proof {
  readonly draft: VerifyDraft;
  readonly proved: readonly Receipt[];
}

/**
 * Reads every byte of the chosen segments back (see `proveSegment`), compares them with their receipts, and remembers
 * when it did. The caller has reconciled and holds the run lock. `stop` may end it early; what was proved stays noted.
 */
export async function verifyBytes(
  stores: { readonly ledger: Ledger; readonly archive: ArchiveStore; readonly clock: Clock },
  mode: 'deep' | 'sample' | 'files',
  chosen: readonly Receipt[],
  reconciled: readonly Reconciled[],
  options: ProofOptions = {},
): Promise<Proof> {
  const { ledger, archive, clock } = stores;
  const { onlyForKeys = [], keys } = options;
  const receipts = await ledger.receipts();
  const alarms = alarmsOf(reconciled, receipts);
  const alarmed = new Set(alarms.map(({ path }) => path));
  const damages = new Map<string, Alarm>();
  const moves: ReceiptMove[] = [];
  let [remembered, recorded] = [0, 0];
  const remember = async (): Promise<void> => {
    const more = moves.slice(remembered);
    const wrong = [...damages.values()].slice(recorded);
    [remembered, recorded] = [moves.length, damages.size];
    await ledger.move(more);
    await ledger.raise(findings(wrong), new Date(clock.now()).toISOString());
  };
  const notes = await notesOn(archive, receipts, reconciled);
  const totalBytes = bytesOf(chosen);
  await using shelf = new BundleShelf(archive);
  const room = new Room(sizes.verifiedBytes);
  const isChosen = new Set(chosen.map(({ segment }) => segment));
  const work = [...chosen, ...onlyForKeys];
  if (onlyForKeys.length > 0) sortLike(work, receipts);
  let [bytes, reason]: [number, string | null] = [0, null];

  const readNext = async (receipt: Receipt): Promise<boolean> => {
    reason ??= options.stop?.() ?? null;
    if (reason !== null) return false;
    const proves = isChosen.has(receipt.segment);
    if (!alarmed.has(placeOf(receipt))) {
      const wrong = await checking(() => readBack(shelf, receipt, proves, room, keys));
      if (wrong !== null) damages.set(receipt.segment, damageAlarm(receipt, wrong));
      else if (proves)
        moves.push({ from: receipt, to: { ...receipt, provedAt: new Date(clock.now()).toISOString() } });
      // Rarely: a durable commit takes longer than the verification of a small segment.
      if (moves.length - remembered >= sizes.verifiedCommit || damages.size > recorded) await remember();
    }
    await keys?.ended(receipt);
    if (!proves) return true;
    bytes += receipt.bytes;
    options.onProgress?.({ segments: moves.length, totalSegments: chosen.length, bytes, totalBytes });
    return true;
  };
  try {
    // While one segment begins or ends, the others keep the processors busy.
    await inLanes(work, sizes.verifiedSegments, readNext);
  } finally {
    await remember();
  }

  const proved = moves.map(({ to }) => to);
  if (reason !== null) {
    notes.push(`stopped after ${proved.length} of ${chosen.length} segments: ${reason}`);
  }
  for (const { segment } of work) if (damages.has(segment)) alarms.push(damages.get(segment)!);
  return {
    draft: {
      ...reportOn(mode, clock, receipts, alarms, reconciled),
      ...{ notes, stopped: reason, complete: reason === null },
      chosen: { segments: chosen.length, bytes: totalBytes },
      checked: {
        ...{ segments: proved.length, bundles: bundlesOf(proved) },
        ...{ rows: rowsOf(proved), bytes: bytesOf(proved) },
      },
    },
    proved,
  };
}

async function readBack(
  shelf: BundleShelf,
  receipt: Receipt,
  proves: boolean,
  room: Room,
  keys: KeyWatch | undefined,
): Promise<void> {
  const { segment, tier } = receipt;
  await using stored = await shelf.open(segment, tier);
  if (stored === null) throw missing(receipt.segment);
  const table = (await keys?.tableOf(receipt)) ?? null;
  let take: ((lines: Uint8Array) => void) | null = null;
  const read = proves ? proveSegment : readBlocks;
  const blocks = read(stored.source, segment, {
    concurrency: sizes.verifiedBlocks,
    room,
    onFooter: (footer) => {
      compare(receipt, footer);
      take = table?.taker(segment, footer) ?? null;
    },
  });
  for await (const { lines } of blocks) {
    (take as ((lines: Uint8Array) => void) | null)?.(lines);
    release(lines);
  }
}

/** Segments of one table follow each other in the ledger. */
function sortLike(work: Receipt[], receipts: readonly Receipt[]): void {
  const places = new Map(receipts.map(({ segment }, at) => [segment, at]));
  const placeIn = ({ segment }: Receipt): number => places.get(segment) ?? receipts.length;
  work.sort((a, b) => placeIn(a) - placeIn(b));
}
