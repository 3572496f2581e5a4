import { formatBytes } from '../../../operate/amounts.ts';
import { cellText } from '../../frame/cell-text.ts';
import { html, type Markup } from '../../frame/markup.ts';

/** A longer value is folded. In characters. */
const FOLDED_FROM = 500;
/** A browser lays out more only slowly; the page's JSON has all. In characters. */
const MOST_SIGNS = 200_000;

/** All cells of a row; JSON and long values can be folded out. */
export function cellList(row: Readonly<Record<string, unknown>>): Markup {
  return html`<dl class="cells">${Object.entries(row).map(
    ([column, value]) => html`<dt>${column}</dt><dd>${cell(value)}</dd>`,
  )}</dl>`;
}

function cell(value: unknown): Markup {
  const text = cellText(value);
  if (text === null) return html`<span class="null">NULL</span>`;
  const shown = typeof value === 'string' ? (indented(text) ?? text) : text;
  const size = formatBytes(Buffer.byteLength(text));
  const content =
    shown.length > MOST_SIGNS
      ? html`${shown.slice(0, MOST_SIGNS)}… (${size} in all: see the JSON of this page)`
      : html`${shown}`;
  if (shown === text && text.length <= FOLDED_FROM) return content;
  return html`<details><summary>${text.slice(0, 100)}${text.length > 100 ? '…' : ''} (${size})</summary><pre tabindex="0">${content}</pre></details>`;
}

/** A text that is a JSON object or list, indented; null for any other. */
function indented(text: string): string | null {
  if (!/^\s*[[{]/.test(text) || text.length > MOST_SIGNS) return null;
  try {
    // A number is written as JavaScript reads it: where that would change one, the text stays as it is.
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text.trim() ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}
