import { sqlite } from '../../../model/database/dialect.ts';
import type { Instant } from '../../../model/instant.ts';
import { TIME, type TimeOf } from '../../../model/shape.ts';
import type { TimeSource } from '../../../model/time/time-format.ts';
import { quoteName } from '../connection/quote.ts';
import { instantSql } from '../time/instant-sql.ts';
import { type TimeSql, timeSql } from '../time/time-sql.ts';
import type { Table } from './sqlite-table.ts';

/** The time that the age of a table's rows counts from; null when the table has no such column. */
export function rowTimeSql(table: Table, source: TimeSource, now: Instant): TimeSql | null {
  const { shape, column } = table;
  if (isInherited(table, source)) return inheritedTime(parentInstant(column, shape.timeOf!, 1));
  const own = shape.columns.find(({ name }) => sqlite.sameName(name, source.timeColumn));
  return own === undefined ? null : timeSql(column(own.name), source.timeFormat, now);
}

/** The instant of a row, plausible or not, as SQL: NULL when there is none; null when the table has no such column. */
export function rowInstantSql(table: Table, source: TimeSource): string | null {
  const { shape, column } = table;
  if (isInherited(table, source)) return parentInstant(column, shape.timeOf!, 1);
  const own = shape.columns.find(({ name }) => sqlite.sameName(name, source.timeColumn));
  return own === undefined ? null : instantSql(column(own.name), source.timeFormat);
}

function isInherited({ shape }: Table, { timeColumn }: TimeSource): boolean {
  return timeColumn === TIME && shape.timeOf !== undefined;
}

/** Of the row that a row has its time from. */
function parentInstant(
  column: (name: string) => string,
  { table, by, key, timeColumn, timeFormat, timeOf }: TimeOf,
  depth: number,
): string {
  const alias = `_firn_parent${depth}`;
  const own = (name: string): string => `${alias}.${quoteName(name)}`;
  const instant =
    timeOf === undefined ? instantSql(own(timeColumn), timeFormat) : parentInstant(own, timeOf, depth + 1);
  const same = key.map((name, at) => `${own(name)} = ${column(by[at]!)}`).join(' AND ');
  return `(SELECT ${instant} FROM main.${quoteName(table)} AS ${alias} WHERE ${same} LIMIT 1)`;
}

/** Whether the parent's time is one, the survey of the parent decides. */
function inheritedTime(instant: string): TimeSql {
  const isPastOf = (time: string, cutoff: Instant): string => `${time} <= ${cutoff}`;
  return {
    ...{ instant, time: instant, timeOf: (time) => time, withoutSentinels: (time) => time },
    ...{ isSentinel: () => '0', isPast: (cutoff) => isPastOf(instant, cutoff), isPastOf, needsFormat3: '0' },
  };
}

/** The text of an instant as it stands in lines: `2026-01-05T10:20:30.123456Z`, always with six digits. */
export function timeTextSql(instant: string): string {
  const second = '(CASE WHEN _firn_at >= 0 THEN _firn_at ELSE _firn_at - 999999 END / 1000000)';
  return `(SELECT strftime('%Y-%m-%dT%H:%M:%S', ${second}, 'unixepoch') || printf('.%06dZ', _firn_at - ${second} * 1000000)
    FROM (SELECT ${instant} AS _firn_at))`;
}
