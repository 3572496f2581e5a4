import { sqlValueJson, sqlValueText } from '../../../library/answers/finding/sql-row.ts';
import { csvLine } from '../../../library/work/rows/csv.ts';
import type { Style } from '../../terminal/style.ts';
import { columnsThatFit, renderTable } from '../../terminal/table.ts';
import { bytesWords, visible } from '../../terminal/visible.ts';

type Columns = readonly { readonly name: string; readonly type: string }[];

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DOUBLE|FLOAT|DECIMAL)/;

/** Rows of an answer as a table, with as many columns as fit, and the names of those that do not. */
export function answerTable(
  columns: Columns,
  rows: readonly (readonly unknown[])[],
  style: Style,
  width: number,
  cut = false,
): { readonly text: string; readonly left: readonly string[] } {
  const layout = columns.map(({ name, type }) => ({
    title: visible(name),
    align: NUMBER.test(type) ? ('right' as const) : ('left' as const),
  }));
  const cells = rows.map((row) => row.map(wordsOf));
  const fitting = columnsThatFit(layout, cells, width);
  const count = `${cut ? 'The first ' : ''}${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  const shown = cells.map((row) => row.slice(0, fitting));
  return {
    text: `${renderTable(layout.slice(0, fitting), shown, style, width)}\n\n${count}`,
    left: layout.slice(fitting).map(({ title }) => title),
  };
}

/** Each value of a row on a line of its own, behind the name of its column. */
export function answerLine(columns: Columns, row: readonly unknown[]): string {
  const widest = Math.max(0, ...columns.map(({ name }) => visible(name).length));
  return columns
    .map(({ name }, at) => `${visible(name).padStart(widest)} = ${visible(sqlValueText(row[at]) ?? '–')}\n`)
    .join('');
}

function wordsOf(value: unknown): string {
  if (value instanceof Uint8Array) return bytesWords(value);
  return visible((sqlValueText(value) ?? '–').replace(/[\t\n\r]+/g, ' '));
}

/** One row as a JSON object. Integers have all their digits; what is no number in JSON is a text. */
export function answerJson(columns: Columns, row: readonly unknown[]): string {
  const members = columns.map(({ name }, at) => `${JSON.stringify(name)}:${sqlValueJson(row[at])}`);
  return `{${members.join(',')}}`;
}

export function answerCsv(row: readonly unknown[]): string {
  return csvLine(row.map(sqlValueText));
}
