import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';

/**
 * A row as text that is equal only for rows of the same columns, types and content; columns by name. Written without
 * anything of Firn's own, as `reader.py` beside it is: what both say must be so.
 *
 * A cell is `n`, `i12`, `r` with the IEEE bytes, `t` with the text, `x` with bytes that are not UTF-8, or `b` with a
 * blob's bytes; long ones by their digest.
 */
export function canonicalRow(cells: readonly (readonly [column: string, cell: string])[]): string {
  return JSON.stringify([...cells].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function integerCell(value: bigint): string {
  return `i${value}`;
}

export function realCell(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `r${bytes.toString('hex')}`;
}

/** Bytes of a TEXT value, or of a BLOB (`b`). */
export function bytesCell(kind: 't' | 'b', bytes: Uint8Array): string {
  if (bytes.length > 1000) {
    return `${kind}#${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (kind === 'b') return `b${buffer.toString('hex')}`;
  const text = buffer.toString('utf8');
  return Buffer.from(text).equals(buffer) ? `t${text}` : `x${buffer.toString('hex')}`;
}

/** Every row of a table in a database, canonical, without generated columns; sorted. None when there is no such table. */
export function rowsOfTable(path: string, table: string): string[] {
  using database = new DatabaseSync(path, { readBigInts: true, timeout: 10_000 });
  return Array.from(cellsOfTable(database, table), canonicalRow).sort();
}

/** The cells of every row of a table, without generated columns. `database` must read integers as bigints. */
export function* cellsOfTable(
  database: DatabaseSync,
  table: string,
): Generator<[column: string, cell: string][]> {
  const columns = database
    .prepare('SELECT name FROM temp.pragma_table_xinfo(?) WHERE hidden = 0')
    .all(table)
    .map(({ name }) => String(name));
  if (columns.length === 0) return;
  const encoding = String(Object.values(database.prepare('PRAGMA encoding').get()!)[0]);
  const values = columns.flatMap((name) => {
    const column = `"${name.replaceAll('"', '""')}"`;
    return [
      `typeof(${column})`,
      `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`,
    ];
  });
  // Wide tables: the result of a statement has at most 2,000 columns, and these are twice as many as the table's.
  const statement = database.prepare(`SELECT ${values.join(', ')} FROM "${table.replaceAll('"', '""')}"`);
  statement.setReturnArrays(true);
  for (const row of statement.iterate() as unknown as Iterable<
    (bigint | number | string | Uint8Array | null)[]
  >) {
    yield columns.map((name, at) => [name, cellOf(String(row[2 * at]), row[2 * at + 1], encoding)]);
  }
}

function cellOf(type: string, value: unknown, encoding: string): string {
  switch (type) {
    case 'integer':
      return integerCell(value as bigint);
    case 'real':
      return realCell(value as number);
    case 'text':
      return bytesCell('t', utf8((value as Uint8Array | null) ?? new Uint8Array(), encoding));
    case 'blob':
      return bytesCell('b', (value as Uint8Array | null) ?? new Uint8Array());
    default:
      return 'n';
  }
}

/** The text as UTF-8; a surrogate that stands alone becomes the three bytes that any code point of its size has. */
function utf8(bytes: Uint8Array, encoding: string): Uint8Array {
  if (encoding === 'UTF-8') return bytes;
  const units = Buffer.from(bytes);
  if (encoding === 'UTF-16be') units.swap16();
  const parts = Array.from(units.toString('utf16le'), (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0xd800 || code > 0xdfff) return Buffer.from(character);
    return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)]);
  });
  return Buffer.concat(parts);
}
