import type { ArchiveStore } from '../archive/archive-store.ts';
import { blockOf } from '../format/block.ts';
import { splitLines } from '../format/line.ts';
import { segmentName, warmPath } from '../format/names.ts';
import { provenFooter } from '../format/prove.ts';
import { openSegment } from '../format/segment-reader.ts';
import { createSegmentWriter } from '../format/segment-writer.ts';
import type { Ledger, Receipt } from '../hot/ledger.ts';
import { sealingReceipt } from './copy.ts';

/**
 * Seals a new segment with the lines of a warm segment that `keep` wants, in their order and byte for byte, hands the
 * receipts over in one transaction, and only then removes the old file. Returns the new receipt; null when no line was
 * to be kept. Killed before the receipts change, the new file is an unfinished rewrite that reconciling removes; killed after, the
 * old file is what is left to remove.
 */
export async function rewriteSegment(
  ledger: Ledger,
  archive: ArchiveStore,
  old: Receipt,
  part: number,
  keep: (line: Uint8Array, position: number) => boolean,
): Promise<Receipt | null> {
  const successor = await sealSurvivors(archive, old, part, keep);
  const replaced: Receipt = { ...old, state: 'replaced', replacedBy: successor?.segment ?? null };
  await ledger.put(successor === null ? [replaced] : [replaced, successor]);
  await archive.remove(warmPath(old.segment));
  return successor;
}

async function sealSurvivors(
  archive: ArchiveStore,
  old: Receipt,
  part: number,
  keep: (line: Uint8Array, position: number) => boolean,
): Promise<Receipt | null> {
  await using source = await archive.open(warmPath(old.segment));
  const reader = await openSegment(source, old.segment);
  const { footer } = reader;
  const segment = segmentName(footer.table, footer.day, part, footer.compression);
  const pending = await archive.create(warmPath(segment));
  try {
    const writer = createSegmentWriter(
      pending,
      { ...footer, part, replaces: old.segment },
      { lookupKeys: footer.lookupKeys },
    );
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
    return {
      ...sealingReceipt(segment, sealed, pending.bytes),
      state: 'archived',
      position: sealed.rows,
      deleted: sealed.rows,
    };
  } catch (error) {
    await pending.abandon();
    throw error;
  }
}
