import { bundleOf } from '../../archive/stored-segment.ts';
import { InvalidText, type Row, type SqlValue } from '../../format/line/line.ts';
import { type ColumnReader, columnReader } from '../../format/line/line-columns.ts';
import { encodeValue, valueText } from '../../format/line/line-encode.ts';
import { warmPath } from '../../format/segment-names.ts';
import { conditionText } from '../../lookup/read/kin.ts';
import { type Hit, rowOf } from '../../lookup/search/hit.ts';
import { formatInstant } from '../../model/instant.ts';
import { columnOf } from '../input/shown-columns.ts';

/**
 * A hit as one line of JSON; the row stands in it byte for byte as it is archived.
 * @param columns those of the row that are wanted; null: all.
 */
export function hitJson(hit: Hit, columns: readonly string[] | null = null): Buffer {
  const { table, tier, time, segment, keyColumns, sameKeyInHot } = hit;
  const line = columns === null ? hit.line : pickedLine(hit, columns);
  const mark = sameKeyInHot ? { same_key_in_database: true } : {};
  const about = {
    ...{ table, tier, time: time === null ? null : formatInstant(time), segment },
    path: segment === null ? null : tier === 'warm' ? warmPath(segment) : bundleOf(segment),
    ...{ key: keyOf(hit.line, keyColumns), ...mark },
  };
  const row = Buffer.from(line.buffer, line.byteOffset, line.at(-1) === 0x0a ? line.length - 1 : line.length);
  return Buffer.concat([Buffer.from(`${JSON.stringify(about).slice(0, -1)},"row":`), row, Buffer.from('}')]);
}

/** Kept from hit to hit: those of a table have the same columns. */
const keyReaders = new WeakMap<readonly string[], ColumnReader>();

/** The values of the primary key as `firn explain` takes them; null without a key, or where no condition can say it. */
function keyOf(line: Uint8Array, columns: readonly string[]): string[] | null {
  if (columns.length === 0) return null;
  const read = keyReaders.get(columns) ?? columnReader(columns);
  keyReaders.set(columns, read);
  const values = read(line);
  const isKey = (value: SqlValue | undefined): value is Exclude<SqlValue, null | InvalidText> =>
    value !== undefined && value !== null && !(value instanceof InvalidText);
  return values.every(isKey) ? values.map(conditionText) : null;
}

function pickedLine(hit: Hit, columns: readonly string[]): Buffer {
  const row = rowOf(hit);
  const pairs = columns.flatMap((column) => {
    const found = columnOf(row, column);
    return found === undefined ? [] : [`${JSON.stringify(found.name)}:${encodeValue(found.value)}`];
  });
  return Buffer.from(`{${pairs.join(',')}}`);
}

const PLACE = ['_table', '_tier'] as const;

/** CSV (RFC 4180): a header from the first row, then every row under it. */
export class CsvRows {
  /** Columns met later, for which there is no place. */
  readonly missing: Set<string> = new Set();
  #columns: readonly string[] | null;
  readonly #chosen: boolean;
  #began = false;

  /** @param columns those that are wanted; null: those of the first row. */
  constructor(columns: readonly string[] | null = null) {
    this.#columns = columns;
    this.#chosen = columns !== null;
  }

  row(hit: Hit): string {
    const row = rowOf(hit);
    let header = '';
    this.#columns ??= Object.keys(row);
    const columns = this.#columns;
    if (!this.#began) header = csvLine([...PLACE, ...columns]);
    this.#began = true;
    if (!this.#chosen)
      for (const column of Object.keys(row)) if (!columns.includes(column)) this.missing.add(column);
    const value = (column: string): SqlValue =>
      (this.#chosen ? columnOf(row, column)?.value : row[column]) ?? null;
    return header + csvLine([hit.table, hit.tier, ...columns.map((column) => cellText(value(column)))]);
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
