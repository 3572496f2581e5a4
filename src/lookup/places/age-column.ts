import { FirnError } from '../../model/errors.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import { refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';
import { Shelf } from './shelf.ts';

/** The column of a table's own time: its policy's, or where it has none that of the segment archived last; null when nothing tells. */
export async function timeColumnOf(
  { hot, archive, policies }: Places,
  table: string,
): Promise<string | null> {
  const policy = getPolicy(policies, table);
  if (policy !== null || hot === null) return policy?.timeColumn ?? null;
  const receipts = await hot.reader.ledger.receipts({ table });
  const refs = refsOfReceipts({ receipts, leased: new Set(), kept: new Map() });
  refs.sort((a, b) => Date.parse(b.archivedAt) - Date.parse(a.archivedAt));
  await using shelf = new Shelf(archive);
  for (const ref of refs) {
    try {
      await using taken = await shelf.take(ref);
      return taken.reader.footer.timeColumn;
    } catch (error) {
      // It is a problem of the answer, and reported there.
      if (!(error instanceof FirnError)) throw error;
    }
  }
  return null;
}
