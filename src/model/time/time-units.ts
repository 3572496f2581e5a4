import { asInstant, EXACT_SECONDS, type Instant } from '../instant.ts';

/** A count of equal steps since some moment. */
export interface Unit {
  /** As in `time_format`. */
  readonly name: string;
  /** For messages: `seconds since 2001 (Core Data)`. */
  readonly words: string;
  readonly perSecond: bigint;
  /** The moment of the value 0, in seconds since 1970. */
  readonly origin: bigint;
}

export const UNITS: readonly Unit[] = [
  { name: 's', words: 'seconds since 1970', perSecond: 1n, origin: 0n },
  { name: 'ms', words: 'milliseconds since 1970', perSecond: 1_000n, origin: 0n },
  { name: 'us', words: 'microseconds since 1970', perSecond: 1_000_000n, origin: 0n },
  { name: 'ns', words: 'nanoseconds since 1970', perSecond: 1_000_000_000n, origin: 0n },
  { name: 'apple', words: 'seconds since 2001 (Core Data)', perSecond: 1n, origin: 978_307_200n },
  {
    ...{ name: 'apple_ns', words: 'nanoseconds since 2001 (Messages)' },
    ...{ perSecond: 1_000_000_000n, origin: 978_307_200n },
  },
  {
    ...{ name: 'webkit', words: 'microseconds since 1601 (Chrome)' },
    ...{ perSecond: 1_000_000n, origin: -11_644_473_600n },
  },
  {
    ...{ name: 'filetime', words: '100 ns since 1601 (Windows FILETIME)' },
    ...{ perSecond: 10_000_000n, origin: -11_644_473_600n },
  },
  {
    ...{ name: 'ticks', words: '100 ns since the year 1 (.NET ticks)' },
    ...{ perSecond: 10_000_000n, origin: -62_135_596_800n },
  },
];

/** Days since noon of 4714-11-24 BC, with a fraction: read as SQLite reads them, to the nearest millisecond. */
export const JULIAN = {
  name: 'julian',
  words: 'Julian day numbers',
  /** Milliseconds of 1970-01-01T00:00:00Z. */
  originMs: 210_866_760_000_000n,
  dayMs: 86_400_000n,
  /** The years 1 to 9999, without the last minutes. */
  least: 1_721_425.5,
  end: 5_373_484.499,
} as const;

export const UNIT_NAMES: readonly string[] = [...UNITS.map(({ name }) => name), JULIAN.name];

const MICROS = 1_000_000n;
/** The years 1 to 9999, in seconds since 1970. */
const FIRST_SECOND = -62_135_596_800n;
const END_SECOND = 253_402_300_800n;
const GREATEST_INTEGER = 2n ** 63n - 1n;
/** A text of digits, with a fraction or without. */
export const DIGITS: RegExp = /^(\d+)(?:\.(\d+))?$/;

export function isUnitName(format: string): boolean {
  return UNIT_NAMES.includes(format);
}

export function unitNamed(format: string): Unit | null {
  return UNITS.find(({ name }) => name === format) ?? null;
}

/** Values from `least` on and below `end` are instants of the years 1 to 9999. REALs end a second earlier, as they may be rounded up. */
export function unitRange({ perSecond, origin }: Unit): {
  readonly least: bigint;
  readonly end: bigint;
  readonly realEnd: bigint;
} {
  const end = (END_SECOND - origin) * perSecond;
  return {
    least: (FIRST_SECOND - origin) * perSecond,
    end: end < GREATEST_INTEGER ? end : GREATEST_INTEGER,
    realEnd: end - perSecond,
  };
}

/** Digits of a fraction that are not below a microsecond. */
export function fractionPlaces({ perSecond }: Unit): number {
  return perSecond === 1n ? 6 : perSecond === 1_000n ? 3 : 0;
}

/** The instant of a stored value that counts in a unit; null when it is none. The same in SQL: `hot/sqlite/time/unit-sql.ts`. */
export function fromUnit(unit: Unit, value: bigint | number | string): Instant | null {
  const { least, end, realEnd } = unitRange(unit);
  const { perSecond } = unit;
  if (typeof value === 'number') {
    if (!(value >= Number(least) && value < Number(realEnd))) return null;
    const micros =
      perSecond <= MICROS ? value * Number(MICROS / perSecond) : value / Number(perSecond / MICROS);
    return since(unit, BigInt(Math.trunc(micros)));
  }
  const [whole, fraction] = typeof value === 'bigint' ? [value, 0] : digitsOf(value, fractionPlaces(unit));
  if (whole === null || whole < least || whole >= end) return null;
  const micros = perSecond <= MICROS ? whole * (MICROS / perSecond) : whole / (perSecond / MICROS);
  return since(unit, micros + BigInt(fraction));
}

/** The same for a Julian day number: `hot/sqlite/time/unit-sql.ts`. */
export function fromJulian(value: bigint | number | string): Instant | null {
  const { least, end, dayMs, originMs } = JULIAN;
  if (typeof value === 'string') {
    const [whole, fraction] = digitsOf(value, 10);
    if (whole === null || whole < BigInt(Math.ceil(least)) || whole >= BigInt(Math.floor(end))) return null;
    const part = (BigInt(fraction) * dayMs + 5_000_000_000n) / 10_000_000_000n;
    return rounded((whole * dayMs + part - originMs) * 1_000n);
  }
  const days = Number(value);
  if (!(days >= least && days < end)) return null;
  return rounded((BigInt(Math.trunc(days * Number(dayMs) + 0.5)) - originMs) * 1_000n);
}

function since({ origin }: Unit, micros: bigint): Instant {
  return rounded(micros + origin * MICROS);
}

/** Far from 1970 only whole seconds are exact. */
function rounded(micros: bigint): Instant {
  const limit = BigInt(EXACT_SECONDS) * MICROS;
  if (micros > -limit && micros < limit) return asInstant(Number(micros));
  return asInstant(Number(micros - (((micros % MICROS) + MICROS) % MICROS)));
}

/** The whole part and the first digits of the fraction. */
function digitsOf(text: string, places: number): [whole: bigint | null, fraction: number] {
  const [, whole, fraction = ''] = DIGITS.exec(text) ?? [];
  if (whole === undefined || whole.replace(/^0+/, '').length > 19) return [null, 0];
  return [BigInt(whole), places === 0 ? 0 : Number(fraction.slice(0, places).padEnd(places, '0'))];
}
