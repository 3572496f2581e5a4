import type { Footer } from '../format/segment/segment.ts';
import { openSegment } from '../format/segment/segment-reader.ts';
import { isUnreadableFile } from '../model/errors.ts';
import type { ArchiveStore } from './archive-store.ts';
import { isAway } from './away.ts';
import { openStored } from './stored-segment.ts';

/** A segment that counts, as its receipt remembers it. */
interface Remembered {
  readonly segment: string;
  /** UTC ISO 8601. */
  readonly archivedAt: string;
  readonly digest: string | null;
}

/**
 * The footer of the segment that was archived last and can be read, for the columns of a table that the database or the configuration lacks;
 * null when there is none. What cannot be read is reported by whoever reads rows.
 */
export async function newestFooter(
  archive: ArchiveStore,
  segments: readonly Remembered[],
): Promise<Footer | null> {
  const newest = [...segments].sort((a, b) => Date.parse(b.archivedAt) - Date.parse(a.archivedAt));
  for (const { segment, digest } of newest) {
    try {
      await using stored = await openStored(archive, segment, 'any');
      const footer = stored === null ? null : (await openSegment(stored.source, segment)).footer;
      if (footer !== null && (digest === null || footer.digest === digest)) return footer;
    } catch (error) {
      if (!isUnreadableFile(error) && !isAway(error)) throw error;
    }
  }
  return null;
}
