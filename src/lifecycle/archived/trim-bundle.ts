import type { ArchiveStore } from '../../archive/archive-store.ts';
import { parseBundlePath } from '../../format/segment-names.ts';
import { bySegment, isGivenUp } from '../../hot/heirs.ts';
import type { Ledger } from '../../hot/ledger.ts';
import { type Accounted, prepareBundle } from './next-bundle.ts';

/**
 * Writes a bundle anew without the segments that were purged or replaced (what a purge that died did not come to), and without members whose
 * rows were taken in under other names. A member is dropped only when its seal and size are those that are accounted for.
 */
export async function trimBundle(
  ledger: Ledger,
  archive: ArchiveStore,
  path: string,
  taken: ReadonlyMap<string, Accounted> = new Map(),
): Promise<void> {
  const receipts = bySegment(await ledger.receipts());
  const month = parseBundlePath(path)!;
  const over = [...receipts.values()].filter(
    (receipt) =>
      receipt.segment.startsWith(month) && isGivenUp(receipt, receipts) && !taken.has(receipt.segment),
  );
  const drop = new Map<string, Accounted>([
    ...taken,
    ...over.map((receipt) => [receipt.segment, receipt] as const),
  ]);
  const next = await prepareBundle(archive, month, { add: [], drop });
  try {
    // A run that died while it wrote them may have left them visible and not durable: no bytes may go before they are.
    await ledger.confirm(over);
    await next.swap();
  } finally {
    await next.abandon();
  }
}
