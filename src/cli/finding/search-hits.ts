import { InvalidText, type Row, type SqlValue } from '../../format/line/line.ts';
import { encodeValue, valueText } from '../../format/line/line-encode.ts';
import { type Hit, rowOf } from '../../lookup/search/hit.ts';
import { formatInstant } from '../../model/instant.ts';

/** A hit as one line of JSON; the row stands in it byte for byte as it is archived. */
export function hitJson({ table, tier, time, segment, sameKeyInHot, line }: Hit): Buffer {
  const mark = sameKeyInHot ? { same_key_in_database: true } : {};
  const about = { table, tier, time: time === null ? null : formatInstant(time), segment, ...mark };
  const row = Buffer.from(line.buffer, line.byteOffset, line.at(-1) === 0x0a ? line.length - 1 : line.length);
  return Buffer.concat([Buffer.from(`${JSON.stringify(about).slice(0, -1)},"row":`), row, Buffer.from('}')]);
}

const PLACE = ['_table', '_tier'] as const;

/** CSV (RFC 4180): a header from the first row, then every row under it. */
export class CsvRows {
  /** Columns met later, for which there is no place. */
  readonly missing: Set<string> = new Set();
  #columns: readonly string[] | null = null;

  row(hit: Hit): string {
    const row = rowOf(hit);
    let header = '';
    if (this.#columns === null) {
      this.#columns = Object.keys(row);
      header = csvLine([...PLACE, ...this.#columns]);
    }
    for (const column of Object.keys(row)) if (!this.#columns.includes(column)) this.missing.add(column);
    return (
      header + csvLine([hit.table, hit.tier, ...this.#columns.map((column) => cellText(row[column] ?? null))])
    );
  }
}

/** NULL is an empty cell, an empty text two quotes; blobs and text that is not UTF-8 are hexadecimal behind `\x`. */
export function cellText(value: SqlValue): string | null {
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof InvalidText) return `\\x${Buffer.from(value.bytes).toString('hex')}`;
  return valueText(value);
}

export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(text: string | null): string {
  if (text === null) return '';
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row for `context.json`: values as they are archived, 64-bit integers with all their digits. */
export function jsonRow(row: Row): Record<string, unknown> {
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
