import type { Instant } from '../../../model/instant.ts';
import { JULIAN, type Unit } from '../../../model/time/time-units.ts';

/** Numbers that count in a unit (null: Julian days) and are times: from `least` on and below `end`. */
export interface CountRange {
  readonly unit: Unit | null;
  readonly least: bigint;
  readonly end: bigint;
}

const MICROS = 1_000_000n;

/** The least whole number from which on every number is a time after an instant. */
export function firstAfter({ perSecond, origin }: Unit, at: Instant): bigint {
  const micros = BigInt(at) - origin * MICROS;
  return perSecond <= MICROS
    ? floorDivided(micros, MICROS / perSecond) + 1n
    : (micros + 1n) * (perSecond / MICROS);
}

/** A whole number below which every number is a time at or before an instant. */
export function lastUpTo({ perSecond, origin }: Unit, at: Instant): bigint {
  const micros = BigInt(at) - origin * MICROS;
  return perSecond <= MICROS ? floorDivided(micros, MICROS / perSecond) : micros * (perSecond / MICROS);
}

/** The whole Julian day in which an instant lies: smaller numbers are at or before it, from the next one on they are after it. */
export function julianAt(at: Instant): bigint {
  return floorDivided(floorDivided(BigInt(at), 1_000n) + JULIAN.originMs, JULIAN.dayMs);
}

function floorDivided(a: bigint, b: bigint): bigint {
  return (a - (((a % b) + b) % b)) / b;
}
