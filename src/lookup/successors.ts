import { refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';
import type { SegmentRef } from './segment-ref.ts';

/**
 * Where the rows of a segment are that is not to be found: it may have been rewritten or purged since its receipt was
 * read. Null when it should be there.
 */
export async function successorsOf({ hot }: Places, ref: SegmentRef): Promise<readonly SegmentRef[] | null> {
  if (hot === null) return null;
  const receipts = await hot.reader.ledger.receipts({ table: ref.table });
  const own = receipts.find(({ segment }) => segment === ref.segment);
  if (own?.state === 'purged') return [];
  if (own?.state !== 'replaced') return null;
  const heir = receipts.filter(({ segment }) => segment === own.replacedBy);
  return refsOfReceipts(heir, new Set(ref.shared ? [own.replacedBy ?? ''] : []));
}
