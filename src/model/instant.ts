/**
 * Microseconds since 1970-01-01T00:00:00Z, an exact integer between the years 1 and 9999. Outside the years 1700 to 2199 instants are
 * whole seconds (a fraction is dropped), because a JavaScript number cannot hold microseconds there.
 */
export type Instant = number & { readonly [microseconds]: true };
declare const microseconds: unique symbol;

/** A number that is known to be microseconds since 1970: from SQLite, from a file, or computed from instants. */
export function asInstant(micros: number): Instant;
export function asInstant(micros: number | null): Instant | null;
export function asInstant(micros: number | null): Instant | null {
  return micros as Instant | null;
}

/** The instant of so many milliseconds since 1970, as clocks give them. */
export function instantOfMs(ms: number): Instant {
  return asInstant(ms * 1000);
}

/** Milliseconds since 1970, for clocks and dates; the microseconds behind them are dropped. */
export function msOf(instant: Instant): number {
  return Math.floor(instant / 1000);
}

export function earliest(...instants: readonly [Instant, ...Instant[]]): Instant {
  return asInstant(Math.min(...instants));
}

export function latest(...instants: readonly [Instant, ...Instant[]]): Instant {
  return asInstant(Math.max(...instants));
}

/** The instant so many milliseconds later, or earlier. */
export function laterBy(instant: Instant, ms: number): Instant {
  return asInstant(instant + ms * 1000);
}

/** A UTC day, `YYYY-MM-DD`. */
export type Day = string;

const SECOND = 1_000_000;
const DAY_SECONDS = 86_400;

/** Beyond this number of seconds or its µs, only whole seconds are exact. */
export const EXACT_SECONDS = 9_007_199_254;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?$/;
const EPOCH = /^(\d+)(?:\.(\d+))?$/;

/**
 * The instant that a stored value means, null when it means none. Never guesses:
 * - `YYYY-MM-DD[T ]HH:MM:SS[.fraction][Z|±HH:MM|±HHMM|±HH]`, no zone being UTC; digits beyond µs are cut off.
 *   In the years 1 and 9999 no offset is taken.
 * - `YYYY-MM-DD`: the last µs of that day.
 * - an INTEGER, REAL or TEXT of digits (with a fraction or without) as time since the epoch, by its size: `[1e8, 1e11)` are seconds, `[1e11, 1e14)`
 *   milliseconds, `[1e14, 1e17)` microseconds.
 *
 * `hot/sqlite/instant-sql.ts` is the same in SQL; a property test holds them together.
 */
export function parseInstant(value: null | bigint | number | string | Uint8Array): Instant | null {
  switch (typeof value) {
    case 'bigint':
      return value >= 100_000_000n && value < 10n ** 17n ? fromEpoch(Number(value), value, '') : null;
    case 'number':
      return fromReal(value);
    case 'string':
      return fromText(value);
    default:
      return null;
  }
}

function fromText(text: string): Instant | null {
  const moment = DATE_TIME.exec(text);
  if (moment) return fromMoment(moment);
  const date = DATE.exec(text);
  if (date) {
    const day = epochDay(date[1]!, date[2]!, date[3]!);
    return day === null ? null : lastOf(day, exactYear(date[1]!));
  }
  const epoch = EPOCH.exec(text);
  if (epoch === null) return null;
  const whole = epoch[1]!.replace(/^0+/, '');
  if (whole.length > 17) return null;
  return fromEpoch(Number(whole), BigInt(whole), epoch[2] ?? '');
}

function fromMoment(match: RegExpExecArray): Instant | null {
  const [, year, month, date, hour, minute, second, fraction, sign, offsetHour, offsetMinute = '00'] = match;
  const day = epochDay(year!, month!, date!);
  if (day === null || hour! > '23' || minute! > '59' || second! > '59') return null;
  let seconds = day * DAY_SECONDS + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (sign !== undefined) {
    if (offsetHour! > '23' || offsetMinute > '59' || year === '0001' || year === '9999') return null;
    const offset = Number(offsetHour) * 3600 + Number(offsetMinute) * 60;
    seconds += sign === '-' ? offset : -offset;
  }
  return asInstant(
    seconds * SECOND + (exactYear(year!) && fraction !== undefined ? fractionOf(fraction, 6) : 0),
  );
}

function fromReal(value: number): Instant | null {
  if (value >= 1e8 && value < 1e11) {
    return asInstant(value < EXACT_SECONDS ? Math.trunc(value * 1e6) : Math.trunc(value) * SECOND);
  }
  if (value >= 1e11 && value < 1e14) {
    const exact = value < EXACT_SECONDS * 1e3;
    return asInstant(exact ? Math.trunc(value * 1e3) : Math.trunc(value / 1e3) * SECOND);
  }
  if (value >= 1e14 && value < 1e17) {
    const exact = value < EXACT_SECONDS * 1e6;
    return asInstant(exact ? Math.trunc(value) : Math.trunc(value / 1e6) * SECOND);
  }
  return null;
}

/** `exact` is the same as `value`, which may be rounded. */
function fromEpoch(value: number, exact: bigint, fraction: string): Instant | null {
  if (value >= 1e8 && value < 1e11) {
    return asInstant(value * SECOND + (value < EXACT_SECONDS ? fractionOf(fraction, 6) : 0));
  }
  if (value >= 1e11 && value < 1e14) {
    if (value < EXACT_SECONDS * 1e3) return asInstant(value * 1e3 + fractionOf(fraction, 3));
    return asInstant(Math.trunc(value / 1e3) * SECOND);
  }
  if (exact < 10n ** 14n || exact >= 10n ** 17n) return null;
  return asInstant(value < EXACT_SECONDS * 1e6 ? value : Number(exact / 1_000_000n) * SECOND);
}

function fractionOf(digits: string, places: number): number {
  return Number(digits.slice(0, places).padEnd(places, '0'));
}

function exactYear(year: string): boolean {
  return year >= '1700' && year <= '2199';
}

function epochDay(year: string, month: string, date: string): number | null {
  const time = new Date(0).setUTCFullYear(Number(year), Number(month) - 1, Number(date));
  const valid = year !== '0000' && new Date(time).toISOString().slice(0, 10) === `${year}-${month}-${date}`;
  return valid ? time / 86_400_000 : null;
}

function lastOf(day: number, exact: boolean): Instant {
  return asInstant(
    exact ? (day + 1) * DAY_SECONDS * SECOND - 1 : (day * DAY_SECONDS + DAY_SECONDS - 1) * SECOND,
  );
}

/** The UTC day of an instant. */
export function dayOf(instant: Instant): Day {
  return new Date(Math.floor(instant / 1000)).toISOString().slice(0, 10);
}

/** The first instant of a day. */
export function startOfDay(day: Day): Instant {
  return instantOfMs(Date.parse(`${day}T00:00:00Z`));
}

/** The last instant of a day. */
export function endOfDay(day: Day): Instant {
  return lastOf(Date.parse(`${day}T00:00:00Z`) / 86_400_000, exactYear(day.slice(0, 4)));
}

/** UTC ISO 8601 with as many digits as are needed: none, three or six. */
export function formatInstant(instant: Instant): string {
  const micros = ((instant % SECOND) + SECOND) % SECOND;
  const seconds = new Date((instant - micros) / 1000).toISOString().slice(0, 19);
  if (micros === 0) return `${seconds}Z`;
  const digits = String(micros).padStart(6, '0');
  return `${seconds}.${digits.endsWith('000') ? digits.slice(0, 3) : digits}Z`;
}
