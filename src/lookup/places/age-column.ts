import { newestFooter } from '../../archive/newest-footer.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { TimeSource } from '../../model/time/time-format.ts';
import { refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';

/** Where the rows of a table have their time: its policy's column, or where it has none that of the segment archived last; null when nothing tells. */
export async function timeSourceOf(
  { hot, archive, policies }: Places,
  table: string,
): Promise<TimeSource | null> {
  const policy = getPolicy(policies, table);
  if (policy !== null || hot === null) return policy;
  const receipts = await hot.reader.ledger.receipts({ table });
  const refs = refsOfReceipts({ receipts, leased: new Set(), kept: new Map() });
  return await newestFooter(archive, refs);
}
