import type { SQLInputValue } from 'node:sqlite';
import { formatInstant, type Instant } from '../../model/instant.ts';
import type { DueRule } from '../hot-store.ts';
import type { Connection } from './connection.ts';
import type { DueSql } from './due-sql.ts';
import { pastSql } from './past-sql.ts';
import type { Table } from './table.ts';

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

/** The first time at one end of the index that can be understood. */
export function edge(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  { instant }: DueSql,
  order: string,
): Instant | null {
  return one(
    connection,
    `SELECT ${instant} AS n FROM ${table.from} INDEXED BY ${age.index}
      WHERE ${age.column} IS NOT NULL AND ${instant} IS NOT NULL ORDER BY ${age.column} ${order} LIMIT 1`,
  );
}

/** 1973 in every unit: smaller numbers are of another unit, or mean no time. */
const FIRST_NUMBER = 100_000_000_000_000;
const FIRST_LIMIT = 100_000;

/**
 * Rows at or before a cutoff, by their text or number alone. Rows on both sides of it are counted as far as a limit that grows until
 * one side is done: the shorter side decides what it takes.
 */
export function countPast(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  rule: DueRule,
  total: number,
): number {
  const hot = windowsOf(rule.cutoff + 1, rule.now + 1, age.textual);
  for (let limit = FIRST_LIMIT; ; limit *= 4) {
    const past = countPastUpTo(connection, table, age, rule.cutoff, limit);
    if (past < limit) return past;
    const younger = countUpTo(connection, table, age, hot, limit);
    if (younger < limit) return Math.max(0, total - younger);
  }
}

/** The same, but no more than `limit` of them. */
export function countPastUpTo(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  cutoff: Instant,
  limit: number,
): number {
  const [[, to], ...numbers] = windowsOf(FIRST_NUMBER, cutoff + 1, age.textual) as [
    [string, string],
    ...[string, string][],
  ];
  return countUpTo(connection, table, age, [["'1700'", to], ...numbers], limit);
}

/** Rows whose stored value is in one of the windows, but no more than `limit` of them. */
export function countUpTo(
  connection: Connection,
  table: Table,
  { index, column }: IndexedAge,
  windows: readonly (readonly [string, string])[],
  limit: number = Number.MAX_SAFE_INTEGER,
): number {
  let found = 0;
  for (const [from, to] of windows) {
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${table.from} INDEXED BY ${index}
      WHERE ${column} >= ${from} AND ${column} < ${to} LIMIT ${limit - found})`;
    found += one(connection, sql) ?? 0;
  }
  return found;
}

/** Open rows between the cutoffs, where an index leads to the open ones and they are few; else null. */
export function countOpen(
  connection: Connection,
  table: Table,
  age: Age,
  { open }: DueSql,
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
      SELECT ${pastSql(age.column, rule.cutoff)} AS past, ${pastSql(age.column, rule.openCutoff)} AS old FROM ${source})`,
    [],
  );
  return found === MOST_OPEN ? null : (between ?? 0);
}

/** Half-open ranges of stored values, as SQL literals, that hold the instants from `from` up to `to`, zones aside. */
export function windowsOf(from: Instant, to: Instant, textual: boolean): [string, string][] {
  // A day begins with its date alone: some write a space behind it, some a T.
  const text = (at: Instant): string => `'${formatInstant(at).slice(0, 19).replace('T00:00:00', '')}'`;
  const windows: [string, string][] = [[text(from), text(to + 999_999)]];
  if (textual) return windows;
  for (const unit of [1_000_000, 1_000, 1]) {
    windows.push([String(Math.ceil(from / unit)), String(Math.ceil(to / unit))]);
  }
  return windows;
}

/** The numbers of a one-row result; integers that JavaScript cannot hold are rounded (they are times of far years, in whole seconds). */
export function numbers(
  { db }: Connection,
  sql: string,
  params: readonly SQLInputValue[] = [],
): readonly (number | null)[] {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  return Object.values(statement.get(...params) ?? {}).map((value) =>
    value === null ? null : Number(value),
  );
}

export function one(connection: Connection, sql: string): number | null {
  return numbers(connection, sql)[0] ?? null;
}
