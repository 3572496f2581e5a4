import type { DrainUnit } from '../hot/hot-store.ts';
import { cutLocators, joinLocators, type Locators } from '../hot/locators.ts';

const DIGEST_BYTES = 32;

/**
 * The units of one segment as three arrays, which cross to another thread without being copied. As objects each would bring two small
 * buffers of its own, which lie between the large ones in the copying thread's memory and keep them from being used again.
 */
export interface PackedUnits {
  /** Rows of each unit. */
  readonly rows: Uint32Array<ArrayBuffer>;
  readonly digests: Uint8Array<ArrayBuffer>;
  /** Of all rows in the order of their lines. */
  readonly locators: Locators;
  /** The range of each unit, where tables are drained together; else empty. */
  readonly ranges: Uint32Array<ArrayBuffer>;
}

export function packUnits(units: readonly DrainUnit[]): PackedUnits {
  const rows = Uint32Array.from(units, (unit) => unit.rows);
  const digests = new Uint8Array(units.length * DIGEST_BYTES);
  for (const [at, unit] of units.entries()) digests.set(unit.digest, at * DIGEST_BYTES);
  const ranges = Uint32Array.from(units.flatMap(({ range }) => range ?? []));
  return { rows, digests, ranges, locators: joinLocators(units.map((unit) => unit.locators)) };
}

/** What is to be given away, rather than copied, with a message that holds these units. */
export function buffersOf({ rows, digests, locators, ranges }: PackedUnits): ArrayBuffer[] {
  return [rows.buffer, digests.buffer, locators.bytes.buffer, ranges.buffer];
}

export function unpackUnits({ rows, digests, locators, ranges }: PackedUnits): DrainUnit[] {
  let first = 0;
  return Array.from(rows, (count, at) => {
    const digest = digests.subarray(at * DIGEST_BYTES, (at + 1) * DIGEST_BYTES);
    const unit = { first, rows: count, digest, locators: cutLocators(locators, first, count) };
    first += count;
    return ranges.length === 0 ? unit : { ...unit, range: ranges[at]! };
  });
}
