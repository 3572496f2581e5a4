import { asInstant, EXACT_SECONDS, type Instant, SECOND } from '../instant.ts';
import { fractionOf, instantOfParts, offsetSeconds } from './calendar.ts';
import { plainMoment } from './plain-moment.ts';
import { ANY_NUMBER, type NumberBounds } from './plausible.ts';
import { AUTO, type TimeFormat } from './time-format.ts';
import { patternReader } from './time-pattern.ts';
import { DIGITS, fromJulian, fromUnit, JULIAN, unitNamed } from './time-units.ts';

/** A value as SQLite stores it. */
export type StoredValue = null | bigint | number | string | Uint8Array;
export type TimeReader = (value: StoredValue) => Instant | null;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/**
 * The instant that a stored value means, null when it means none. Never guesses. In the format `auto`:
 * - `YYYY-MM-DD[T ]HH:MM:SS[.fraction][Z|±HH:MM|±HHMM|±HH]`, no zone being UTC; digits beyond µs are cut off.
 *   In the years 1 and 9999 no offset is taken.
 * - the same as other programs write it: `plain-moment.ts`
 * - `YYYY-MM-DD`: the last µs of that day.
 * - an INTEGER, REAL or TEXT of digits (with a fraction or without) as time since the epoch, by its size: `[1e8, 1e11)` are seconds, `[1e11, 1e14)`
 *   milliseconds, `[1e14, 1e17)` microseconds, `[1e17, 9.2e18)` nanoseconds; 0 is 1970. Whether such a time is plausible is asked elsewhere:
 *   `plausible.ts`.
 *
 * `hot/sqlite/time/` is the same in SQL; a property test holds them together.
 */
export function parseInstant(value: StoredValue, format: TimeFormat = AUTO): Instant | null {
  return timeReader(format)(value);
}

/** `parseInstant` for many values of one format. */
export function timeReader(format: TimeFormat = AUTO): TimeReader {
  if (format === AUTO) return (value) => parseAuto(value, ANY_NUMBER);
  const unit = unitNamed(format);
  if (unit !== null) return (value) => (isCount(value) ? fromUnit(unit, value) : null);
  if (format === JULIAN.name) return (value) => (isCount(value) ? fromJulian(value) : null);
  const read = patternReader(format);
  // A column of a numeric type has made a number of digits.
  return (value) => (typeof value === 'string' || typeof value === 'bigint' ? read(String(value)) : null);
}

function isCount(value: StoredValue): value is bigint | number | string {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string';
}

/** `auto`, with numbers only within bounds. */
export function parseAuto(value: StoredValue, bounds: NumberBounds): Instant | null {
  return parseFirst(value, bounds) ?? parseLater(value, bounds);
}

/** The forms that every version of Firn reads. */
export function parseFirst(value: StoredValue, bounds: NumberBounds): Instant | null {
  switch (typeof value) {
    case 'bigint':
      return fromEpoch(value, '', bounds);
    case 'number':
      return fromReal(value, bounds);
    case 'string':
      return fromText(value, bounds);
    default:
      return null;
  }
}

/** The forms that only segments of format 3 can have. */
function parseLater(value: StoredValue, { ns: [least, end] }: NumberBounds): Instant | null {
  switch (typeof value) {
    case 'bigint':
      return value === 0n ? EPOCH : value >= least && value < end ? fromNanos(value) : null;
    case 'number':
      if (value === 0) return EPOCH;
      return value >= least && value < end ? fromNanos(value) : null;
    case 'string': {
      const moment = plainMoment(value);
      if (moment !== null) return fromMoment(moment);
      const [, digits, fraction = ''] = DIGITS.exec(value) ?? [];
      const whole = digits?.replace(/^0+/, '');
      if (whole === undefined || whole.length > 19) return null;
      if (whole === '') return fractionOf(fraction, 6) === 0 ? EPOCH : null;
      const number = BigInt(whole);
      return number >= least && number < end ? fromNanos(number) : null;
    }
    default:
      return null;
  }
}

const EPOCH: Instant = asInstant(0);
const EXACT_NANOS = EXACT_SECONDS * 1e9;

function fromNanos(value: bigint | number): Instant {
  if (typeof value === 'number') {
    return asInstant(value < EXACT_NANOS ? Math.trunc(value / 1e3) : Math.trunc(value / 1e9) * SECOND);
  }
  return asInstant(value < EXACT_NANOS ? Number(value / 1_000n) : Number(value / 1_000_000_000n) * SECOND);
}

function fromText(text: string, bounds: NumberBounds): Instant | null {
  const moment = fromMoment(text);
  if (moment !== null) return moment;
  const date = DATE.exec(text);
  if (date) return instantOfParts({ year: date[1]!, month: date[2]!, date: date[3]! }, null);
  const epoch = DIGITS.exec(text);
  if (epoch === null) return null;
  const whole = epoch[1]!.replace(/^0+/, '');
  if (whole.length > 17) return null;
  return fromEpoch(BigInt(whole), epoch[2] ?? '', bounds);
}

function fromMoment(text: string): Instant | null {
  const [, year, month, date, hour, minute, second, fraction = '', zone = ''] = DATE_TIME.exec(text) ?? [];
  if (year === undefined) return null;
  const offset = offsetSeconds(zone);
  const isEdge = year === '0001' || year === '9999';
  if (offset === null || (isEdge && zone !== '' && zone !== 'Z')) return null;
  const time = { hour: hour!, minute: minute!, second: second!, fraction, offset };
  return instantOfParts({ year, month: month!, date: date! }, time);
}

function fromReal(value: number, { s, ms, us }: NumberBounds): Instant | null {
  if (value >= s[0] && value < s[1]) {
    return asInstant(value < EXACT_SECONDS ? Math.trunc(value * 1e6) : Math.trunc(value) * SECOND);
  }
  if (value >= ms[0] && value < ms[1]) {
    const exact = value < EXACT_SECONDS * 1e3;
    return asInstant(exact ? Math.trunc(value * 1e3) : Math.trunc(value / 1e3) * SECOND);
  }
  if (value >= us[0] && value < us[1]) {
    const exact = value < EXACT_SECONDS * 1e6;
    return asInstant(exact ? Math.trunc(value) : Math.trunc(value / 1e6) * SECOND);
  }
  return null;
}

function fromEpoch(exact: bigint, fraction: string, { s, ms, us }: NumberBounds): Instant | null {
  if (exact >= s[0] && exact < s[1]) {
    return asInstant(Number(exact) * SECOND + (exact < EXACT_SECONDS ? fractionOf(fraction, 6) : 0));
  }
  if (exact >= ms[0] && exact < ms[1]) {
    if (exact < EXACT_SECONDS * 1e3) return asInstant(Number(exact) * 1e3 + fractionOf(fraction, 3));
    return asInstant(Number(exact / 1_000n) * SECOND);
  }
  if (exact < us[0] || exact >= us[1]) return null;
  return asInstant(exact < EXACT_SECONDS * 1e6 ? Number(exact) : Number(exact / 1_000_000n) * SECOND);
}
