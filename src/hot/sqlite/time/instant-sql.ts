import type { Span } from '../../../model/policy/span.ts';
import { ANY_NUMBER, type NumberBounds } from '../../../model/time/plausible.ts';
import { AUTO, type TimeFormat } from '../../../model/time/time-format.ts';
import { JULIAN, unitNamed } from '../../../model/time/time-units.ts';
import { firstFormsSql } from './first-forms-sql.ts';
import { laterFormsSql } from './later-forms-sql.ts';
import { patternSql } from './pattern-sql.ts';
import { julianSql, unitSql } from './unit-sql.ts';

/**
 * `parseInstant` as a pure SQL expression: the µs that the value of a column means, NULL when it means none.
 * @param column the column as SQL, already quoted.
 */
export function instantSql(
  column: string,
  format: TimeFormat = AUTO,
  bounds: NumberBounds = ANY_NUMBER,
): string {
  return format === AUTO
    ? `coalesce(${firstFormsSql(column, bounds)}, ${laterFormsSql(column, bounds)})`
    : inFormat(column, format);
}

function inFormat(column: string, format: TimeFormat): string {
  const unit = unitNamed(format);
  if (unit !== null) return unitSql(column, unit);
  return format === JULIAN.name ? julianSql(column) : patternSql(column, format);
}

/** The number of the UTC day of an instant (0 is 1970-01-01), given as SQL. */
export function dayNumberSql(instant: string): string {
  return `(CASE WHEN ${instant} >= 0 THEN ${instant} ELSE ${instant} - 86399999999 END / 86400000000)`;
}

/** The number of the first day of the span that holds an instant. The same as `spanAt`. */
export function spanNumberSql(instant: string, span: Span): string {
  const day = dayNumberSql(instant);
  switch (span) {
    case 'day':
      return day;
    case 'week':
      return `(${day} - ((${day} + 3) % 7 + 7) % 7)`;
    case 'month':
      return `CAST(julianday(${day} * 86400, 'unixepoch', 'start of month') - 2440587.5 AS INTEGER)`;
  }
}
