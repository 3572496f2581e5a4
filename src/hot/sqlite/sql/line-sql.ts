import { ARCHIVED_AT, ROWID, TIME } from '../../../model/shape.ts';
import { quoteText } from '../connection/quote.ts';
import type { Table } from './sqlite-table.ts';

/** json_object takes 127 arguments; tables with more columns are put together from pieces. */
const PIECE = 50;

/**
 * The lines `_firn_line` of a group with their line feeds, as SQL. The last of them is added to the whole, when what a row took has been given
 * back: added to each line it would keep one more copy of a row of megabytes.
 */
export const JOINED_LINES = 'group_concat(_firn_line, char(10)) || char(10)';

/**
 * The line of a row (without its line feed) as an SQL expression.
 *
 * *Plain* is fast and right for every value but text that is not valid UTF-8, which it lets through as it is: check the bytes.
 * *Exact* looks at every text. For a row without such text both give the same bytes.
 * No blob ever reaches SQLite's JSON functions, which would read one that happens to look like JSONB as JSON.
 * @param time the text of its time, as SQL, where that stands in the line.
 */
export function lineSql(
  table: Table,
  archivedAt: string,
  form: 'plain' | 'exact',
  time: string | null = null,
): string {
  const columns = table.shape.columns.map(({ name }) => ({ name, sql: table.column(name) }));
  const exact = object(
    table,
    columns.map(({ name, sql }) => [name, exactValue(sql)]),
    archivedAt,
    time,
  );
  if (form === 'exact') return exact;
  const plain = object(
    table,
    columns.map(({ name, sql }) => [name, table.textual.has(name) ? sql : plainValue(sql)]),
    archivedAt,
    time,
  );
  return `CASE WHEN ${anyOf(columns.map(({ sql }) => `${sql} >= x''`))} THEN ${exact} ELSE ${plain} END`;
}

function object(
  table: Table,
  values: readonly [name: string, sql: string][],
  archivedAt: string,
  time: string | null,
): string {
  const pairs: [string, string][] = [...values, [ARCHIVED_AT, quoteText(archivedAt)]];
  if (time !== null) pairs.push([TIME, time]);
  const { shape, access } = table;
  if (shape.primaryKey.length === 0 && access.kind === 'rowid') pairs.push([ROWID, access.rowid]);
  if (pairs.length <= PIECE) {
    return `json_object(${pairs.map(([name, sql]) => `${quoteText(name)}, ${sql}`).join(', ')})`;
  }
  const members = pairs.map(
    ([name, sql]) => `${quoteText(`${JSON.stringify(name)}:`)} || json_quote(${sql})`,
  );
  return `'{' || ${fold(members, (some) => `concat_ws(',', ${some.join(', ')})`)} || '}'`;
}

function anyOf(conditions: readonly string[]): string {
  return fold(conditions, (some) => `(${some.join(' OR ')})`);
}

/** Joins any number of expressions by a function of a few, so that no expression is too deep or too wide for SQLite. */
function fold(sql: readonly string[], join: (some: readonly string[]) => string): string {
  if (sql.length <= PIECE) return join(sql);
  const pieces: string[] = [];
  for (let at = 0; at < sql.length; at += PIECE) pieces.push(join(sql.slice(at, at + PIECE)));
  return fold(pieces, join);
}

function plainValue(sql: string): string {
  return `CASE typeof(${sql}) WHEN 'real' THEN ${real(sql)} ELSE ${sql} END`;
}

function exactValue(sql: string): string {
  return `CASE typeof(${sql})
    WHEN 'blob' THEN json(firn_blob(${sql}))
    WHEN 'text' THEN coalesce(json(firn_text(CAST(${sql} AS BLOB))), ${sql})
    WHEN 'real' THEN ${real(sql)}
    ELSE ${sql} END`;
}

/** JSON has no infinities, and SQLite writes -0.0 as 0.0. */
function real(sql: string): string {
  return `CASE
    WHEN ${sql} = 9e999 THEN json('{"$real":"Infinity"}')
    WHEN ${sql} = -9e999 THEN json('{"$real":"-Infinity"}')
    WHEN ${sql} = 0.0 AND atan2(${sql}, -1.0) < 0 THEN json('{"$real":"-0.0"}')
    ELSE ${sql} END`;
}
