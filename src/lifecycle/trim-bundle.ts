import type { ArchiveStore } from '../archive/archive-store.ts';
import { parseBundlePath } from '../format/names.ts';
import type { Ledger } from '../hot/ledger.ts';
import { prepareBundle } from './next-bundle.ts';
import { isOver } from './reconcile-plan.ts';

/** Writes a bundle anew without the segments that were purged or replaced: what a purge that died did not come to. */
export async function trimBundle(ledger: Ledger, archive: ArchiveStore, path: string): Promise<void> {
  const receipts = new Map((await ledger.receipts()).map((receipt) => [receipt.segment, receipt]));
  const month = parseBundlePath(path)!;
  const drop = new Set(
    [...receipts.keys()].filter(
      (segment) => segment.startsWith(month) && isOver(receipts.get(segment), receipts),
    ),
  );
  const next = await prepareBundle(archive, month, { add: [], drop }, receipts);
  try {
    // A run that died while it wrote them may have left them visible and not durable: no bytes may go before they are.
    await ledger.confirm([...drop].map((segment) => receipts.get(segment)!));
    await next.swap();
  } finally {
    await next.abandon();
  }
}
