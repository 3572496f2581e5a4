import type { ArchiveStore, StoredFile } from '../../archive/archive-store.ts';
import { segmentsByName } from '../../archive/found-segments.ts';
import { type Problem, unreadable } from './search-report.ts';

/** The segments of an archive by their names: no segment is opened, only the tables of contents of bundles. */
export interface ArchiveNames {
  readonly segments: ReadonlyMap<
    string,
    {
      readonly table: string;
      readonly tier: 'warm' | 'cold';
      readonly path: string;
      readonly file: StoredFile;
    }
  >;
  /** Bundles that cannot be read. */
  readonly problems: readonly Problem[];
}

export async function namesIn(archive: ArchiveStore): Promise<ArchiveNames> {
  const segments = new Map<
    string,
    { table: string; tier: 'warm' | 'cold'; path: string; file: StoredFile }
  >();
  const problems: Problem[] = [];
  for await (const found of segmentsByName(archive, () => true, 'listed')) {
    if ('error' in found) problems.push(unreadable(found));
    else if (!segments.has(found.segment)) {
      const { name, tier, path, file } = found;
      segments.set(found.segment, { table: name.table, tier, path, file });
    }
  }
  return { segments, problems };
}
