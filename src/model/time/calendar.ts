import { asInstant, DAY_SECONDS, epochDay, exactYear, type Instant, lastOf, SECOND } from '../instant.ts';

/** The digits of a day. */
interface DayParts {
  readonly year: string;
  readonly month: string;
  readonly date: string;
}

/** The digits of a time of day, and its offset from UTC in seconds. */
interface TimeParts {
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** Of a second, any number of digits; those beyond µs are cut off. */
  readonly fraction: string;
  readonly offset: number;
}

/** The instant of a day and a time of day; of a day alone, its last µs. Null when the calendar or the clock does not have it. */
export function instantOfParts({ year, month, date }: DayParts, time: TimeParts | null): Instant | null {
  const day = epochDay(year, month, date);
  if (day === null) return null;
  if (time === null) return lastOf(day, exactYear(year));
  const { hour, minute, second, fraction, offset } = time;
  if (hour > '23' || minute > '59' || second > '59') return null;
  // Within the years 1 and 9999 whatever the offset.
  if (offset !== 0 && (year === '0001' || year === '9999')) return null;
  const seconds = day * DAY_SECONDS + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - offset;
  return asInstant(seconds * SECOND + (exactYear(year) ? fractionOf(fraction, 6) : 0));
}

const OFFSET = /^([+-])(\d\d)(?::?(\d\d))?$/;

/** The offset that `Z`, `±HH:MM`, `±HHMM` or `±HH` means, in seconds; nothing means UTC. Null for anything else. */
export function offsetSeconds(zone: string): number | null {
  if (zone === '' || zone === 'Z') return 0;
  const [, sign, hour, minute = '00'] = OFFSET.exec(zone) ?? [];
  if (sign === undefined || hour! > '23' || minute > '59') return null;
  return (sign === '-' ? -1 : 1) * (Number(hour) * 3600 + Number(minute) * 60);
}

/** The leading digits of a fraction as a whole number of its `places`th part. */
export function fractionOf(digits: string, places: number): number {
  return Number(digits.slice(0, places).padEnd(places, '0'));
}
