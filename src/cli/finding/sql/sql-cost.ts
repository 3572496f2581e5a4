import type { SearchReport } from '../../../lookup/places/search-report.ts';
import { formatBytes, formatElapsed, plural } from '../../../operate/amounts.ts';

/** What an answer cost: `0.8 s; tool_uses: 31 of 365 archive files, 6.1 MB read, 5,996 rows of the database`. */
export function costOf(ms: number, reports: ReadonlyMap<string, SearchReport>): string {
  const parts = [...reports].map(([table, { segments, lake, bytes, rows }]) => {
    const files = `${segments.read} of ${plural(segments.total, 'archive file')}`;
    const copies =
      lake.files === 0
        ? ''
        : `${plural(lake.files, 'lake file')} for ${plural(lake.segments, 'archive file')}, `;
    return `${table}: ${copies}${files}, ${formatBytes(bytes.read)} read, ${plural(rows.hot, 'row')} of the database`;
  });
  return [formatElapsed(ms), ...parts].join('; ');
}
