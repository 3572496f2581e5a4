import { formatBytes, formatCount, formatElapsed, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { SearchReportJson } from './hit-lines.ts';
import { type SearchQuery, searchAddress } from './search-query.ts';

/** What follows the hits: what was read to find them, and where more are. */
export function searchEnd(report: SearchReportJson, elapsedMs: number, query: SearchQuery): Markup {
  const { count, more, complete, stopped, rows, segments, blocks, bytes } = report;
  const tiers = `${formatCount(rows.hot)} hot, ${formatCount(rows.warm)} warm, ${formatCount(rows.cold)} cold`;
  return html`<p><strong>${count === 0 ? 'No rows found' : plural(count, 'row')}</strong>${count === 0 ? '' : ` (${tiers})`}${
    complete || more ? '.' : html`. <strong>${stopped ?? 'Some data could not be read'}.</strong>`
  }${more ? html` More rows match. <a href="${searchAddress(query, { limit: query.limit * 4 })}">Show more</a>` : null}</p>
<p class="faint small">Read ${formatCount(segments.read)} of ${plural(segments.total, 'archived segment')}, ${formatCount(blocks.read)} of ${plural(blocks.total, 'block')}, ${formatBytes(bytes.read)} of ${formatBytes(bytes.total)} (${formatBytes(bytes.inflated)} uncompressed), in ${formatElapsed(elapsedMs)}.</p>
<p class="small">Download all rows: <a href="${searchAddress(query, {}, '/search.csv')}">CSV</a> · <a href="${searchAddress(query, {}, '/search.jsonl')}">JSON Lines</a></p>
`;
}
