import { formatInstant, type Instant } from '../instant.ts';
import { timeHint } from './likely-format.ts';
import { parseAuto, parseInstant, type StoredValue } from './parse-instant.ts';
import { endOfTomorrow, plausibleNumbers } from './plausible.ts';
import { isSentinel } from './sentinels.ts';
import { AUTO, type TimeSource } from './time-format.ts';

/** The time that a row's age counts from; null, and why, when the row does not move because of it. */
export type JudgedTime =
  | { readonly instant: Instant; readonly why: null }
  | { readonly instant: null; readonly why: string };

/** Judges a value of a time column as a run does. `why` goes on from "because". */
export function judgeTime(
  value: StoredValue,
  { timeFormat: format = AUTO }: TimeSource,
  now: Instant,
): JudgedTime {
  const instant = format === AUTO ? parseAuto(value, plausibleNumbers(now)) : parseInstant(value, format);
  const never = (why: string): JudgedTime => ({ instant: null, why });
  if (instant === null) {
    const hint = format === AUTO && value !== null ? timeHint([value], now) : null;
    const invalid = 'a row with a missing or invalid timestamp never moves';
    return never(hint === null ? invalid : `${invalid} (${hint})`);
  }
  if (isSentinel(instant, format)) return never(`${formatInstant(instant)} stands for no time`);
  if (instant > endOfTomorrow(now)) return never(`${formatInstant(instant)} is after tomorrow`);
  return { instant, why: null };
}
