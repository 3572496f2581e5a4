import type { DuckDBConnection } from '@duckdb/node-api';
import { sizes } from '../../model/sizes.ts';

/** Rows of an answer. */
export type Piece = readonly (readonly unknown[])[];

export interface Answered {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: AsyncIterable<Piece>;
}

/** The views that a query is run over. */
export interface Views {
  readonly connection: DuckDBConnection;
  /** Makes the views so that they take the value that an error is about. Throws any other error. */
  refit(error: unknown): Promise<void>;
}

/** Rows as DuckDB computes them. */
export async function stream({ connection }: Pick<Views, 'connection'>, sql: string): Promise<Answered> {
  const result = await connection.stream(sql);
  const types = result.columnTypes();
  const columns = result.columnNames().map((name, at) => ({ name, type: String(types[at]) }));
  return { columns, rows: result.yieldRowsJs() };
}

/** Rows that are computed to the last before the first is given out: what a view refuses is known by then. */
export async function computed(views: Views, sql: string): Promise<Answered> {
  await views.connection.run(`CREATE OR REPLACE TEMP TABLE _firn_answer AS ${sql}`);
  return await stream(views, 'SELECT * FROM _firn_answer');
}

/**
 * Rows of a scan, given out while it goes on. Its first rows are held back: what a view refuses there is known before a row is given out. What it
 * refuses later is a value of a column that is only given out, or one of text, which is the same text in a view that takes more: so the scan is
 * begun again, and goes on behind the rows that were given out.
 */
export async function scanned(views: Views, sql: string): Promise<Answered> {
  const { columns, rows } = await stream(views, sql);
  const pieces = rows[Symbol.asyncIterator]();
  const head: Piece[] = [];
  let bytes = 0;
  let isWhole = false;
  while (!isWhole && bytes < sizes.heldBytes) {
    const { done, value } = await pieces.next();
    if (done) isWhole = true;
    else {
      head.push(value);
      bytes += bytesOf(value);
    }
  }
  return { columns, rows: isWhole ? each(head) : goingOn(views, sql, head, pieces) };
}

async function* goingOn(
  views: Views,
  sql: string,
  head: readonly Piece[],
  begun: AsyncIterator<Piece>,
): AsyncGenerator<Piece> {
  let given = 0;
  for (const piece of head) {
    given += piece.length;
    yield piece;
  }
  for (let [pieces, passed] = [begun, given]; ; ) {
    try {
      const { done, value } = await pieces.next();
      if (done) return;
      const rest = value.slice(Math.max(0, given - passed));
      passed += value.length;
      given += rest.length;
      if (rest.length > 0) yield rest;
    } catch (error) {
      await views.refit(error);
      pieces = (await stream(views, sql)).rows[Symbol.asyncIterator]();
      passed = 0;
    }
  }
}

/** The same rows; an error while they are taken is another one. */
export async function* explained<T>(
  rows: AsyncIterable<T>,
  explain: (error: unknown) => Promise<unknown>,
): AsyncGenerator<T> {
  try {
    yield* rows;
  } catch (error) {
    throw await explain(error);
  }
}

async function* each(pieces: readonly Piece[]): AsyncGenerator<Piece> {
  yield* pieces;
}

function bytesOf(piece: Piece): number {
  let bytes = 0;
  for (const row of piece) {
    for (const value of row)
      bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8;
  }
  return bytes;
}
