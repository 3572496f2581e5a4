import { html, type Markup, option, options } from '../../frame/markup.ts';
import { TIERS } from '../../frame/tier-bars.ts';
import type { SearchQuery } from './search-query.ts';

/** More conditions than are filled in: one empty field is always there. */
const LEAST_CONDITIONS = 2;

/** The fields of a search; `tables` are those with a policy. */
export function searchForm(query: SearchQuery, tables: readonly string[]): Markup {
  const { table, since, until, where, text, tier, oldest, limit } = query;
  const known = table === '' || tables.includes(table) ? tables : [table, ...tables];
  const fields = Math.max(LEAST_CONDITIONS, where.length + 1);
  return html`<form action="/search" class="fields" role="search">
${query.items.map((item) => html`<input type="hidden" name="item" value="${item}">`)}<label class="wide">Text<input type="search" name="text" value="${text}"></label>
<label>Table<select name="table">${option('', 'all tables', table === '')}${options(known, table)}</select></label>
<label>Since<input name="since" value="${since}" size="12" placeholder="2026-03-31 or 14d"></label>
<label>Until<input name="until" value="${until}" size="12" placeholder="2026-03-31"></label>
${Array.from({ length: fields }, (_, at) => html`<label>Condition ${at + 1}<input name="where" value="${where[at] ?? ''}" size="22" placeholder="column=value" class="code"></label>`)}
<label>Tier<select name="tier">${option('', 'all tiers', tier === null)}${options(TIERS, tier)}</select></label>
<label>Order<select name="order">${option('', 'newest first', !oldest)}${option('oldest', 'oldest first', oldest)}</select></label>
<label>Rows<input name="limit" type="number" min="1" max="10000" value="${limit}"></label>
<button class="primary">Search</button></form>
`;
}
