import { sqlite } from '../../../model/database/dialect.ts';
import { DAY_MICROS, type Day, endOfDay, SECOND, startOfDay } from '../../../model/instant.ts';
import type { Policy } from '../../../model/policy/policy.ts';
import { rowsByDay } from '../../../model/policy/span.ts';
import { AUTO, type TimeFormat } from '../../../model/time/time-format.ts';
import type { Connection } from '../connection/connection.ts';
import { selectLeases } from '../ledger/leases.ts';
import { selectReceipts } from '../ledger/receipts.ts';
import { timeColumnOf } from '../sql/due-sql.ts';
import { rowInstantSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { ageIndex } from '../survey/age-index.ts';
import { dayWindows, hasDayWindows } from '../survey/age-ranges.ts';
import { dayNumberSql, instantSql } from '../time/instant-sql.ts';
import { countUpTo, one } from './age-counts.ts';

/** A table of up to this many rows is read in full. */
const MOST_SCANNED = 200_000;

interface ReadSource {
  readonly timeColumn: string;
  readonly timeFormat: TimeFormat;
}

/** See `HotStats.perDay`. */
export function rowsPerDay(
  connection: Connection,
  table: Table,
  policy: Policy,
  days: readonly Day[],
): readonly number[] | null {
  const isChild = table.shape.timeOf !== undefined;
  const timeColumn = isChild ? policy.timeColumn : timeColumnOf(table, policy).name;
  const source = { timeColumn, timeFormat: policy.timeFormat ?? AUTO };
  const counted = countInHot(connection, table, source, days);
  if (counted === null) return null;
  const leased = leasedRows(connection, table);
  return counted.map((rows, at) => Math.max(0, rows - (leased.get(days[at]!) ?? 0)));
}

/** Restored rows by day: their segments count them already. */
function leasedRows(connection: Connection, table: Table): ReadonlyMap<Day, number> {
  const found = new Map<Day, number>();
  for (const { table: name, segment, rows } of selectLeases(connection)) {
    if (!sqlite.sameName(name, table.shape.table)) continue;
    const [receipt] = selectReceipts(connection, { segment });
    if (receipt === undefined) continue;
    for (const [day, own] of rowsByDay({ ...receipt, rows })) found.set(day, (found.get(day) ?? 0) + own);
  }
  return found;
}

function countInHot(
  connection: Connection,
  table: Table,
  source: ReadSource,
  days: readonly Day[],
): readonly number[] | null {
  const exact = scanned(connection, table, source, days);
  if (exact !== null) return exact;
  if (table.shape.timeOf !== undefined) return null;
  const { timeColumn: name, timeFormat: format } = source;
  const textual = table.textual.has(name);
  const type = table.shape.columns.find((column) => column.name === name)?.type ?? '';
  const affinity = textual ? 'text' : /int/i.test(type) || !/^$|blob/i.test(type) ? 'numeric' : 'none';
  const index =
    table.access.kind === 'key' || !hasDayWindows(format, affinity)
      ? null
      : ageIndex(connection, table, name);
  if (index === null) return null;
  const age = { column: table.column(name), textual, index };
  return days.map((day) => {
    const counted = countUpTo(connection, table, age, dayWindows(day, affinity !== 'text', format));
    return affinity === 'numeric' || format !== AUTO
      ? counted
      : counted + countDigits(connection, table, age, day);
  });
}

function scanned(
  connection: Connection,
  table: Table,
  source: ReadSource,
  days: readonly Day[],
): readonly number[] | null {
  const rows =
    one(connection, `SELECT count(*) FROM (SELECT 1 FROM ${table.from} LIMIT ${MOST_SCANNED + 1})`) ?? 0;
  if (rows > MOST_SCANNED) return null;
  const day = dayNumberSql('at');
  const counted = connection.db
    .prepare(
      `SELECT ${day} AS day, count(*) AS rows FROM (
        SELECT ${rowInstantSql(table, source)} AS at FROM ${table.from} LIMIT -1 OFFSET 0)
      WHERE at IS NOT NULL GROUP BY 1`,
    )
    .all() as { day: number; rows: number }[];
  const byDay = new Map(counted.map((found) => [found.day, found.rows]));
  return days.map((wanted) => byDay.get(startOfDay(wanted) / DAY_MICROS) ?? 0);
}

/** Digits as text: they have the same leading digits in every unit. Where SQLite would turn such a bound into a number, there are none. */
function countDigits(
  connection: Connection,
  table: Table,
  { column, index }: { readonly column: string; readonly index: string },
  day: Day,
): number {
  const [from, to] = [startOfDay(day) / SECOND, (endOfDay(day) + 1) / SECOND];
  const sql = `SELECT count(*) FROM ${table.from} INDEXED BY ${index}
    WHERE ${column} >= '${from}' AND ${column} < '${to}' AND ${instantSql(column)} IS NOT NULL`;
  return one(connection, sql) ?? 0;
}
