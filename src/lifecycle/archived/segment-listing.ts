import type { ArchiveStore } from '../../archive/archive-store.ts';
import { segmentsByName } from '../../archive/found-segments.ts';
import { openStored } from '../../archive/stored-segment.ts';
import { openSegment } from '../../format/segment/segment-reader.ts';
import type { Day } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import { daysOfRows } from '../../model/policy/span.ts';

/** One segment as the archive has it, ledger or no ledger. */
export interface ListedSegment {
  readonly segment: string;
  readonly table: string;
  /** The first day of its span. */
  readonly day: Day;
  readonly part: number;
  readonly tier: 'warm' | 'cold';
  /** The file that holds it: its own, or its month's bundle. */
  readonly path: string;
  /** Sealed size. */
  readonly bytes: number;
}

export interface ListFilter {
  readonly table?: string;
  /** The first days of spans, both inclusive. */
  readonly from?: Day;
  readonly to?: Day;
}

/** The archive's segments by day, table and part. Files that are none are left out. Throws `integrity` for an unreadable bundle. */
export async function listSegments(archive: ArchiveStore, filter: ListFilter = {}): Promise<ListedSegment[]> {
  const found: ListedSegment[] = [];
  const { from, to } = filter;
  const isWanted = (month: string): boolean =>
    month >= (from?.slice(0, 7) ?? month) && month <= (to?.slice(0, 7) ?? month);
  for await (const one of segmentsByName(archive, isWanted)) {
    if ('error' in one) throw one.error;
    const { segment, tier, path, bytes } = one;
    const { table, day, part } = one.name;
    if (filter.table !== undefined && !sameWord(table, filter.table)) continue;
    if (day < (from ?? day) || day > (to ?? day)) continue;
    found.push({ segment, table, day, part, tier, path, bytes });
  }
  return found.sort((a, b) => compare(a.day, b.day) || compare(a.table, b.table) || a.part - b.part);
}

/** What an archive holds, in all or of one table or day. */
export interface ArchiveFigures {
  readonly segments: number;
  readonly rows: number;
  /** Sealed size, and size of the lines. */
  readonly bytes: number;
  readonly rawBytes: number;
  /** The days of the oldest and of the newest row; null when there is nothing. */
  readonly oldest: Day | null;
  readonly newest: Day | null;
}

export interface ArchiveStatistics extends ArchiveFigures {
  readonly byTable: ReadonlyMap<string, ArchiveFigures>;
  /** By the first day of their span. */
  readonly byDay: ReadonlyMap<Day, ArchiveFigures>;
}

/** Counts from the footers of the archive's segments. Throws `integrity` when one cannot be read. */
export async function archiveStatistics(
  archive: ArchiveStore,
  filter: ListFilter = {},
): Promise<ArchiveStatistics> {
  const [byTable, byDay] = [new Map<string, ArchiveFigures>(), new Map<Day, ArchiveFigures>()];
  let all = NOTHING;
  for (const listed of await listSegments(archive, filter)) {
    await using stored = (await openStored(archive, listed.segment, listed.tier))!;
    const { footer } = await openSegment(stored.source, listed.segment);
    const [first, last] = daysOfRows(footer);
    const more = { bytes: listed.bytes, rows: footer.rows, rawBytes: footer.rawBytes, first, last };
    all = plus(all, more);
    byTable.set(listed.table, plus(byTable.get(listed.table) ?? NOTHING, more));
    byDay.set(listed.day, plus(byDay.get(listed.day) ?? NOTHING, more));
  }
  return { ...all, byTable, byDay };
}

const NOTHING: ArchiveFigures = { segments: 0, rows: 0, bytes: 0, rawBytes: 0, oldest: null, newest: null };

function plus(
  sum: ArchiveFigures,
  more: Pick<ArchiveFigures, 'bytes' | 'rows' | 'rawBytes'> & { readonly first: Day; readonly last: Day },
): ArchiveFigures {
  return {
    segments: sum.segments + 1,
    rows: sum.rows + more.rows,
    bytes: sum.bytes + more.bytes,
    rawBytes: sum.rawBytes + more.rawBytes,
    oldest: sum.oldest === null || more.first < sum.oldest ? more.first : sum.oldest,
    newest: sum.newest === null || more.last > sum.newest ? more.last : sum.newest,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
