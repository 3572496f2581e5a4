import { sqlValueJson, sqlValueText } from '../../library/answers/finding/sql-row.ts';
import { csvLine } from '../../library/work/rows/csv.ts';
import type { Style } from '../terminal/style.ts';
import { renderTable } from '../terminal/table.ts';
import { bytesWords, visible } from '../terminal/visible.ts';

type Columns = readonly { readonly name: string; readonly type: string }[];

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|DOUBLE|FLOAT|DECIMAL)/;

/** Rows of an answer as a table. */
export function answerTable(
  columns: Columns,
  rows: readonly (readonly unknown[])[],
  style: Style,
  width: number,
  cut = false,
): string {
  const layout = columns.map(({ name, type }) => ({
    title: visible(name),
    align: NUMBER.test(type) ? ('right' as const) : ('left' as const),
  }));
  const cells = rows.map((row) => row.map(wordsOf));
  const count = `${cut ? 'The first ' : ''}${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return `${renderTable(layout, cells, style, width)}\n\n${count}`;
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
