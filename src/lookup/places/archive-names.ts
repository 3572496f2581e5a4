import type { ArchiveStore } from '../../archive/archive-store.ts';
import { openStoredBundle } from '../../archive/stored-segment.ts';
import { parseBundlePath, parseSegmentName, parseWarmPath, warmPath } from '../../format/segment-names.ts';
import { type Problem, problemOf } from './search-report.ts';

/** The segments of an archive by their names: no segment is opened, only the tables of contents of bundles. */
export interface ArchiveNames {
  readonly segments: ReadonlyMap<
    string,
    { readonly table: string; readonly tier: 'warm' | 'cold'; readonly path: string }
  >;
  /** Bundles that cannot be read. */
  readonly problems: readonly Problem[];
}

export async function namesIn(archive: ArchiveStore): Promise<ArchiveNames> {
  const segments = new Map<string, { table: string; tier: 'warm' | 'cold'; path: string }>();
  const problems: Problem[] = [];
  const add = (segment: string, tier: 'warm' | 'cold', path: string): void => {
    const table = parseSegmentName(segment)?.table;
    if (table !== undefined && !segments.has(segment)) segments.set(segment, { table, tier, path });
  };
  // Warm first: what moves to cold meanwhile is met twice, and not missed.
  for (const { path } of await archive.list('warm')) {
    const segment = parseWarmPath(path);
    if (segment !== null) add(segment, 'warm', warmPath(segment));
  }
  for (const { path } of await archive.list('cold')) {
    if (parseBundlePath(path) === null) continue;
    try {
      await using stored = await openStoredBundle(archive, path);
      for (const { name } of stored?.bundle.members ?? []) add(name, 'cold', path);
    } catch (error) {
      problems.push(problemOf({ segment: path, path, table: '', tier: 'cold', rows: 0 }, error));
    }
  }
  return { segments, problems };
}
