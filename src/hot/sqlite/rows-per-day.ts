import { type Day, endOfDay, startOfDay } from '../../model/instant.ts';
import type { Policy } from '../../model/policy.ts';
import { countUpTo, one, windowsOf } from './age-counts.ts';
import { ageIndex } from './age-index.ts';
import type { Connection } from './connection.ts';
import { columnNamed } from './due-keys.ts';
import { dayNumberSql, instantSql } from './instant-sql.ts';
import type { Table } from './table.ts';

const DAY_MICROS = 86_400_000_000;
/** Without an index a table of up to this many rows is read in full. */
const MOST_SCANNED = 200_000;

/** See `HotStats.perDay`. */
export function rowsPerDay(
  connection: Connection,
  table: Table,
  policy: Policy,
  days: readonly Day[],
): readonly number[] | null {
  const name = columnNamed(table, policy.timeColumn);
  const index = table.access.kind === 'key' ? null : ageIndex(connection, table, name);
  if (index === null) return scanned(connection, table, name, days);
  const age = { column: table.column(name), textual: table.textual.has(name), index };
  return days.map((day) => {
    const windows = windowsOf(startOfDay(day), endOfDay(day) + 1, age.textual);
    return countUpTo(connection, table, age, windows);
  });
}

function scanned(
  connection: Connection,
  table: Table,
  name: string,
  days: readonly Day[],
): readonly number[] | null {
  const rows =
    one(connection, `SELECT count(*) FROM (SELECT 1 FROM ${table.from} LIMIT ${MOST_SCANNED + 1})`) ?? 0;
  if (rows > MOST_SCANNED) return null;
  const day = dayNumberSql('at');
  const counted = connection.db
    .prepare(
      `SELECT ${day} AS day, count(*) AS rows FROM (
        SELECT ${instantSql(table.column(name))} AS at FROM ${table.from} LIMIT -1 OFFSET 0)
      WHERE at IS NOT NULL GROUP BY 1`,
    )
    .all() as { day: number; rows: number }[];
  const byDay = new Map(counted.map((found) => [found.day, found.rows]));
  return days.map((wanted) => byDay.get(startOfDay(wanted) / DAY_MICROS) ?? 0);
}
