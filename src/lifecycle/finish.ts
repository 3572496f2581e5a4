import type { ArchiveStore } from '../archive/archive-store.ts';
import type { Ledger, Receipt } from '../hot/ledger.ts';
import type { PartNumbers } from './part-numbers.ts';
import { rewriteSegment } from './rewrite.ts';

/**
 * Closes the receipt of a drained segment. Lines whose row changed while it was copied are taken out of the archive:
 * the row is still hot, newer than its line. (Not so where the segment was adopted: the database may be the older one then, and both versions
 * stay.) So are lines whose row stays hot as it reads because it has the greatest id, whether the segment was adopted or not.
 */
export async function finishSegment(
  ledger: Ledger,
  archive: ArchiveStore,
  parts: PartNumbers,
  segment: string,
): Promise<Receipt> {
  const receipt = (await ledger.receipt(segment))!;
  const changed = receipt.adopted ? await ledger.lastIds(segment) : await ledger.changed(segment);
  if (changed.length === 0) {
    const archived: Receipt = { ...receipt, state: 'archived' };
    await ledger.move([{ from: receipt, to: archived }]);
    return archived;
  }
  const stale = new Set(changed);
  const part = await parts.reserve(receipt.table, receipt.day);
  await rewriteSegment(ledger, archive, receipt, part, (_line, position) => !stale.has(position));
  return receipt;
}
