import type { Instant } from '../instant.ts';
import { parseInstant } from './parse-instant.ts';
import type { TimeFormat } from './time-format.ts';
import { unitNamed } from './time-units.ts';

const SENTINELS = ['0001-01-01', '1970-01-01', '9999-12-31'].flatMap((day) => [
  parseInstant(day)!,
  parseInstant(`${day} 00:00:00`)!,
  parseInstant(`${day} 23:59:59`)!,
]);

/**
 * Instants that programs write for "no time": the first and the last day that they know, 1970-01-01 as a day, as its first and as its last second, and
 * the value 0 of a unit. Such a row never leaves.
 */
export function sentinelInstants(format: TimeFormat): readonly Instant[] {
  const zero = unitNamed(format) === null ? null : parseInstant(0n, format);
  return [...new Set(zero === null ? SENTINELS : [...SENTINELS, zero])];
}

export function isSentinel(instant: Instant, format: TimeFormat): boolean {
  return sentinelInstants(format).includes(instant);
}
