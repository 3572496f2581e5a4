import { type Dialect, dialectOf } from '../model/dialect.ts';
import type { ArchiveStore } from './archive-store.ts';
import { segmentsByFooter } from './found-segments.ts';

/** The dialect of the database whose rows an archive has, as the first segment that can be read says: an archive is that of one database. */
export async function archiveDialect(archive: ArchiveStore): Promise<Dialect> {
  for await (const found of segmentsByFooter(archive))
    if (!('error' in found)) return dialectOf(found.footer);
  return dialectOf({});
}
