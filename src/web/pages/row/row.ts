import type { ExplainAnswer } from '../../../library/answers/finding/explain-answer.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { NAVIGATION } from '../../frame/navigation.ts';
import type { Page } from '../../frame/page.ts';
import { when } from '../../frame/when.ts';
import { itemOf } from '../basket/basket-item.ts';
import { cellList } from './cells.ts';
import { lifeLine } from './life-line.ts';
import { explainCommand, rowAddress } from './row-address.ts';

/** Columns whose value names an execution or a task: all its rows can be shown in time order. */
const OF_ONE_RUN = ['execution_id', 'task_id', 'correlation_id'] as const;

/** One row: where it is, what becomes of it, what keeps it, and all its cells. */
export const rowPage: Page<'explain'> = {
  path: '/row',
  title: 'Row',
  commands({ query }) {
    const key = query.getAll('key');
    const table = query.get('table') ?? '';
    return { explain: table === '' || key.length === 0 ? null : explainCommand(table, key) };
  },
  render({ explain }, { query }): Markup {
    if (explain.argv.length === 0)
      return html`<p>The address names no row. <a href="/search">Search for one.</a></p>`;
    const json = explain.json as ExplainAnswer | null;
    if (json === null) return html``;
    const key = query.getAll('key');
    return html`<p class="row-name"><strong>${json.table}</strong> <code>${key.join(', ')}</code></p>
${json.problems.map(({ path, message }) => html`<p class="problem">${path}: ${message}</p>`)}${
  json.found
    ? json.places.map((place, at) => onePlace(json, place, at))
    : html`<p class="notice">The row was not found in any tier.</p><ul>${json.traces.map((trace) => html`<li>${trace}</li>`)}</ul>`
}${unitList(json)}${actions(json, key)}`;
  },
};

function onePlace(json: ExplainAnswer, place: ExplainAnswer['places'][number], at: number): Markup {
  const several = json.places.length > 1;
  const life =
    place.same_row === false
      ? 'Another row with this key, archived before'
      : place.same_row === true
        ? 'Its archived copy: it was restored'
        : 'In the archive';
  const reasons = [
    ...place.kept.map((reason) => html`<li>${reason}</li>`),
    ...(place.tier === 'hot' ? json.referred_by : []).map(
      ({ table, key }) =>
        html`<li>it stays while <a href="${rowAddress(table, key)}">${table} ${key.join(', ')}</a> is in the database, because that row refers to it</li>`,
    ),
  ];
  return html`<section class="place" aria-label="${several ? `Place ${at + 1}` : 'Place'}">${
    several ? html`<h2>${place.tier === 'hot' ? 'In the database' : life}</h2>` : null
  }${lifeLine(place, json.policy)}
${place.path === null ? null : html`<p class="faint small">File <code>${place.path}</code>, archived ${when(place.since)}</p>`}
${reasons.length === 0 ? null : html`<h3>What keeps it</h3><ul>${reasons}</ul>`}
<h3>Cells</h3>${cellList(place.row)}</section>`;
}

function unitList({ unit }: ExplainAnswer): Markup | null {
  if (unit === null) return null;
  const { parent, children } = unit;
  return html`<h2>Unit</h2><ul>${
    parent === null
      ? null
      : html`<li>belongs to <a href="${rowAddress(parent.table, parent.key)}">${parent.table} ${parent.key.join(', ')}</a> (${parent.tier ?? 'not found in any tier'})</li>`
  }${children.map(
    ({ table, hot, warm, cold }) =>
      html`<li>${table}: ${hot + warm + cold} rows belong to it (${hot} hot, ${warm} warm, ${cold} cold)</li>`,
  )}</ul>`;
}

function actions({ table, places, key_columns }: ExplainAnswer, key: readonly string[]): Markup {
  const { where } = itemOf(table, key_columns, key);
  const holdQuery = new URLSearchParams([
    ['table', table],
    ...where.map((one): [string, string] => ['where', one]),
  ]);
  const row = places[0]?.row ?? {};
  const linked = OF_ONE_RUN.flatMap((column) => {
    const value = row[column];
    return typeof value === 'string' && value !== '' ? [[column, value] as const] : [];
  });
  const restores =
    places.some(({ tier }) => tier !== 'hot') && NAVIGATION.some(([path]) => path === '/restore');
  return html`<p class="small">${linked.map(
    ([column, value]) =>
      html`<a href="${`/timeline?${new URLSearchParams({ of: `${column}=${value}` })}`}">Timeline of this ${column}</a> · <a href="${`/search?${new URLSearchParams({ where: `${column}=${value}`, order: 'oldest' })}`}">All rows with this ${column}</a> · `,
  )}${restores ? html`<a href="${rowAddress(table, key, '/restore')}">Restore this row</a> · ` : null}<a href="${`/holds?${holdQuery}`}">Hold this row</a></p>`;
}
