import { DAY_MS } from '../duration.ts';
import { dayOf, endOfDay, type Instant, instantOfMs, laterBy } from '../instant.ts';

/** A number is read in a unit when it is at least the first bound and less than the second. Bounds are exact as numbers and as bigints. */
type Bounds = readonly [least: bigint, end: bigint];

/** Which numbers `auto` takes for seconds, milliseconds, microseconds and nanoseconds since 1970. */
export interface NumberBounds {
  readonly s: Bounds;
  readonly ms: Bounds;
  readonly us: Bounds;
  readonly ns: Bounds;
}

/** Read by size alone: the numbers of the archives, and of what a person asks for. */
export const ANY_NUMBER: NumberBounds = {
  s: [10n ** 8n, 10n ** 11n],
  ms: [10n ** 11n, 10n ** 14n],
  us: [10n ** 14n, 10n ** 17n],
  ns: [10n ** 17n, 92n * 10n ** 17n],
};

/** Rows before 1990 are older than the programs that write them. */
export const EARLIEST: Instant = instantOfMs(Date.UTC(1990, 0, 1));
/** From 1970 to 2001, where counts of Apple's programs begin. */
const APPLE_MICROS = 978_307_200_000_000;

/** The last instant that is not after tomorrow (UTC). */
export function endOfTomorrow(now: Instant): Instant {
  return endOfDay(dayOf(laterBy(now, DAY_MS)));
}

/**
 * Numbers that are times of rows for certain: from 1990 to tomorrow. Seconds and nanoseconds only where the same number counted from 2001 is
 * after tomorrow: an earlier one may be such a count. (.NET ticks of our time, read as nanoseconds, are of 1990.)
 */
export function plausibleNumbers(now: Instant): NumberBounds {
  const last = BigInt(endOfTomorrow(now));
  const early = BigInt(EARLIEST);
  const apple = last - BigInt(APPLE_MICROS) + 1n;
  const first = apple > early ? apple : early;
  const ceil = (micros: bigint, unit: bigint): bigint => (micros + unit - 1n) / unit;
  const within = ([least, end]: Bounds, from: bigint, to: bigint): Bounds => [
    from > least ? from : least,
    to < end ? to : end,
  ];
  return {
    s: within(ANY_NUMBER.s, ceil(first, 1_000_000n), last / 1_000_000n + 1n),
    ms: within(ANY_NUMBER.ms, ceil(early, 1_000n), last / 1_000n + 1n),
    us: within(ANY_NUMBER.us, early, last + 1n),
    ns: within(ANY_NUMBER.ns, first * 1_000n, (last + 1n) * 1_000n),
  };
}
