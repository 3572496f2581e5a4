import { type ArchiveStore, RemovalRefused } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { sealingReceipt } from '../../copying/proven-copy.ts';
import { splitLines } from '../../format/line/line.ts';
import { blockOf } from '../../format/segment/block.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { openSegment, type SegmentReader } from '../../format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../format/segment/segment-writer.ts';
import { bundlePath, parseSegmentName, segmentName, warmPath } from '../../format/segment-names.ts';
import type { ERASED, Ledger, RETURNED, Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { recordGivenUp, untoldAncestors } from '../archived/journal.ts';
import { trimBundle } from '../archived/trim-bundle.ts';

/** What becomes of the lines that are taken out. */
export interface TakenOut {
  /** The part number of the tombstone that accounts for them. */
  readonly part: number;
  /** UTC ISO 8601. */
  readonly purgedAt: string;
  readonly why: typeof ERASED | typeof RETURNED;
}

/** What came of a rewrite. */
export interface Rewritten {
  /** Null when no line was to be kept. */
  readonly successor: Receipt | null;
  /** The archive does not allow the old bytes to be removed: they are there, and nothing is read from them any more. Null when they are gone. */
  readonly kept: RemovalRefused | null;
}

/**
 * Seals a new segment (in warm) with the lines of a segment that `keep` wants, in their order and byte for byte, hands
 * the receipts over in one transaction, and only then removes the old bytes: the file, or the member of its bundle. Killed before the receipts change, the new file is an unfinished rewrite that
 * reconciling removes; killed after, the old bytes are what is left to remove.
 * @param takenOut null when the lines that are not kept never left hot; else they are gone, and a tombstone says so.
 */
export async function rewriteSegment(
  ledger: Ledger,
  archive: ArchiveStore,
  old: Receipt,
  part: number,
  keep: (line: Uint8Array, position: number) => boolean,
  takenOut: TakenOut | null = null,
): Promise<Rewritten> {
  const { successor, tier } = await sealSurvivors(archive, old, part, keep);
  const { to, created } = handedOver({ ...old, tier }, successor, takenOut);
  await tell(ledger, archive, to, created);
  await ledger.move([{ from: old, to }], created);
  const kept = await refusalOf(
    tier === 'warm'
      ? archive.remove(warmPath(old.segment))
      : trimBundle(ledger, archive, bundlePath(old.day.slice(0, 'YYYY-MM'.length))),
  );
  return { successor, kept };
}

async function refusalOf(removal: Promise<void>): Promise<RemovalRefused | null> {
  try {
    await removal;
    return null;
  } catch (error) {
    if (error instanceof RemovalRefused) return error;
    throw error;
  }
}

/** A successor tells of what it replaced as long as it is there; what goes with it, and what has none, is written down. */
async function tell(
  ledger: Ledger,
  archive: ArchiveStore,
  to: Receipt,
  created: readonly Receipt[],
): Promise<void> {
  const tombstones = created.filter(({ state }) => state === 'purged');
  const ancestors = untoldAncestors(await ledger.receipts({ table: to.table }), [to]);
  const isTold = to.state === 'replaced' && to.replacedBy !== null;
  if (isTold && tombstones.length === 0 && ancestors.length === 0) return;
  await recordGivenUp(
    archive,
    [...ancestors, to, ...tombstones],
    to.purgedAt ?? tombstones[0]?.purgedAt ?? to.archivedAt,
  );
}

/** What the receipt becomes, and the receipts of what came of it. */
function handedOver(
  old: Receipt,
  successor: Receipt | null,
  takenOut: TakenOut | null,
): { readonly to: Receipt; readonly created: readonly Receipt[] } {
  if (takenOut === null) {
    // An adopted segment counts for all its lines, a rewritten one for those that it still has.
    const rows = successor?.rows ?? 0;
    const deleted = Math.min(old.deleted, rows);
    const account = old.adopted ? { adopted: false, deleted, absent: rows - deleted } : {};
    const to: Receipt = { ...old, ...account, state: 'replaced', replacedBy: successor?.segment ?? null };
    return { to, created: successor === null ? [] : [successor] };
  }
  const { part, purgedAt, why } = takenOut;
  if (successor === null) return { to: { ...old, state: 'purged', purgedAt, replacedBy: why }, created: [] };
  const { compression } = parseSegmentName(old.segment)!;
  const rows = old.rows - successor.rows;
  // Never a file: it accounts for the rows. They left hot under the old receipt, so it counts none as deleted.
  const tombstone: Receipt = {
    ...old,
    ...{ segment: segmentName(old.table, old.day, part, compression), part, state: 'purged', purgedAt, rows },
    ...{
      replacedBy: why,
      bytes: 0,
      rawBytes: 0,
      position: rows,
      deleted: 0,
      changed: 0,
      absent: 0,
      adopted: false,
      provedAt: null,
    },
  };
  return {
    to: { ...old, state: 'replaced', replacedBy: successor.segment },
    created: [successor, tombstone],
  };
}

async function sealSurvivors(
  archive: ArchiveStore,
  old: Receipt,
  part: number,
  keep: (line: Uint8Array, position: number) => boolean,
): Promise<{ readonly successor: Receipt | null; readonly tier: Receipt['tier'] }> {
  // The receipt of an older database may name the tier in which the bytes were then.
  await using stored = await openStored(archive, old.segment, 'any');
  if (stored === null) throw cannotRewrite(old, 'it is neither in warm nor in its bundle');
  const reader = await openSegment(stored.source, old.segment);
  if (reader.footer.digest !== old.digest) throw cannotRewrite(old, 'it does not match its ledger entry');
  const successor = await sealLines(archive, reader, { part, replaces: old.segment }, keep);
  return { successor, tier: stored.tier };
}

/**
 * Seals a new segment (in warm) with the lines of another one that `keep` wants, in their order and byte for byte. Returns its receipt; null
 * when no line was to be kept.
 */
export async function sealLines(
  archive: ArchiveStore,
  reader: SegmentReader,
  head: Pick<Footer, 'part' | 'replaces'>,
  keep: (line: Uint8Array, position: number) => boolean,
): Promise<Receipt | null> {
  const { footer } = reader;
  const segment = segmentName(footer.table, footer.day, head.part, footer.compression);
  const pending = await archive.create(warmPath(segment));
  try {
    const options = { lookupKeys: footer.lookupKeys };
    const writer = createSegmentWriter(pending, { ...footer, ...head }, options);
    let position = 0;
    for (let index = 0; index < footer.blocks.length; index++) {
      const lines = splitLines(await reader.block(index)).filter((line) => keep(line, position++));
      if (lines.length > 0) await writer.add(blockOf(lines, footer));
    }
    if (writer.rows === 0) {
      await pending.abandon();
      return null;
    }
    const sealed = await writer.finish();
    await pending.sync();
    await provenFooter(pending, segment);
    await pending.publish();
    const receipt = sealingReceipt(segment, sealed, pending.bytes);
    return { ...receipt, state: 'archived', position: sealed.rows, deleted: sealed.rows };
  } catch (error) {
    await pending.abandon();
    throw error;
  }
}

function cannotRewrite({ segment }: Receipt, why: string): FirnError {
  return new FirnError('integrity', why, {
    operation: 'rewrite the segment',
    path: segment,
    hint: 'See: firn verify',
  });
}
