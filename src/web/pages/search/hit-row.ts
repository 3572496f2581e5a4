import { formatBytes } from '../../../operate/amounts.ts';
import { cellText } from '../../frame/cell-text.ts';
import { marked } from '../../frame/marked.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { tierBadge } from '../../frame/tier-bars.ts';
import { when } from '../../frame/when.ts';
import { itemOf, itemText } from '../basket/basket-item.ts';
import { rowAddress } from '../row/row-address.ts';
import type { Found, HitJson, LargeHit } from './hit-lines.ts';
import type { SearchQuery } from './search-query.ts';

/** Cells of a hit that are shown in its line, and of each this many characters. */
const MOST_CELLS = 6;
const MOST_SIGNS = 120;

/** The id of the form that takes chosen rows to the page Restore. */
export const BASKET = 'basket';

/** One line of the list of hits. */
export function hitRow(found: Exclude<Found, { readonly report: unknown }>, query: SearchQuery): Markup {
  return 'hit' in found ? smallHit(found.hit, query) : largeHit(found.large);
}

function smallHit(hit: HitJson, query: SearchQuery): Markup {
  const sought = soughtTexts(query);
  const texts = Object.entries(hit.row).flatMap(([column, value]): [string, string][] => {
    const text = cellText(value);
    const isShown = text !== null && text !== '' && !hit.key?.includes(text) && column !== '_archived_at';
    return isShown ? [[column, text]] : [];
  });
  const isSought = (text: string): boolean =>
    sought.some((needle) => text.toLowerCase().includes(needle.toLowerCase()));
  // What matched is seen first; the other columns keep their order.
  const ordered = [
    ...texts.filter(([, text]) => isSought(text)),
    ...texts.filter(([, text]) => !isSought(text)),
  ];
  return line(
    hit,
    html`<td class="text">${ordered
      .slice(0, MOST_CELLS)
      .map(
        ([column, text]) =>
          html`<span class="cell"><span class="faint">${column}</span> ${marked(text.replace(/\s+/g, ' '), sought, MOST_SIGNS)}</span> `,
      )}</td>`,
  );
}

function largeHit({ about, bytes }: LargeHit): Markup {
  const told = html`<td class="text">This row is ${formatBytes(bytes)} large and is not shown here. Download it as JSON Lines, or run the command.</td>`;
  return about === null
    ? html`<tr><td></td><td>–</td><td>–</td><td>–</td><td>–</td>${told}</tr>\n`
    : line(about, told);
}

function line(hit: Omit<HitJson, 'row'>, content: Markup): Markup {
  const { table, tier, time, key, same_key_in_database } = hit;
  const name = key === null ? null : key.join(', ');
  return html`<tr><td>${picker(hit)}</td><td>${when(time)}</td><td>${tierBadge(tier)}${
    same_key_in_database === true
      ? html` <abbr title="The database has another row with this key">*</abbr>`
      : null
  }</td><td>${table}</td><td class="text key">${
    name === null || key === null
      ? html`<span class="faint">no key</span>`
      : html`<a href="${rowAddress(table, key)}" data-drawer>${name === '' ? '(empty)' : cut(name)}</a>`
  }</td>${content}</tr>\n`;
}

/** Puts an archived row into the basket of the form below the list. */
function picker({ table, tier, key, key_columns }: Omit<HitJson, 'row'>): Markup | null {
  if (key === null || tier === 'hot') return null;
  const item = itemText(itemOf(table, key_columns, key));
  return html`<input type="checkbox" form="${BASKET}" name="item" value="${item}" aria-label="Restore ${table} ${key.join(', ')}">`;
}

function cut(name: string): string {
  return name.length > 40 ? `${name.slice(0, 39)}…` : name;
}

/** Texts that the conditions look for. */
function soughtTexts({ text, where }: SearchQuery): string[] {
  const values = where.flatMap((condition) => /^[^=!<>~]+[=~](.{2,})$/s.exec(condition)?.[1] ?? []);
  return text === '' ? values : [text, ...values];
}
