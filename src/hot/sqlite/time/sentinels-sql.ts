import { sentinelInstants } from '../../../model/time/sentinels.ts';
import type { TimeFormat } from '../../../model/time/time-format.ts';

/** An instant, NULL where it is one that programs write for "no time". */
export function withoutSentinels(instant: string, format: TimeFormat): string {
  return sentinelInstants(format).reduce((sql, at) => `nullif(${sql}, ${at})`, instant);
}

/** Whether an instant, given as a column, is such a one: 1 or 0. */
export function isSentinelSql(instant: string, format: TimeFormat): string {
  return `coalesce(${instant} IN (${sentinelInstants(format).join(', ')}), 0)`;
}
