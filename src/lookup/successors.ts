import { bySegment, successionOf } from '../hot/heirs.ts';
import { refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';
import type { SegmentRef } from './segment-ref.ts';

/**
 * Where the rows of a segment are that is not to be found: it may have been rewritten or purged since its receipt was
 * read. Null when it should be there.
 */
export async function successorsOf({ hot }: Places, ref: SegmentRef): Promise<readonly SegmentRef[] | null> {
  if (hot === null) return null;
  const receipts = bySegment(await hot.reader.ledger.receipts({ table: ref.table }));
  const line = successionOf(receipts, ref.segment);
  const last = line.at(-1);
  if (last?.state === 'purged' || (last?.state === 'replaced' && last.replacedBy === null)) return [];
  if (line.length < 2 || last === undefined || last.state === 'replaced') return null;
  return refsOfReceipts([last], new Set(ref.shared ? [last.segment] : []));
}
