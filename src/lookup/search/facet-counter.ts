import { DatabaseSync } from 'node:sqlite';
import type { Row, SqlValue } from '../../format/line/line.ts';
import { valueText } from '../../format/line/line-encode.ts';
import { resolveColumn } from '../../format/match/row-filter.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { sizes } from '../../model/sizes.ts';

/** The most frequent values of one column. */
export interface Facet {
  readonly column: string;
  /** As text, the most frequent first; null is NULL, or a table without the column. */
  readonly values: readonly { readonly value: string | null; readonly rows: number }[];
  /** Rows with any other value, or with one that is too long to be counted. */
  readonly others: number;
  /** How many different values there are, without those that are too long. */
  readonly distinct: number;
}

/** Values listed for each column. */
const LISTED = 20;
/** Characters of a value; longer ones are texts to read, and nothing to choose from. */
const LONGEST = 1000;

/**
 * Counts the values of some columns exactly. Memory is bounded: beyond `sizes.facetValues` values, counts are added up in a temporary database
 * of SQLite's, which goes with it.
 */
export class FacetCounter implements Disposable {
  readonly #counters: readonly ValueCounter[];

  readonly #dialect: Dialect;

  constructor(columns: readonly string[], dialect: Dialect) {
    this.#dialect = dialect;
    this.#counters = columns.map((column) => new ValueCounter(column));
  }

  add(row: Row): void {
    const names = Object.keys(row);
    for (const counter of this.#counters) {
      const name = resolveColumn(counter.column, names, this.#dialect);
      counter.add(name === null ? null : facetText(row[name] ?? null));
    }
  }

  result(): readonly Facet[] {
    return this.#counters.map((counter) => counter.result());
  }

  [Symbol.dispose](): void {
    for (const counter of this.#counters) counter[Symbol.dispose]();
  }
}

class ValueCounter implements Disposable {
  readonly column: string;
  readonly #counts = new Map<string | null, number>();
  #spill: DatabaseSync | null = null;
  #rows = 0;

  constructor(column: string) {
    this.column = column;
  }

  add(value: string | null): void {
    this.#rows++;
    if (value !== null && value.length > LONGEST) return;
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    if (this.#counts.size > sizes.facetValues) this.#flush();
  }

  result(): Facet {
    const [values, distinct] = this.#spill === null ? this.#inMemory() : this.#onDisk();
    const listed = values.reduce((sum, { rows }) => sum + rows, 0);
    return { column: this.column, values, others: this.#rows - listed, distinct };
  }

  [Symbol.dispose](): void {
    this.#spill?.close();
    this.#spill = null;
  }

  #inMemory(): [Facet['values'], number] {
    const values = [...this.#counts].map(([value, rows]) => ({ value, rows }));
    values.sort((a, b) => b.rows - a.rows || compare(a.value ?? '', b.value ?? ''));
    return [values.slice(0, LISTED), values.length];
  }

  #onDisk(): [Facet['values'], number] {
    this.#flush();
    const db = this.#spill!;
    const values = db
      .prepare('SELECT value, rows FROM counted ORDER BY rows DESC, value LIMIT ?')
      .all(LISTED) as { value: Uint8Array; rows: number }[];
    const { distinct } = db.prepare('SELECT count(*) AS "distinct" FROM counted').get() as {
      distinct: number;
    };
    return [values.map(({ value, rows }) => ({ value: fromBytes(value), rows })), distinct];
  }

  #flush(): void {
    this.#spill ??= openSpill();
    const add = this.#spill.prepare(
      'INSERT INTO counted VALUES (?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows',
    );
    this.#spill.exec('BEGIN');
    for (const [value, rows] of this.#counts) add.run(toBytes(value), rows);
    this.#spill.exec('COMMIT');
    this.#counts.clear();
  }
}

function openSpill(): DatabaseSync {
  const db = new DatabaseSync('');
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; CREATE TABLE counted (value BLOB PRIMARY KEY, rows INTEGER) WITHOUT ROWID',
  );
  return db;
}

const MARK = Buffer.from('=');

/** NULL is the empty blob; a text, also one with NUL in it, stands behind a mark. */
function toBytes(value: string | null): Uint8Array {
  return value === null ? Buffer.alloc(0) : Buffer.concat([MARK, Buffer.from(value)]);
}

function fromBytes(bytes: Uint8Array): string | null {
  return bytes.length === 0 ? null : Buffer.from(bytes.subarray(MARK.length)).toString();
}

/** As a condition compares it; bytes that are no text in hexadecimal behind `\x`. */
function facetText(value: SqlValue): string | null {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : valueText(value);
}

function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
