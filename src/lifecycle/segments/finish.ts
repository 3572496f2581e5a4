import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { linesElsewhere, neighboursOf } from '../archived/lines-elsewhere.ts';
import type { PartNumbers } from './part-numbers.ts';
import { rewriteSegment } from './rewrite.ts';

/**
 * Closes the receipt of a drained segment. Lines whose row changed while it was copied are taken out of the archive:
 * the row is still hot, newer than its line. (Not so where the segment was adopted: the database may be the older one then, and both versions
 * stay.) So are lines whose row stays hot as it reads because it has the greatest id, whether the segment was adopted or not.
 * So are lines of an adopted segment that another one of the day holds as well: it was away when the database, put back to an older state, let
 * its rows be archived again. Throws `RemovalRefused`, when all is done, if the archive does not allow the bytes of the rewritten segment to be
 * removed.
 */
export async function finishSegment(
  ledger: Ledger,
  archive: ArchiveStore,
  parts: PartNumbers,
  segment: string,
): Promise<Receipt> {
  const receipt = (await ledger.receipt(segment))!;
  const stale = new Set(receipt.adopted ? await ledger.lastIds(segment) : await ledger.changed(segment));
  for (const position of await repeated(ledger, archive, receipt)) stale.add(position);
  if (stale.size === 0) {
    const archived: Receipt = { ...receipt, state: 'archived' };
    await ledger.move([{ from: receipt, to: archived }]);
    return archived;
  }
  const part = await parts.reserve(receipt.table, receipt.day);
  const { kept } = await rewriteSegment(
    ...([ledger, archive, receipt, part] as const),
    (_line, position) => !stale.has(position),
  );
  if (kept !== null) throw kept;
  return receipt;
}

/** Lines of one run stand in one segment each, so that only segments of other runs are looked at. */
async function repeated(
  ledger: Ledger,
  archive: ArchiveStore,
  receipt: Receipt,
): Promise<ReadonlySet<number>> {
  if (!receipt.adopted) return new Set();
  const others = neighboursOf(await ledger.receipts({ table: receipt.table }), receipt);
  const foreign = others.filter(({ archivedAt }) => archivedAt !== receipt.archivedAt);
  if (foreign.length === 0) return new Set();
  await using stored = await openStored(archive, receipt.segment, 'any');
  if (stored === null) return new Set();
  const { footer } = await openSegment(stored.source, receipt.segment);
  return await linesElsewhere(archive, { source: stored.source, footer }, foreign);
}
