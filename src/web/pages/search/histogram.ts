import type { CountsAnswer } from '../../../library/answers/finding/counts-answer.ts';
import { formatCount, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { tierBars, tierLegend } from '../../frame/tier-bars.ts';
import { type SearchQuery, searchAddress, searchCommand, searchQuery } from './search-query.ts';

/** Matching rows over time, where each bar narrows the range; and the values of columns, where each adds a condition. */
export const searchHistogram: Page<'counts'> = {
  path: '/search/histogram',
  title: 'Rows over time',
  commands({ query }) {
    const facets = query.getAll('facet').filter((column) => /^[^,]+$/.test(column));
    const how = facets.length === 0 ? [] : [`--facets=${facets.join(',')}`];
    return { counts: searchCommand(searchQuery(query), ['--histogram', ...how, '--json']) };
  },
  render({ counts }, request): Markup {
    const json = counts.json as CountsAnswer | null;
    if (json === null) return html``;
    const query = searchQuery(request.query);
    return html`<section id="counts" aria-label="Rows over time"><p>${plural(json.total, 'matching row')}${
      json.untimed === 0 ? null : `, ${formatCount(json.untimed)} with a missing or invalid time`
    }. Each bar is one ${json.bucket}: choose one to narrow the search to it.</p>
${tierLegend()}${histogram(json, query)}${json.facets.map((facet) => facetList(facet, query))}
<p class="small"><a href="${searchAddress(query)}">Show the rows</a></p></section>`;
  },
};

function histogram({ buckets, bucket }: CountsAnswer, query: SearchQuery): Markup {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (first === undefined || last === undefined) return html``;
  const day = (iso: string): string => (bucket === 'hour' ? `${iso.slice(0, 13)}:00Z` : iso.slice(0, 10));
  const bars = buckets.map(({ from, until, hot, warm, cold }) => ({
    ...{ label: day(from), hot, warm, cold },
    href: searchAddress(query, { since: from, until }),
  }));
  return html`${tierBars(bars, `Matching rows by ${bucket}`, 'tall')}
<p class="ends faint small"><span>${day(first.from)}</span><span>${day(last.from)}</span></p>`;
}

function facetList(
  { column, values, others, distinct }: CountsAnswer['facets'][number],
  query: SearchQuery,
): Markup {
  return html`<h3>${column}</h3><ul class="facets">${values.map(
    ({ value, rows }) =>
      html`<li>${
        value === null
          ? html`<span class="null">NULL</span>`
          : html`<a href="${searchAddress(query, { where: [...query.where, `${column}=${value}`] })}">${value === '' ? '(empty)' : value.slice(0, 60)}</a>`
      } <span class="faint">${formatCount(rows)}</span></li>`,
  )}${others === 0 ? null : html`<li class="faint">others ${formatCount(others)}, of ${plural(distinct, 'value')}</li>`}</ul>`;
}
