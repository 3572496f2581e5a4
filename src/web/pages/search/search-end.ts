import type { Milliseconds } from '../../../model/instant.ts';
import { formatBytes, formatCount, formatElapsed, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { SearchReportJson } from './hit-lines.ts';
import { BASKET } from './hit-row.ts';
import { type SearchQuery, searchAddress } from './search-query.ts';

/** Takes the rows that were ticked, now and in earlier searches, to the page Restore. */
function basketForm({ items }: SearchQuery): Markup {
  const before = items.length === 0 ? '' : ` and ${plural(items.length, 'row')} chosen before`;
  return html`<form id="${BASKET}" action="/restore">${items.map((item) => html`<input type="hidden" name="item" value="${item}">`)}<button>Restore the ticked rows${before}</button></form>`;
}

/** Pages that act on what the search selects, where they can say it. */
function leads({ table, where, since, until, text, tier }: SearchQuery): Markup | null {
  if (text !== '' || tier !== null) return null;
  const conditions = where.map((one): [string, string] => ['where', one]);
  const times = Object.entries({ since, until }).filter(([, value]) => value !== '');
  const restored = new URLSearchParams([['table', table || 'all'], ...conditions, ...times]);
  const held = new URLSearchParams([['table', table], ...conditions]);
  const holds = table !== '' && conditions.length > 0 && times.length === 0;
  return html`<a href="/restore?${String(restored)}">Restore all these rows</a> · ${holds ? html`<a href="/holds?${String(held)}">Hold these rows</a> · ` : null}`;
}

/** What follows the hits: what was read to find them, and where more are. */
export function searchEnd(report: SearchReportJson, elapsedMs: Milliseconds, query: SearchQuery): Markup {
  const { count, more, complete, stopped, rows, segments, blocks, bytes } = report;
  const tiers = `${formatCount(rows.hot)} hot, ${formatCount(rows.warm)} warm, ${formatCount(rows.cold)} cold`;
  return html`<p><strong>${count === 0 ? 'No rows found' : plural(count, 'row')}</strong>${count === 0 ? '' : ` (${tiers})`}${
    complete || more ? '.' : html`. <strong>${stopped ?? 'Some data could not be read'}.</strong>`
  }${more ? html` More rows match. <a href="${searchAddress(query, { limit: query.limit * 4 })}">Show more</a>` : null}</p>
<p class="faint small">Read ${formatCount(segments.read)} of ${plural(segments.total, 'archived segment')}, ${formatCount(blocks.read)} of ${plural(blocks.total, 'block')}, ${formatBytes(bytes.read)} of ${formatBytes(bytes.total)} (${formatBytes(bytes.inflated)} uncompressed), in ${formatElapsed(elapsedMs)}.</p>
${count === 0 && query.items.length === 0 ? null : basketForm(query)}
<p class="small">${leads(query)}Download all rows: <a href="${searchAddress(query, {}, '/search.csv')}">CSV</a> · <a href="${searchAddress(query, {}, '/search.jsonl')}">JSON Lines</a></p>
`;
}
