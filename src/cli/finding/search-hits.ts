import type { SqlValue } from '../../format/line/line.ts';
import { answerText, exactRow } from '../../library/answers/finding/exact-row.ts';
import { columnOf, hitPlace, pickedRow } from '../../library/answers/finding/search-answer.ts';
import { cellText, csvLine } from '../../library/work/rows/csv.ts';
import { type Hit, rowOf } from '../../lookup/search/hit.ts';

/**
 * A hit as one line of JSON; the row stands in it byte for byte as it is archived.
 * @param columns those of the row that are wanted; null: all.
 */
export function hitJson(hit: Hit, columns: readonly string[] | null = null): Buffer {
  const line = columns === null ? hit.line : Buffer.from(answerText(exactRow(pickedRow(hit, columns))));
  const row = Buffer.from(line.buffer, line.byteOffset, line.at(-1) === 0x0a ? line.length - 1 : line.length);
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(hitPlace(hit)).slice(0, -1)},"row":`),
    row,
    Buffer.from('}'),
  ]);
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
