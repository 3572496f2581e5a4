import { asInstant, type Instant, instantOfMs } from '../../model/instant.ts';

/** How numbers that `parseInstant` does not read, or reads as another time, may mean a time. */
export interface TimeForm {
  readonly name: string;
  readonly words: string;
}

interface Unit extends TimeForm {
  /** Units in one second, and the Unix time in seconds at which the count begins. */
  readonly perSecond: number;
  readonly origin: number;
}

const UNITS: readonly Unit[] = [
  { name: 'ns', words: 'nanoseconds since 1970', perSecond: 1e9, origin: 0 },
  { name: 'apple', words: 'seconds since 2001 (Core Data)', perSecond: 1, origin: 978_307_200 },
  { name: 'webkit', words: 'microseconds since 1601 (Chrome)', perSecond: 1e6, origin: -11_644_473_600 },
  {
    name: 'filetime',
    words: '100 ns since 1601 (Windows FILETIME)',
    perSecond: 1e7,
    origin: -11_644_473_600,
  },
  { name: 'ticks', words: '100 ns since the year 1 (.NET ticks)', perSecond: 1e7, origin: -62_135_596_800 },
  { name: 'julian', words: 'Julian day numbers', perSecond: 1 / 86_400, origin: -210_866_760_000 },
];

/** Rows before 1990 are older than the programs that write them. */
export const EARLIEST: Instant = instantOfMs(Date.UTC(1990, 0, 1));
const DAY = 86_400_000_000;

export function isPlausible(instant: Instant, now: Instant): boolean {
  return instant >= EARLIEST && instant <= now + DAY;
}

/**
 * The form in which all of these numbers are plausible times although they are none, or much older ones, when they are
 * read as Unix time: of several, the one that makes the newest row youngest. Null when there is none.
 */
export function guessTimeForm(numbers: readonly number[], now: Instant): TimeForm | null {
  if (numbers.length === 0) return null;
  const instant = ({ perSecond, origin }: Unit, value: number): Instant =>
    asInstant((value / perSecond + origin) * 1e6);
  const newest = (unit: Unit): Instant => instant(unit, Math.max(...numbers));
  return UNITS.filter((unit) =>
    numbers.every((value) => isPlausible(instant(unit, value), now)),
  ).reduce<Unit | null>((best, unit) => (best === null || newest(unit) > newest(best) ? unit : best), null);
}
