import { DAY_MS } from '../../../model/duration.ts';
import { formatBytes, plural } from '../../../operate/amounts.ts';
import { html, type Markup } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';
import type { Amount, Measure } from './listing.ts';

const STEP = 13;
const SIZE = 11;
const LEFT = 30;
const TOP = 16;
const LEVELS = 5;
/** Weeks before the last day: a year and what is left of its first week. */
const WEEKS = 53;

/** A year of days as a heat map, a column a week from Monday; each day with files leads to them. */
export function calendar(
  days: ReadonlyMap<string, Amount>,
  last: string,
  measure: Measure,
  hrefOf: (day: string) => string,
): Markup {
  const end = Date.parse(`${last}T00:00:00Z`);
  const weekday = (new Date(end).getUTCDay() + 6) % 7;
  const start = end - ((WEEKS - 1) * 7 + weekday) * DAY_MS;
  const highest = Math.max(1, ...[...days.values()].map((amount) => amount[measure]));
  const cells: Markup[] = [];
  const months: Markup[] = [];
  for (let at = start; at <= end; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    const index = Math.round((at - start) / DAY_MS);
    const [x, y] = [LEFT + Math.floor(index / 7) * STEP, TOP + (index % 7) * STEP];
    if (day.endsWith('-01')) months.push(html`<text x="${x}" y="11">${day.slice(0, 7)}</text>`);
    cells.push(cell(day, days.get(day), highest, measure, x, y, hrefOf));
  }
  const width = LEFT + WEEKS * STEP;
  return scrolling(
    'Calendar',
    html`<svg class="calendar" viewBox="0 0 ${width} ${TOP + 7 * STEP}" width="${width}" role="group" aria-label="Archived ${measure} by day, up to ${last}">
${['Mon', 'Wed', 'Fri'].map((name, at) => html`<text x="0" y="${TOP + at * 2 * STEP + 10}">${name}</text>`)}${months}${cells}</svg>`,
  );
}

function cell(
  day: string,
  amount: Amount | undefined,
  highest: number,
  measure: Measure,
  x: number,
  y: number,
  hrefOf: (day: string) => string,
): Markup {
  const box = (level: string): Markup =>
    html`<rect class="${level}" x="${x}" y="${y}" width="${SIZE}" height="${SIZE}" rx="2"/>`;
  if (amount === undefined) return box('none');
  // Square root: a day of a tenth is still told from an empty one.
  const level = Math.max(1, Math.ceil(Math.sqrt(amount[measure] / highest) * LEVELS));
  const told = `${day}: ${plural(amount.rows, 'row')}, ${formatBytes(amount.bytes)} in ${plural(amount.files, 'file')}`;
  const tier = amount.cold > amount.warm ? 'cold' : 'warm';
  return html`<a href="${hrefOf(day)}" aria-label="${told}"><title>${told}</title>${box(`${tier} level${level}`)}</a>`;
}
