import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import type { PartNumbers } from './part-numbers.ts';
import { type Rewritten, rewriteSegment, type TakenOut } from './rewrite.ts';

/**
 * Takes lines out of an archived segment, in whichever tier it is: it is rewritten without them, and a tombstone accounts
 * for them. Safe to be killed anywhere; the next run's reconciling removes what was left.
 * @param positions 0-based, of lines of the segment; at least one.
 * @param asOf UTC ISO 8601.
 * @param why they are taken out, for the accounts.
 */
export async function takeOutLines(
  ledger: Ledger,
  archive: ArchiveStore,
  parts: PartNumbers,
  receipt: Receipt,
  positions: ReadonlySet<number>,
  asOf: string,
  why: TakenOut['why'],
): Promise<Rewritten> {
  const { table, day } = receipt;
  const part = await parts.reserve(table, day);
  const tombstone = await parts.reserve(table, day);
  return await rewriteSegment(ledger, archive, receipt, part, (_line, position) => !positions.has(position), {
    part: tombstone,
    purgedAt: asOf,
    why,
  });
}
