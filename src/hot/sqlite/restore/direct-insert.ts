import { isUtf8 } from 'node:buffer';
import type { SQLInputValue } from 'node:sqlite';
import { decodeLine } from '../../../format/line/line.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { hasKeyword } from '../connection/sql-words.ts';
import { asFirnError, isRefusedRow } from '../connection/sqlite-error.ts';
import { type Affinity, affinityOf, storesAsIs } from '../sql/affinity.ts';
import { hasTrigger, type Table } from '../sql/sqlite-table.ts';

/** Where the value of a name in a line goes. */
export type Destination =
  /** A column, as the table spells it. */
  | { readonly column: string }
  /** Nowhere; `empty`: only NULL may be lost. */
  | 'ignored'
  | 'empty';

/**
 * Inserts rows that need no look at the table before or after: SQLite stores their values as they are, and itself refuses a key that is taken. Any other row
 * is left to the exact path. See decision 154.
 */
export class DirectInsert {
  readonly #connection: Connection;
  readonly #table: Table;
  readonly #destination: (name: string) => Destination;
  #plan: Plan | null = null;
  #leftInARow = 0;

  private constructor(connection: Connection, table: Table, destination: (name: string) => Destination) {
    [this.#connection, this.#table, this.#destination] = [connection, table, destination];
  }

  /** Null for a table in which an insert may do more than to store a row, or in which other rules than the bytes' say which keys are the same. */
  static into(
    connection: Connection,
    table: Table,
    destination: (name: string) => Destination,
  ): DirectInsert | null {
    const { primaryKey, ddl } = table.shape;
    const isSimple =
      connection.encoding === 'UTF-8' &&
      primaryKey.length > 0 &&
      ddl[0] !== undefined &&
      !hasKeyword(ddl[0], 'COLLATE') &&
      !hasTrigger(table);
    return isSimple ? new DirectInsert(connection, table, destination) : null;
  }

  /** Inserts the row of a line and returns its rowid (0 where rows have none); null when it did nothing, and the exact path must decide. */
  insert(line: Uint8Array): bigint | null {
    if (this.#leftInARow >= PATIENCE) return null;
    const at = this.#insert(line);
    this.#leftInARow = at === null ? this.#leftInARow + 1 : 0;
    return at;
  }

  #insert(line: Uint8Array): bigint | null {
    const read = readLine(line, this.#table.shape.table);
    if (read === null) return null;
    if (!hasNames(read, this.#plan?.names ?? null)) this.#plan = this.#planFor(read);
    const params = this.#plan === null ? null : paramsOf(read, this.#plan);
    if (params === null) return null;
    try {
      return BigInt(this.#plan!.statement.run(...params).lastInsertRowid);
    } catch (error) {
      if (isRefusedRow(error)) return null;
      throw asFirnError(error, 'insert a row', this.#connection.path);
    }
  }

  #planFor({ row }: ReadRow): Plan | null {
    const { columns, primaryKey } = this.#table.shape;
    const names = Object.keys(row);
    const places: Place[] = [];
    for (const name of names) {
      // A name that JSON escapes could hide a real number.
      if (JSON.stringify(name) !== `"${name}"`) return null;
      const to = this.#destination(name);
      if (to === 'ignored') continue;
      const column = to === 'empty' ? undefined : columns.find((own) => own.name === to.column)!;
      const affinity = column === undefined ? null : affinityOf(column.type);
      places.push({ name, column: column?.name ?? null, affinity, isKey: (column?.key ?? 0) > 0 });
    }
    const own = places.flatMap(({ column }) => column ?? []);
    if (new Set(own).size < own.length || !primaryKey.every((name) => own.includes(name))) return null;
    const statement = this.#connection.db.prepare(
      `INSERT OR ABORT INTO ${this.#table.from} (${own.map(quoteName).join(', ')}) VALUES (${own.map(() => '?').join(', ')})`,
    );
    statement.setReadBigInts(true);
    return { names, places, statement };
  }
}

/** Rows in a row that were left to the exact path until no more are tried. */
const PATIENCE = 20;

interface Plan {
  /** The names of the lines, in their order. */
  readonly names: readonly string[];
  readonly places: readonly Place[];
  readonly statement: ReturnType<Connection['db']['prepare']>;
}

interface Place {
  readonly name: string;
  /** Null where the value must be NULL, as the table has no such column. */
  readonly column: string | null;
  readonly affinity: Affinity | null;
  readonly isKey: boolean;
}

/** Values as `decodeLine` gives them, but integers are numbers when the line was tame. */
interface ReadRow {
  readonly row: Readonly<Record<string, unknown>>;
  readonly isTame: boolean;
}

/** Escapes of code units that need not be text (surrogates), or at which some take a text to end. */
const HARD_TEXT = /(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89a-fA-F])/;
/** Behind a quote that is no part of a text: white space, which no line of Firn has. */
const SPACED = /(?<!\\)(?:\\\\)*"(?::(?:\s|(?:null|-?\d[\d.eE+-]*),?\s)|\s+[:,}]|,\s)/;
/** The same, or a real number, which JSON.parse does not tell from an integer. */
const UNTAME = /(?<!\\)(?:\\\\)*"(?::(?:-?\d+[.eE]|\s|(?:null|-?\d+),?\s)|\s+[:,}]|,\s)/;

/** Null for what is left to the exact path. */
function readLine(line: Uint8Array, table: string): ReadRow | null {
  if (!isUtf8(line)) return null;
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.length);
  // All that is looked for is ASCII.
  const text = bytes.toString('latin1');
  if (text.includes('\\u') && HARD_TEXT.test(text)) return null;
  if (!text.startsWith('{"')) return null;
  if (UNTAME.test(text)) return SPACED.test(text) ? null : { row: decodeLine(line, table), isTame: false };
  const row = parse(bytes);
  return row !== null && hasTameValues(row) ? { row, isTame: true } : null;
}

function parse(line: Buffer): ReadRow['row'] | null {
  try {
    const row: unknown = JSON.parse(line.toString('utf8'));
    return typeof row === 'object' && row !== null && !Array.isArray(row) ? (row as ReadRow['row']) : null;
  } catch {
    return null;
  }
}

function hasTameValues(row: ReadRow['row']): boolean {
  for (const name in row) {
    const value = row[name];
    if (value !== null && typeof value !== 'string' && !Number.isSafeInteger(value)) return false;
  }
  return true;
}

function hasNames({ row }: ReadRow, names: readonly string[] | null): boolean {
  if (names === null) return false;
  let at = 0;
  for (const name in row) if (name !== names[at++]) return false;
  return at === names.length;
}

function paramsOf({ row, isTame }: ReadRow, { places }: Plan): SQLInputValue[] | null {
  const params: SQLInputValue[] = [];
  for (const { name, affinity, isKey } of places) {
    const value = row[name];
    if (value === null) {
      if (isKey) return null;
      if (affinity !== null) params.push(null);
      continue;
    }
    const exact = isTame && typeof value === 'number' ? BigInt(value) : value;
    if (affinity === null || !isScalar(exact) || !storesAsIs(affinity, exact)) return null;
    params.push(exact);
  }
  return params;
}

function isScalar(value: unknown): value is string | bigint | number {
  return typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value);
}
