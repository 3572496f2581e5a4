import type { Row } from '../../../format/line/line.ts';
import { encodeValue } from '../../../format/line/line-encode.ts';

/** Marks rows in answers, whatever columns they have. */
const ROW = Symbol('firn.row');

/**
 * The row with exact values, which `JSON.stringify` writes as the command line prints it: integers with all digits, what JSON
 * cannot say as `{"$blob": "…"}`, `{"$text": "…"}` or `{"$real": "…"}`.
 * @internal
 */
export function exactRow(row: Row): Row {
  const hidden = { value: () => rawRow(row) };
  Object.defineProperty(row, ROW, hidden);
  // A column of this name is printed all the same: see `answerText`.
  if (!Object.hasOwn(row, 'toJSON')) Object.defineProperty(row, 'toJSON', hidden);
  return row;
}

/** An answer as the command line prints it. @internal */
export function answerText(answer: unknown, indent = 0): string {
  return JSON.stringify(
    answer,
    (_, value) =>
      typeof value === 'object' && value !== null && ROW in value ? rawRow(value as Row) : value,
    indent,
  );
}

function rawRow(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const text = encodeValue(value);
      return [column, text.startsWith('{') ? JSON.parse(text) : rawJson(text)];
    }),
  );
}

/** A primitive that JSON.stringify writes as it stands; TypeScript does not know of it yet. */
function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}
