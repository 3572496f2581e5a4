import { html, type Markup, trusted } from '../../frame/markup.ts';
import { scrolling } from '../../frame/scrolling.ts';

/** A cell beyond this is cut; in characters. */
const MOST_CHARACTERS = 2000;

export function resultTable(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Markup {
  if (rows.length === 0) return html``;
  return scrolling(
    'Result',
    html`<table><thead><tr>${columns.map((name) => html`<th${typeof rows[0]?.[name] === 'number' ? trusted(' class="number"') : null}>${name}</th>`)}</tr></thead><tbody>${rows.map(
      (row) => html`<tr>${columns.map((name) => resultCell(row[name]))}</tr>`,
    )}</tbody></table>`,
  );
}

function resultCell(value: unknown): Markup {
  if (value === null || value === undefined) return html`<td><span class="null">NULL</span></td>`;
  if (typeof value === 'number') return html`<td class="number">${value}</td>`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return html`<td class="text">${text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}… (${text.length} characters)` : text}</td>`;
}
