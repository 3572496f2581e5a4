/**
 * Microseconds since 1970-01-01T00:00:00Z, an exact integer between the years 1 and 9999. Outside the years 1700 to 2199 instants are
 * whole seconds (a fraction is dropped), because a JavaScript number cannot hold microseconds there.
 */
export type Instant = number & { readonly [microseconds]: true };
declare const microseconds: unique symbol;

/** A duration, or a time since 1970 as clocks and dates have it. Any number may be one, but not an `Instant`, which counts microseconds. */
export type Milliseconds = number & { readonly [microseconds]?: never };

/** A number that is known to be microseconds since 1970: from SQLite, from a file, or computed from instants. */
export function asInstant(micros: number): Instant;
export function asInstant(micros: number | null): Instant | null;
export function asInstant(micros: number | null): Instant | null {
  return micros as Instant | null;
}

/** The instant of so many milliseconds since 1970, as clocks give them. */
export function instantOfMs(ms: Milliseconds): Instant {
  return asInstant(ms * 1000);
}

/** Milliseconds since 1970, for clocks and dates; the microseconds behind them are dropped. */
export function msOf(instant: Instant): Milliseconds {
  return Math.floor(instant / 1000);
}

export function earliest(...instants: readonly [Instant, ...Instant[]]): Instant {
  return asInstant(Math.min(...instants));
}

export function latest(...instants: readonly [Instant, ...Instant[]]): Instant {
  return asInstant(Math.max(...instants));
}

/** The instant so many milliseconds later, or earlier. */
export function laterBy(instant: Instant, ms: Milliseconds): Instant {
  return asInstant(instant + ms * 1000);
}

/** How long it is from one instant to another, in whole milliseconds; negative when the other is earlier. */
export function msBetween(from: Instant, to: Instant): Milliseconds {
  return Math.floor((to - from) / 1000);
}

/** A UTC day, `YYYY-MM-DD`. */
export type Day = string;

/** In microseconds, for sums of instants. */
export const SECOND = 1_000_000;
export const HOUR_MICROS: number = 3_600 * SECOND;
export const DAY_SECONDS = 86_400;
export const DAY_MICROS: number = DAY_SECONDS * SECOND;

/** Beyond this number of seconds or its µs, only whole seconds are exact. */
export const EXACT_SECONDS = 9_007_199_254;

/** Whether the years of a text are near enough to 1970 for fractions of a second: see `Instant`. */
export function exactYear(year: string): boolean {
  return year >= '1700' && year <= '2199';
}

const DAY_MILLIS = DAY_SECONDS * 1000;

/** The number of a day, counted from 1970-01-01, from its digits; null for a day that the calendar does not have. */
export function epochDay(year: string, month: string, date: string): number | null {
  const time = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(date));
  const valid = year !== '0000' && new Date(time).toISOString().slice(0, 10) === `${year}-${month}-${date}`;
  return valid ? time / DAY_MILLIS : null;
}

export function lastOf(day: number, exact: boolean): Instant {
  return asInstant(
    exact ? (day + 1) * DAY_SECONDS * SECOND - 1 : (day * DAY_SECONDS + DAY_SECONDS - 1) * SECOND,
  );
}

/** The UTC day of an instant. */
export function dayOf(instant: Instant): Day {
  return new Date(msOf(instant)).toISOString().slice(0, 10);
}

/** The first instant of a day. */
export function startOfDay(day: Day): Instant {
  return instantOfMs(Date.parse(`${day}T00:00:00Z`));
}

/** The last instant of a day. */
export function endOfDay(day: Day): Instant {
  return lastOf(Date.parse(`${day}T00:00:00Z`) / DAY_MILLIS, exactYear(day.slice(0, 4)));
}

/** UTC ISO 8601 with as many digits as are needed: none, three or six. */
export function formatInstant(instant: Instant): string {
  const micros = ((instant % SECOND) + SECOND) % SECOND;
  const seconds = new Date((instant - micros) / 1000).toISOString().slice(0, 19);
  if (micros === 0) return `${seconds}Z`;
  const digits = String(micros).padStart(6, '0');
  return `${seconds}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}
