import { InvalidText, type SqlValue } from '../../../format/line/line.ts';
import { valueText } from '../../../format/line/line-encode.ts';

/** NULL is an empty cell, an empty text two quotes; blobs and text that is not UTF-8 are hexadecimal behind `\x`. */
export function cellText(value: SqlValue): string | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof InvalidText) return `\\x${Buffer.from(value.bytes).toString('hex')}`;
  return valueText(value);
}

/** A line of CSV (RFC 4180). */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
