import { bySegment, successionOf } from '../../hot/heirs.ts';
import { refsOfFiles, refsOfReceipts } from './catalog.ts';
import type { Places } from './places.ts';
import type { SegmentRef } from './segment-ref.ts';

/**
 * Where the rows of a segment are that was not found: it may have moved, or have been rewritten or purged, since its receipt was read. Null when it
 * should be there.
 */
export async function successorsOf(places: Places, ref: SegmentRef): Promise<readonly SegmentRef[] | null> {
  if (places.hot === null) return await successorsInFiles(places, ref);
  const receipts = bySegment(await places.hot.reader.ledger.receipts({ table: ref.table }));
  const line = successionOf(receipts, ref.segment);
  const last = line.at(-1);
  if (last?.state === 'purged' || (last?.state === 'replaced' && last.replacedBy === null)) return [];
  if (line.length < 2 || last === undefined || last.state === 'replaced') return null;
  // Its lines are those of the segment that it replaces: what of them stood in hot was found out before.
  const leased = new Set(ref.leased ? [last.segment] : []);
  return refsOfReceipts({ receipts: [last], leased, kept: new Map() });
}

async function successorsInFiles(
  { archive }: Places,
  { segment }: SegmentRef,
): Promise<readonly SegmentRef[] | null> {
  const { refs, replaced } = await refsOfFiles(archive);
  let heir = replaced.get(segment);
  while (heir !== undefined && replaced.has(heir)) heir = replaced.get(heir);
  const found = refs.filter((ref) => ref.segment === heir);
  return found.length > 0 ? found : null;
}
