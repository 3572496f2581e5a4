import type {
  ArchiveFigures,
  ArchiveStatistics,
  ListedSegment,
} from '../../../lifecycle/archived/segment-listing.ts';

/** What the archive holds, counted from its files alone. */
export interface ArchiveStatisticsAnswer extends ArchiveTotals {
  readonly by_table: Readonly<Record<string, ArchiveTotals>>;
  /** By the first day of their span. */
  readonly by_day: Readonly<Record<string, ArchiveTotals>>;
}

/** Sums over some archive files. */
export interface ArchiveTotals {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  readonly raw_bytes: number;
  /** Days of the oldest and the newest row; null when there is none. */
  readonly oldest: string | null;
  readonly newest: string | null;
}

/** One archive file as it was found, without the ledger. */
export type SegmentAnswer = ListedSegment;

/** The statistics in the shape of Firn's JSON. @internal */
export function archiveStatisticsJson({
  byTable,
  byDay,
  ...all
}: ArchiveStatistics): ArchiveStatisticsAnswer {
  return { ...totalsJson(all), by_table: mapJson(byTable), by_day: mapJson(byDay) };
}

function mapJson(figures: ReadonlyMap<string, ArchiveFigures>): Record<string, ArchiveTotals> {
  return Object.fromEntries([...figures].map(([name, one]) => [name, totalsJson(one)]));
}

function totalsJson({ segments, rows, bytes, rawBytes, oldest, newest }: ArchiveFigures): ArchiveTotals {
  return { segments, rows, bytes, raw_bytes: rawBytes, oldest, newest };
}
