import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStored } from '../../archive/stored-segment.ts';
import type { Footer } from '../../format/segment/segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';

/** The footer of the newest archived segment that can be read, for the columns of a table the database may lack; null when there is none. */
export async function newestFooter(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
): Promise<Footer | null> {
  const archived = receipts.filter(({ state }) => state === 'archived');
  for (const { segment } of archived.sort((a, b) => (a.segment < b.segment ? 1 : -1))) {
    try {
      await using stored = await openStored(archive, segment, 'any');
      if (stored !== null) return (await openSegment(stored.source, segment)).footer;
    } catch (error) {
      if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    }
  }
  return null;
}
