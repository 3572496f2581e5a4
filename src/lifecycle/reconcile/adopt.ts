import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { sealingReceipt } from '../../copying/proven-copy.ts';
import { provenFooter } from '../../format/segment/prove.ts';
import type { ByteSource, Footer } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import { bySegment } from '../../hot/heirs.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { sizes } from '../../model/sizes.ts';
import { drainOtherColumns } from '../segments/drain-changed.ts';
import { type DrainContext, drainFile, spanOf } from '../segments/drain-segment.ts';
import { finishSegment } from '../segments/finish.ts';
import { LineCursor } from '../segments/line-cursor.ts';
import type { PartNumbers } from '../segments/part-numbers.ts';
import { refuseRenamed } from '../segments/renamed-table.ts';
import { hasOtherColumns } from '../segments/same-columns.ts';
import { holeFilledBy } from './reconcile-judge.ts';

/** What a segment is adopted or resumed with. */
export interface Adoption {
  readonly context: DrainContext;
  readonly archive: ArchiveStore;
  readonly parts: PartNumbers;
}

/**
 * Makes the receipt of a sealed file that the ledger does not know, and deletes the rows that stand in hot just as its lines say. Returns how
 * many. Throws `integrity`, before anything was changed, when it is not whole.
 */
export async function adopt(
  adoption: Adoption,
  segment: string,
  tier: 'warm' | 'cold' | 'any',
): Promise<number> {
  const { context, archive } = adoption;
  const { ledger } = context.store;
  await using stored = (await openStored(archive, segment, tier))!;
  await archive.settle(stored.path);
  const footer = await provenFooter(stored.source, segment);
  const sealing = sealingReceipt(segment, footer, stored.source.bytes);
  const receipt: Receipt = { ...sealing, tier: stored.tier, adopted: true };
  const hole = holeFilledBy(footer, bySegment(await ledger.receipts({ table: footer.table })));
  const moves = hole === null ? [] : [{ from: hole, to: { ...hole, replacedBy: segment } }];
  await ledger.move(moves, [receipt]);
  return await drainRest(adoption, receipt, stored.source, footer);
}

/** Goes on deleting the rows of a segment whose receipt says how far an earlier run came. Returns how many. Throws `integrity` as `adopt` does. */
export async function resume(adoption: Adoption, segment: string): Promise<number> {
  const { context, archive } = adoption;
  const receipt = (await context.store.ledger.receipt(segment))!;
  await using stored = (await openStored(archive, segment, 'any'))!;
  await archive.settle(stored.path);
  const footer = await provenFooter(stored.source, segment);
  if (footer.digest !== receipt.digest) {
    throw new FirnError('integrity', 'the file is intact, but it does not match its ledger entry', {
      operation: 'resume the segment',
      path: segment,
      hint: 'The file was replaced. Restore the original from a backup, or run firn verify.',
    });
  }
  return await drainRest(adoption, receipt, stored.source, footer);
}

async function drainRest(
  { context, archive, parts }: Adoption,
  receipt: Receipt,
  source: ByteSource,
  footer: Footer,
): Promise<number> {
  const { store } = context;
  const { segment, archivedAt } = receipt;
  const shape = await store.shape(footer.table);
  const lines = new LineCursor(await openSegment(source, segment));
  if (shape === null) {
    const { position, absent, rows } = receipt;
    await refuseRenamed(store, footer, lines, position, (like, some) =>
      store.standing(like, archivedAt, some),
    );
    const to = { ...receipt, position: rows, absent: absent + rows - position };
    await store.ledger.move([{ from: receipt, to }]);
  } else if (await store.ledger.isTogether(segment)) {
    // Nobody knows the units any more. What was not deleted stays, and is archived anew.
    for (let first = receipt.position; first < footer.rows; first += sizes.leaseEndRows)
      await store.keepLines(segment, first, Math.min(sizes.leaseEndRows, footer.rows - first));
  } else {
    const sealed = { segment, archivedAt, shape, lines, rows: footer.rows, span: spanOf(footer) };
    const drain = !receipt.adopted && hasOtherColumns(shape, footer) ? drainOtherColumns : drainFile;
    await drain(context, sealed, receipt.position);
  }
  const drained = (await store.ledger.receipt(segment))!;
  await finishSegment(store.ledger, archive, parts, segment);
  return drained.deleted - receipt.deleted;
}
