import { countsJson } from '../../../library/answers/finding/counts-answer.ts';
import type { Places } from '../../../lookup/places/places.ts';
import type { SearchReport } from '../../../lookup/places/search-report.ts';
import type { Query } from '../../../lookup/read/query.ts';
import type { Facet } from '../../../lookup/search/facet-counter.ts';
import { countRows, type RowCounts } from '../../../lookup/search/row-counts.ts';
import type { BucketWidth, TimeBucket } from '../../../lookup/search/time-buckets.ts';
import { FirnError } from '../../../model/errors.ts';
import { formatInstant } from '../../../model/instant.ts';
import type { Context } from '../../frame/context.ts';
import { formatCount, plural } from '../../terminal/quantity.ts';
import type { Style } from '../../terminal/style.ts';
import { type ColumnLayout, renderTable } from '../../terminal/table.ts';
import { valueWords } from '../../terminal/visible.ts';

export interface CountsAsked {
  readonly width: BucketWidth | null;
  readonly facets: readonly string[];
  readonly json: boolean;
}

/** Throws `usage` for options that choose among rows, or that print them: a histogram counts all. */
export function refuseWithCounts(
  options: {
    readonly limit: number | undefined;
    readonly columns: readonly unknown[];
    readonly count: boolean;
  },
  format: string,
): void {
  const wrong =
    options.limit !== undefined
      ? '--limit'
      : options.columns.length > 0
        ? '--columns'
        : options.count
          ? '--count'
          : format === 'table' || format === 'json'
            ? null
            : `--format ${format}`;
  if (wrong === null) return;
  throw new FirnError('usage', `--histogram counts all matching rows; ${wrong} does not go with it`, {
    operation: 'read the options',
    path: wrong,
  });
}

/** Prints how many rows match, by time and by value, instead of the rows. */
export async function printCounts(
  context: Context,
  places: Places,
  query: Query,
  { width, facets, json }: CountsAsked,
): Promise<SearchReport> {
  const asOf = new Date(context.io.clock.now()).toISOString();
  const counts = await countRows(places, query, { width, facets, signal: context.io.signal });
  if (json) context.json(countsJson(counts, asOf));
  else context.print(renderCounts(counts, context.style, context.width));
  return counts.report;
}

const right = (title: string): ColumnLayout => ({ title, align: 'right' });
const BUCKETS = [right('ROWS'), right('HOT'), right('WARM'), right('COLD')];
const BAR = 24;

function renderCounts(counts: RowCounts, style: Style, width: number): string {
  const { buckets, facets, total, untimed } = counts;
  const lines = [`${style.heading('Matching rows:')} ${formatCount(total)}`];
  const most = Math.max(1, ...buckets.map(sumOf));
  if (buckets.length > 0) {
    const rows = buckets.map((bucket) => [
      bucketName(bucket, counts.width),
      ...[sumOf(bucket), bucket.hot, bucket.warm, bucket.cold].map(formatCount),
      '█'.repeat(Math.max(1, Math.round((sumOf(bucket) / most) * BAR))),
    ]);
    const columns = [{ title: counts.width.toUpperCase() }, ...BUCKETS, { title: '' }];
    lines.push('', renderTable(columns, rows, style, width));
  }
  if (untimed > 0) lines.push(`  ${plural(untimed, 'row')} with a missing or invalid timestamp`);
  for (const facet of facets) lines.push('', renderFacet(facet, style, width));
  return lines.join('\n');
}

function renderFacet({ column, values, others, distinct }: Facet, style: Style, width: number): string {
  const rows = values.map(({ value, rows: found }) => [valueWords(value) ?? 'NULL', formatCount(found)]);
  if (others > 0) rows.push([style.faint('others'), formatCount(others)]);
  const title = `${column} (${plural(distinct, 'value')})`;
  return renderTable([{ title }, right('ROWS')], rows, style, width);
}

function bucketName({ from }: TimeBucket, width: BucketWidth): string {
  const text = formatInstant(from);
  if (width === 'hour') return `${text.slice(0, 10)} ${text.slice(11, 16)}Z`;
  return text.slice(0, (width === 'month' ? 'YYYY-MM' : 'YYYY-MM-DD').length);
}

function sumOf({ hot, warm, cold }: TimeBucket): number {
  return hot + warm + cold;
}
