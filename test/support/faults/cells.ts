import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { InvalidText, type SqlValue } from '../../../src/format/line/line.ts';

/** A row's values by column, each as text that is equal only for values of the same type and the same content. */
export type Cells = Readonly<Record<string, string>>;

/** A row: its key (of the primary key, or of the rowid) and its cells. */
export interface Identified {
  readonly key: string;
  readonly cells: Cells;
}

/** One value as text: `NULL`, `12`, `real 1`, `text ab`, `blob 00ff`; long ones by their digest. */
export function cell(value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return `real ${Object.is(value, -0) ? '-0' : value}`;
  if (typeof value === 'string') return short(`text ${value}`);
  if (value instanceof InvalidText) return short(`not UTF-8 ${Buffer.from(value.bytes).toString('hex')}`);
  return short(`blob ${Buffer.from(value).toString('hex')}`);
}

/** The key of a row whose key columns read so. */
export function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

/** Opens a database as a bystander: it must be there, and foreign keys stay as they are. */
export function openBystander(path: string): DatabaseSync {
  return new DatabaseSync(path, {
    enableForeignKeyConstraints: false,
    readBigInts: true,
    timeout: 10_000,
  });
}

/** The rows of a table, all or those of a condition, cell for cell; none when there is no such table. */
export function* readRows(
  database: DatabaseSync,
  table: string,
  where = '',
): Generator<Identified, void, void> {
  const columns = database
    .prepare('SELECT name, pk FROM pragma_table_xinfo(?) WHERE hidden = 0')
    .all(table)
    .map(({ name, pk }) => ({ name: String(name), pk: Number(pk) }));
  if (columns.length === 0) return;
  const keys = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
  // TEXT as bytes: node:sqlite would repair what is not UTF-8.
  const values = columns
    .map(({ name }) => quote(name))
    .map(
      (column) =>
        `CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END, typeof(${column})`,
    );
  const rowid = keys.length === 0 ? 'rowid' : 'NULL';
  const statement = database.prepare(`SELECT ${rowid}, ${values.join(', ')} FROM ${quote(table)} ${where}`);
  statement.setReturnArrays(true);
  const decoder = new TextDecoder(isUtf16(database) ? 'utf-16le' : 'utf-8', { fatal: true, ignoreBOM: true });
  for (const row of statement.iterate() as unknown as Iterable<SqlValue[]>) {
    const cells: Record<string, string> = Object.create(null);
    for (const [index, { name }] of columns.entries()) {
      const value = row[1 + 2 * index]!;
      cells[name] = cell(
        row[2 + 2 * index] === 'text' ? text(value as Uint8Array, decoder) : (value ?? null),
      );
    }
    const key = keys.length === 0 ? [cell(row[0] ?? null)] : keys.map(({ name }) => cells[name]!);
    yield { key: keyOf(key), cells };
  }
}

function isUtf16(database: DatabaseSync): boolean {
  return String(Object.values(database.prepare('PRAGMA encoding').get()!)[0]).startsWith('UTF-16');
}

function text(bytes: Uint8Array, decoder: { decode(bytes: Uint8Array): string }): SqlValue {
  try {
    return decoder.decode(bytes);
  } catch {
    return new InvalidText(bytes);
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function short(value: string): string {
  if (value.length <= 2000) return value;
  return `${value.slice(0, 100)}… (${value.length} characters, ${createHash('sha256').update(value).digest('hex')})`;
}
