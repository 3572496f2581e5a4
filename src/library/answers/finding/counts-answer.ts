import type { Facet } from '../../../lookup/search/facet-counter.ts';
import type { RowCounts } from '../../../lookup/search/row-counts.ts';
import type { BucketWidth } from '../../../lookup/search/time-buckets.ts';
import { formatInstant } from '../../../model/instant.ts';
import { type SearchReportAnswer, searchReportJson } from './search-answer.ts';

/** How many rows match, by time and by value: the JSON of `firn search --histogram`. */
export interface CountsAnswer extends SearchReportAnswer {
  readonly command: 'search';
  /** UTC ISO 8601. */
  readonly as_of: string;
  /** The width of a bucket. */
  readonly bucket: BucketWidth;
  /** Only those that have rows, oldest first. Times are UTC ISO 8601. */
  readonly buckets: readonly {
    readonly from: string;
    readonly until: string;
    readonly hot: number;
    readonly warm: number;
    readonly cold: number;
  }[];
  /** Matching rows with a missing or invalid timestamp. They are in no bucket. */
  readonly untimed: number;
  readonly total: number;
  readonly facets: readonly Facet[];
  /** Archive files and blocks that were counted without reading their rows. */
  readonly counted_whole: { readonly segments: number; readonly blocks: number };
}

/** The counts in the shape of Firn's JSON. @internal */
export function countsJson(
  { width, buckets, untimed, total, facets, whole, report }: RowCounts,
  asOf: string,
): CountsAnswer {
  return {
    ...{ command: 'search', as_of: asOf, bucket: width },
    buckets: buckets.map(({ from, until, hot, warm, cold }) => ({
      ...{ from: formatInstant(from), until: formatInstant(until), hot, warm, cold },
    })),
    ...{ untimed, total, facets, counted_whole: whole },
    ...searchReportJson(report),
  };
}
