import type { Row, SqlValue } from '../../format/line/line.ts';
import { ENDS, isFailedRow } from '../../lookup/read/row-end.ts';
import { valueWords, visible } from '../terminal/visible.ts';

/** What a row is called, what it says, how it ended: the first of each that it has, in this order. */
const NAMES = [
  'skill_name',
  'tool',
  'event_type',
  'entry_type',
  'category',
  'name',
  'type',
  'kind',
  'action',
];
const WORDS = [
  'summary',
  'human_summary',
  'input_summary',
  'description',
  'message',
  'title',
  'words',
  'text',
  'payload',
];
const REASONS = ['error_message', 'block_reason'];

const LONGEST = 200;

/** A row in one line, and whether it tells of a failure. */
export function summarize(row: Row): { readonly text: string; readonly failed: boolean } {
  const name = first(row, NAMES);
  const end = first(row, ENDS);
  const why = first(row, REASONS);
  const failed = isFailedRow(row);
  const said = why ?? first(row, WORDS);
  const parts = [name, failed ? (end ?? 'failed') : null, said].filter((part) => part !== null);
  return { text: oneLine(parts.length > 0 ? parts.join(' · ') : pairs(row)), failed };
}

function first(row: Row, columns: readonly string[]): string | null {
  for (const column of columns) {
    const text = words(row[column] ?? null);
    if (text !== null && text !== '') return text;
  }
  return null;
}

function pairs(row: Row): string {
  return Object.entries(row)
    .slice(1)
    .flatMap(([column, value]) => (value === null ? [] : [`${visible(column)}=${words(value)}`]))
    .join(' ');
}

/** A value on one line, and not endless. */
function words(value: SqlValue): string | null {
  if (typeof value !== 'string') return valueWords(value);
  return visible(value.slice(0, LONGEST * 4).replace(/\s+/g, ' '));
}

function oneLine(text: string): string {
  const line = text.trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}
