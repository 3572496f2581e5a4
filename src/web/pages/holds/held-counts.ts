import type { HoldAnswer } from '../../../library/answers/keeping/hold-answer.ts';
import { formatCount } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { TIERS, type Tier } from '../../frame/tier-bars.ts';

interface CountedHold extends HoldAnswer {
  readonly rows: Readonly<Record<Tier | 'total', number>> & { readonly exact: boolean };
}

/** How many rows each hold keeps. The files that may hold such rows are read, so the page Holds loads it after itself. */
export const heldCounts: Page<'holds'> = {
  path: '/holds/counts',
  title: 'Held rows',
  commands: () => ({ holds: ['hold', 'list', '--count', '--json'] }),
  render({ holds }): Markup {
    const counted = holds.json as readonly CountedHold[] | null;
    if (counted === null) return html``;
    return html`<div id="counts">${scrolling(
      'Held rows',
      html`<table><caption>Rows that each hold keeps</caption><thead><tr><th class="number">Hold</th><th>Table</th>${TIERS.map((tier) => html`<th class="number">${tier}</th>`)}<th class="number">Rows</th></tr></thead>
<tbody>${counted.map(
        ({ id, table, rows }) =>
          html`<tr><th scope="row" class="number">${id}</th><td>${table}</td>${TIERS.map(
            (tier) => html`<td class="number">${formatCount(rows[tier])}</td>`,
          )}<td class="number">${rows.exact ? '' : 'at least '}${formatCount(rows.total)}</td></tr>`,
      )}</tbody></table>`,
    )}</div>`;
  },
};
