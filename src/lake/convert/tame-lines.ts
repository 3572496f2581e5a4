import type { LakeColumn } from '../../format/lake/lake-file.ts';
import { NUMBER_TEXT } from './exact-cells.ts';
import { type LakeSchema, type LineShape, schemaOf } from './lake-schema.ts';

/** What the text of a cell of a column begins with when DuckDB reads it into the column as it is. */
function tameValue({ kind, any }: LakeColumn): string {
  switch (kind) {
    case 'INT64':
      return '-?\\d{1,19}[,}]';
    case 'DOUBLE':
      return '-?\\d+\\.\\d+(?:[eE][+-]?\\d+)?[,}]';
    case 'BYTE_ARRAY':
      return '\\{"\\$blob":"';
    case 'UTF8':
      return any === true ? `${NUMBER_TEXT}[,}]|"(?!${NUMBER_TEXT}")` : '"';
  }
}

/**
 * Tells blocks of lines of one segment whose cells all stand in their columns exactly when DuckDB reads them: no cell of another kind than its
 * column, none that goes to `_exact`. Null when names of its columns are such that only a reader of each line can tell.
 *
 * A key stands behind `{` or `,`, and no text has `"` without a backslash before it. So a key is found by a regular expression, in the bytes.
 */
export function tameTest(shape: LineShape, schema: LakeSchema): ((block: Buffer) => boolean) | null {
  const own = schemaOf([shape]).columns;
  const keys = new Set(shape.columns.map(({ name }) => name));
  const isPlain = own.length >= keys.size && own.every(({ name }) => /^[^\0-\x1f"\\\x7f]+$/.test(name));
  // Every key has a column of its very name.
  const columns = own.map(({ name }) => schema.columns.find((column) => column.name === name));
  if (!isPlain || columns.some((column) => column === undefined)) return null;
  if ([...keys].some((key) => !own.some(({ name }) => name === key))) return null;
  const byValue = Map.groupBy(columns as LakeColumn[], tameValue);
  const kinds = [...byValue].map(
    ([value, some]) => `(?:${some.map(({ name }) => bytesOf(name)).join('|')})":(?!null|${value})`,
  );
  const wild = new RegExp(`[{,]"(?:${kinds.join('|')})|\\\\u0000`);
  return (block) => hasKeys(block, own) && !wild.test(block.toString('latin1'));
}

/** A name as a regular expression over bytes that are read as Latin-1. */
function bytesOf(name: string): string {
  return Buffer.from(name)
    .toString('latin1')
    .replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Whether the first line has the columns and no others; all lines of a segment have the same keys. */
function hasKeys(block: Buffer, columns: readonly LakeColumn[]): boolean {
  const keys = Object.keys(JSON.parse(block.toString('utf8', 0, block.indexOf(10))));
  return keys.length === columns.length && columns.every(({ name }) => keys.includes(name));
}
