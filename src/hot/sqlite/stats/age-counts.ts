import type { SQLInputValue, StatementSync } from 'node:sqlite';
import { asInstant, type Instant } from '../../../model/instant.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import type { DueSql } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import type { ValueRange, Window } from '../survey/age-ranges.ts';

/** Rows that are looked at where an index leads to the open ones. */
const MOST_OPEN = 150_000;

/** The age column of a table, as SQL, and the index that holds every row in its order. */
export interface Age {
  readonly column: string;
  /** The column cannot hold numbers. */
  readonly textual: boolean;
  readonly index: string | null;
}

/** An age column that has an index. */
export type IndexedAge = Age & { readonly index: string };

/** The oldest and the newest time that can be understood, to within a zone. */
export function edges(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  due: DueSql,
  kinds: readonly ValueRange[],
): { readonly oldest: Instant | null; readonly newest: Instant | null } {
  const ends = (order: string): number[] =>
    kinds.flatMap((kind) => edge(connection, table, age, due, kind, order) ?? []);
  const [first, last] = [ends('ASC'), ends('DESC')];
  return {
    oldest: first.length === 0 ? null : asInstant(Math.min(...first)),
    newest: last.length === 0 ? null : asInstant(Math.max(...last)),
  };
}

/** The first time at one end of a range of the index that can be understood. */
function edge(
  connection: Connection,
  table: Table,
  { index, column }: IndexedAge,
  { instant }: DueSql,
  { from, to }: ValueRange,
  order: string,
): Instant | null {
  return asInstant(
    one(
      connection,
      `SELECT ${instant} AS n FROM ${table.from} INDEXED BY ${index}
      WHERE ${column} >= ${from}${to === null ? '' : ` AND ${column} < ${to}`} AND ${instant} IS NOT NULL
      ORDER BY ${column} ${order} LIMIT 1`,
    ),
  );
}

/** Rows whose stored value is in one of the windows, but no more than `limit` of them. */
export function countUpTo(
  connection: Connection,
  table: Table,
  { index, column }: IndexedAge,
  windows: readonly Window[],
  limit: number | null = null,
): number {
  const ranges = windows.map(([from, to]) => ({ from, to }));
  return countRanges(connection, table, { index, column }, ranges, limit);
}

/** The same of ranges. */
export function countRanges(
  connection: Connection,
  table: Table,
  { index, column }: Pick<IndexedAge, 'index' | 'column'>,
  ranges: readonly ValueRange[],
  limit: number | null,
): number {
  let found = 0;
  for (const { from, to } of ranges) {
    const rows = `FROM ${table.from} INDEXED BY ${index}
      WHERE ${from === null ? `${column} IS NOT NULL` : `${column} >= ${from}`}${to === null ? '' : ` AND ${column} < ${to}`}`;
    // A limit doubles the time of each row.
    const counted = limit === null ? rows : `FROM (SELECT 1 ${rows} LIMIT ${limit - found})`;
    found += one(connection, `SELECT count(*) AS n ${counted}`) ?? 0;
  }
  return found;
}

/** Open rows between the cutoffs, where an index leads to the open ones and they are few; else null. */
export function countOpen(
  connection: Connection,
  table: Table,
  { open, isPast }: DueSql,
  rule: DueRule,
): number | null {
  if (open === '0') return 0;
  const source = `${table.from} WHERE ${open.replace(/^CASE WHEN (.*) THEN 1 ELSE 0 END$/s, '$1')} LIMIT ${MOST_OPEN}`;
  const plan = connection.db.prepare(`EXPLAIN QUERY PLAN SELECT 1 FROM ${source}`).all() as {
    detail: string;
  }[];
  if (!plan[0]?.detail.startsWith('SEARCH')) return null;
  const [found, between] = numbers(
    connection,
    `SELECT count(*), sum(past AND NOT old) FROM (
      SELECT ${isPast(rule.cutoff)} AS past, ${isPast(rule.openCutoff)} AS old FROM ${source})`,
    [],
  );
  return found === MOST_OPEN ? null : (between ?? 0);
}

/** The numbers of a one-row result; integers that JavaScript cannot hold are rounded (they are times of far years, in whole seconds). */
export function numbers(
  { db }: Connection,
  sql: string,
  params: readonly SQLInputValue[] = [],
): readonly (number | null)[] {
  return numbersOf(statementCache(db)(sql), params);
}

/** The same of a statement that reads its integers as bigints. */
export function numbersOf(
  statement: StatementSync,
  params: readonly SQLInputValue[],
): readonly (number | null)[] {
  return Object.values(statement.get(...params) ?? {}).map((value) =>
    value === null ? null : Number(value),
  );
}

export function one(connection: Connection, sql: string): number | null {
  return numbers(connection, sql)[0] ?? null;
}
