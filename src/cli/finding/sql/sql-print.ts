import type { SqlAnswer } from '../../../lookup/sql/session.ts';
import { stopIfTold, stopOn } from '../../../model/stop.ts';
import type { Context } from '../../frame/context.ts';
import { answerCsv, answerJson, answerLine, answerTable } from './sql-answer.ts';

export const FORMATS = ['table', 'jsonl', 'json', 'csv', 'line'] as const;
export type Format = (typeof FORMATS)[number];

type Printed = Pick<SqlAnswer, 'columns' | 'rows'>;

const MOST_IN_TABLE = 1_000;

/** Prints the rows of an answer as they come; of a table, the first thousand. */
export async function printAnswer(context: Context, found: Printed, format: Format): Promise<void> {
  if (format === 'table') await printTable(context, found);
  else await printRows(context, found, format);
}

async function printTable(context: Context, { columns, rows }: Printed): Promise<void> {
  const first: (readonly unknown[])[] = [];
  for await (const piece of rows) {
    for (const row of piece) first.push(row);
    if (first.length > MOST_IN_TABLE) break;
  }
  const cut = first.length > MOST_IN_TABLE;
  const { text, left } = answerTable(
    columns,
    first.slice(0, MOST_IN_TABLE),
    context.style,
    context.width,
    cut,
  );
  context.print(text);
  if (cut)
    context.note(`The result has more than ${MOST_IN_TABLE} rows. Pass --format jsonl to print all of them.`);
  if (left.length > 0)
    context.note(`Columns that do not fit: ${left.join(', ')}. Pass --format line to print all of them.`);
}

async function printRows(
  context: Context,
  { columns, rows }: Printed,
  format: Exclude<Format, 'table'>,
): Promise<void> {
  const { stdout, signal } = context.io;
  if (format === 'csv') stdout.write(answerCsv(columns.map(({ name }) => name)));
  if (format === 'json') stdout.write('[');
  let count = 0;
  const text = (row: readonly unknown[]): string => {
    const isFirst = count++ === 0;
    if (format === 'csv') return answerCsv(row);
    if (format === 'line') return `${isFirst ? '' : '\n'}${answerLine(columns, row)}`;
    const object = answerJson(columns, row);
    return format === 'jsonl' ? `${object}\n` : `${isFirst ? '' : ','}\n  ${object}`;
  };
  for await (const piece of rows) {
    stdout.write(piece.map(text).join(''));
    await stdout.drained();
    stopIfTold(stopOn(signal), { operation: 'print the result' });
  }
  if (format === 'json') stdout.write(count === 0 ? ']\n' : '\n]\n');
}
