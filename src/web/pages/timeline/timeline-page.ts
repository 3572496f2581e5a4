import { plural } from '../../../operate/amounts.ts';
import { cellText } from '../../frame/cell-text.ts';
import { html, type Markup, trusted } from '../../frame/markup.ts';
import type { Page } from '../../frame/page.ts';
import { scrolling } from '../../frame/scrolling.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import { when } from '../../frame/when.ts';
import { rowAddress } from '../row/row-address.ts';

/** What the page reads of `firn timeline --json`. */
interface TimelineJson {
  readonly count: number;
  readonly entries: readonly {
    readonly time: string | null;
    readonly tier: string;
    readonly table: string;
    readonly key: readonly string[] | null;
    readonly depth: number;
    /** It does not match itself: a row that does refers to it. */
    readonly followed: boolean;
    readonly failed: boolean;
    readonly row: Readonly<Record<string, unknown>>;
  }[];
}

/** More rows are of no use on a page. */
const MOST = 1000;
const DEEPEST = 8;
/** Of a row's line: so many cells, none of them longer. */
const MOST_CELLS = 4;
const MOST_SIGNS = 120;

/** All rows of one execution, task or the like, of all tables and tiers, in the order of time. */
export const timelinePage: Page<'timeline'> = {
  path: '/timeline',
  title: 'Timeline',
  commands({ query }) {
    const of = (query.get('of') ?? '').trim();
    return { timeline: of === '' ? null : ['timeline', '--json', '--limit', String(MOST), '--', of] };
  },
  render({ timeline }, { query }): Markup {
    const json = timeline.json as TimelineJson | null;
    return html`<form class="fields"><label class="wide">Rows where <input name="of" required class="code" value="${query.get('of') ?? ''}" placeholder="execution_id=9f1c…"></label><button class="primary">Show</button></form>${
      json === null ? null : found(json)
    }`;
  },
};

function found({ count, entries }: TimelineJson): Markup {
  if (entries.length === 0) return html`<p>No rows found.</p>`;
  const failures = entries.filter(({ failed }) => failed).length;
  return html`<p>${count < MOST ? '' : 'The first '}${plural(count, 'row')}${failures === 0 ? '' : html`, <strong>${plural(failures, 'failure')}</strong>`}.</p>
${scrolling(
  'Timeline',
  html`<table><thead><tr><th>Time</th><th>Tier</th><th>Table</th><th>Row</th></tr></thead><tbody>${entries.map(entryRow)}</tbody></table>`,
)}`;
}

function entryRow(entry: TimelineJson['entries'][number]): Markup {
  const { time, tier, table, key, depth, followed, failed, row } = entry;
  const text = inShort(row) || (key?.join(', ') ?? 'row');
  const indent = trusted(` class="text depth${Math.min(depth, DEEPEST)}"`);
  return html`<tr><td>${when(time)}</td><td>${tierBadge(tier)}</td><td>${table}${followed ? html` <span class="faint" title="A row of the timeline refers to it">referred to</span>` : null}</td>
<td${indent}>${failed ? html`<strong class="failed">failed</strong> ` : null}${
    key === null ? text : html`<a href="${rowAddress(table, key)}" data-drawer>${text}</a>`
  }</td></tr>`;
}

/** Some of what the row says: short cells that name nothing else. */
function inShort(row: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(row).flatMap(([column, value]) => {
    const text = typeof value === 'string' ? (cellText(value) ?? '') : '';
    const says = text !== '' && text.length <= MOST_SIGNS && !/(?:^|_)(?:id|at|time|timestamp)$/.test(column);
    return says ? [text.replace(/\s+/g, ' ')] : [];
  });
  return texts.slice(0, MOST_CELLS).join(' · ');
}
