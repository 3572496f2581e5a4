import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import type { Table } from '../sql/sqlite-table.ts';
import type { ValueRange } from './age-ranges.ts';

/** A part of a table that is small enough to be read in one go: what follows FROM, with the values for its `?`. */
export interface Piece {
  readonly source: string;
  readonly params: readonly SQLInputValue[];
}

/** Every row of a table, in rowid order, in pieces of `size` rows. */
export function* walkRowids({ db }: Connection, table: Table, rowid: string, size: number): Generator<Piece> {
  const source = `${table.from} NOT INDEXED`;
  const next = rowidAhead(db, source, rowid);
  const end = edgeRowid(db, source, rowid, 'max');
  if (end === null) return;
  for (let from = LEAST_ROWID; ; ) {
    const to = next(from, size);
    if (to === null || to > end) {
      yield { source: `${source} WHERE ${rowid} BETWEEN ? AND ?`, params: [from, end] };
      return;
    }
    yield { source: `${source} WHERE ${rowid} >= ? AND ${rowid} < ?`, params: [from, to] };
    from = to;
  }
}

/** Rows from `places` places, evenly over the range of rowids: rows of every age, where age goes with rowid. Up to `size` rows from each. */
export function* sampleRowids(
  { db }: Connection,
  table: Table,
  rowid: string,
  places: number,
  size: number,
): Generator<Piece> {
  const source = `${table.from} NOT INDEXED`;
  const next = rowidAhead(db, source, rowid);
  const [first, last] = [edgeRowid(db, source, rowid, 'min'), edgeRowid(db, source, rowid, 'max')];
  if (first === null || last === null) return;
  const step = (last - first) / BigInt(places) + 1n;
  for (let from = first; from <= last; from += step) {
    const full = next(from, size) ?? last + 1n;
    const to = full < from + step ? full : from + step;
    yield { source: `${source} WHERE ${rowid} >= ? AND ${rowid} < ?`, params: [from, to] };
  }
}

/** Every row of a table without rowids, in the order of its primary key, in pieces of `size` rows. */
export function* walkKeys({ db }: Connection, table: Table, size: number): Generator<Piece> {
  const columns = table.shape.primaryKey.map(table.column);
  const key = `(${columns.join(', ')})`;
  const prepared = statementCache(db);
  const find = (condition: string) =>
    prepared(`SELECT ${columns.map(storable).join(', ')} FROM ${table.from} ${condition}
      ORDER BY ${columns.join(', ')} LIMIT 1 OFFSET ?`);
  let from: Stored[] | null = null;
  for (;;) {
    const lower = from === null ? '' : `WHERE ${key} >= (${from.map(({ sql }) => sql).join(', ')})`;
    const params = (from ?? []).map(({ value }) => value);
    const found = readStored(find(lower), [...params, size]);
    if (found === null) {
      yield { source: `${table.from} ${lower}`, params };
      return;
    }
    const upper = `${key} < (${found.map(({ sql }) => sql).join(', ')})`;
    yield {
      source: `${table.from} ${lower === '' ? 'WHERE' : `${lower} AND`} ${upper}`,
      params: [...params, ...found.map(({ value }) => value)],
    };
    from = found;
  }
}

/**
 * The rows whose age column is NULL (unless told to leave them out) or in one of the ranges, through an index on that column, in pieces of about `size` rows.
 * However many rows share one value, no piece is much larger.
 * @param skipped so many rows are left out behind each piece: a sample that is spread over the ranges.
 */
export function* walkIndex(
  connection: Connection,
  table: Table,
  age: { readonly index: string; readonly column: string; readonly rowid: string },
  ranges: readonly ValueRange[],
  size: number,
  nulls = true,
  skipped = 0,
): Generator<Piece> {
  const source = `${table.from} INDEXED BY ${age.index}`;
  const { column } = age;
  const prepared = statementCache(connection.db);
  const boundary = (condition: string, params: readonly SQLInputValue[], offset: number): Stored | null => {
    const sql = `SELECT ${storable(column, 0)} FROM ${source} WHERE ${condition} ORDER BY ${column} LIMIT 1 OFFSET ?`;
    return readStored(prepared(sql), [...params, offset])?.[0] ?? null;
  };
  // Whether the column's own comparison takes two stored values for the same.
  const isSame = (a: Stored, b: Stored): boolean => {
    const sql = `SELECT 1 FROM ${source} WHERE ${column} = ${a.sql} AND ${column} = ${b.sql} LIMIT 1`;
    return prepared(sql).get(a.value, b.value) !== undefined;
  };
  if (nulls) yield* walkEqual(connection, source, `${column} IS NULL`, [], age.rowid, size);
  for (const { from, to } of ranges) {
    const upper = to === null ? '' : ` AND ${column} < ${to}`;
    const lower = from === null ? `${column} IS NOT NULL` : `${column} >= ${from}`;
    let at = boundary(`${lower}${upper}`, [], 0);
    while (at !== null) {
      const next = boundary(`${column} >= ${at.sql}${upper}`, [at.value], size);
      if (next === null) {
        yield { source: `${source} WHERE ${column} >= ${at.sql}${upper}`, params: [at.value] };
        break;
      }
      if (isSame(at, next)) {
        yield* walkEqual(connection, source, `${column} = ${at.sql}`, [at.value], age.rowid, size);
        at = boundary(`${column} > ${at.sql}${upper}`, [at.value], 0);
      } else {
        yield {
          source: `${source} WHERE ${column} >= ${at.sql} AND ${column} < ${next.sql}`,
          params: [at.value, next.value],
        };
        at = skipped === 0 ? next : boundary(`${column} >= ${next.sql}${upper}`, [next.value], skipped);
      }
    }
  }
}

function* walkEqual(
  { db }: Connection,
  source: string,
  condition: string,
  params: readonly SQLInputValue[],
  rowid: string,
  size: number,
): Generator<Piece> {
  const next = rowidAhead(db, source, rowid, `${condition} AND`);
  for (let from = LEAST_ROWID; ; ) {
    const to = next(...params, from, size);
    const rest = `${source} WHERE ${condition} AND ${rowid} >= ?`;
    if (to === null) {
      yield { source: rest, params: [...params, from] };
      return;
    }
    yield { source: `${rest} AND ${rowid} < ?`, params: [...params, from, to] };
    from = to;
  }
}

const LEAST_ROWID = -(2n ** 63n);

/** Finds the rowid that is so many rows (the last parameter) behind the first one from a rowid (the one before it) on. */
function rowidAhead(
  db: DatabaseSync,
  source: string,
  rowid: string,
  condition = '',
): (...params: readonly SQLInputValue[]) => bigint | null {
  const statement = db.prepare(
    `SELECT ${rowid} AS at FROM ${source} WHERE ${condition} ${rowid} >= ? ORDER BY ${rowid} LIMIT 1 OFFSET ?`,
  );
  statement.setReadBigInts(true);
  return (...params) => (statement.get(...params) as { at: bigint } | undefined)?.at ?? null;
}

function edgeRowid(db: DatabaseSync, source: string, rowid: string, end: 'min' | 'max'): bigint | null {
  const statement = db.prepare(`SELECT ${end}(${rowid}) AS at FROM ${source}`);
  statement.setReadBigInts(true);
  return (statement.get() as { at: bigint | null }).at;
}

/** A stored value that goes back into a statement unchanged, whatever it is. */
interface Stored {
  readonly sql: string;
  readonly value: SQLInputValue;
}

/** Text travels as bytes, because text that is not valid UTF-8 would not come back. */
function storable(column: string, at: number): string {
  return `typeof(${column}) AS type${at}, CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END AS value${at}`;
}

function readStored(statement: StatementSync, params: readonly SQLInputValue[]): Stored[] | null {
  const row = statement.get(...params) as Record<string, SQLInputValue> | undefined;
  if (row === undefined) return null;
  return Array.from({ length: Object.keys(row).length / 2 }, (_, at) => ({
    sql: row[`type${at}`] === 'text' ? 'CAST(? AS TEXT)' : '?',
    value: row[`value${at}`]!,
  }));
}
