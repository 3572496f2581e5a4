import type { Instant } from '../../../model/instant.ts';
import { plausibleNumbers } from '../../../model/time/plausible.ts';
import { AUTO, type TimeFormat } from '../../../model/time/time-format.ts';
import { firstFormsSql } from './first-forms-sql.ts';
import { instantSql } from './instant-sql.ts';
import { pastSql } from './past-sql.ts';
import { isSentinelSql, withoutSentinels } from './sentinels-sql.ts';

/** The time that a row's age counts from, as SQL expressions over its table. */
export interface TimeSql {
  /** µs, or NULL: also for a time that is implausible or stands for none. */
  readonly instant: string;
  /** The same, with those that stand for none. */
  readonly time: string;
  /** `time` of any expression for the column. */
  readonly timeOf: (column: string) => string;
  /** Of such a time: the instant; whether it stands for none, 1 or 0. */
  readonly withoutSentinels: (time: string) => string;
  readonly isSentinel: (time: string) => string;
  /** Whether `instant` is at or before another one: see `pastSql`. */
  readonly isPast: (cutoff: Instant) => string;
  /** The same of any expression for the column. */
  readonly isPastOf: (column: string, cutoff: Instant) => string;
  /** 1 or 0: only a segment of format 3 can have a time of this form. Of a row that has a time. */
  readonly needsFormat3: string;
}

/** @param column as SQL, quoted. */
export function timeSql(column: string, format: TimeFormat = AUTO, now: Instant): TimeSql {
  const bounds = plausibleNumbers(now);
  const timeOf = (value: string): string => instantSql(value, format, bounds);
  const instantOf = (value: string): string => withoutSentinels(timeOf(value), format);
  const isPastOf = (value: string, cutoff: Instant): string =>
    pastSql(value, instantOf(value), format, cutoff);
  return {
    instant: instantOf(column),
    time: timeOf(column),
    timeOf,
    withoutSentinels: (time) => withoutSentinels(time, format),
    isSentinel: (time) => isSentinelSql(time, format),
    isPast: (cutoff) => isPastOf(column, cutoff),
    isPastOf,
    needsFormat3: format === AUTO ? `(${firstFormsSql(column, bounds)} IS NULL)` : '0',
  };
}
