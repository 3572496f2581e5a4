import { newestFooter } from '../../archive/newest-footer.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import { refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';

/** The column of a table's own time: its policy's, or where it has none that of the segment archived last; null when nothing tells. */
export async function timeColumnOf(
  { hot, archive, policies }: Places,
  table: string,
): Promise<string | null> {
  const policy = getPolicy(policies, table);
  if (policy !== null || hot === null) return policy?.timeColumn ?? null;
  const receipts = await hot.reader.ledger.receipts({ table });
  const refs = refsOfReceipts({ receipts, leased: new Set(), kept: new Map() });
  return (await newestFooter(archive, refs))?.timeColumn ?? null;
}
