import type { SearchReport } from '../../../lookup/places/search-report.ts';
import { formatBytes, formatElapsed, plural } from '../../../operate/amounts.ts';

/** What an answer cost: `0.8 s; tool_uses: 31 of 365 archive files, 6.1 MB read, 5,996 rows of the database`. */
export function costOf(ms: number, reports: ReadonlyMap<string, SearchReport>): string {
  return [formatElapsed(ms), ...[...reports].map(([table, report]) => `${table}: ${readOf(report)}`)].join(
    '; ',
  );
}

function readOf({ segments, lake, bytes, rows }: SearchReport): string {
  const copies = `${plural(lake.files, 'lake file')} for ${plural(lake.segments, 'archive file')}`;
  const files = `${segments.read} of ${plural(segments.total, 'archive file')}, ${formatBytes(bytes.read)} read`;
  return [
    ...(lake.files > 0 ? [copies] : []),
    ...(segments.total > 0 || lake.files === 0 ? [files] : []),
    `${plural(rows.hot, 'row')} of the database`,
  ].join(', ');
}
