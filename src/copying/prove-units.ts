import { hash } from 'node:crypto';
import type { PendingFile } from '../archive/archive-store.ts';
import { proveSegment } from '../format/segment/prove.ts';
import { release } from '../format/segment/release.ts';
import type { DrainUnit } from '../hot/hot-store.ts';
import { cutLocators, type Locators } from '../hot/locators.ts';
import { sizes } from '../model/sizes.ts';

/** Reads the whole file back, and takes the digests that the drain will compare from the bytes that were read. */
export async function proveUnits(
  pending: PendingFile,
  segment: string,
  locators: readonly Locators[],
): Promise<DrainUnit[]> {
  const units: DrainUnit[] = [];
  for await (const { block, first, lines } of proveSegment(pending, segment)) {
    for (const unit of cutUnits(lines)) {
      // A copy, which is small enough to lie in the heap, not in a buffer of its own.
      const digest = Uint8Array.from(hash('sha256', lines.subarray(unit.start, unit.end), 'buffer'));
      const own = cutLocators(locators[block]!, unit.row, unit.rows);
      units.push({ first: first + unit.row, rows: unit.rows, digest, locators: own });
    }
    release(lines);
  }
  return units;
}

/** Cuts a block into units of whole lines: what is compared as a whole when rows are deleted. */
function* cutUnits(lines: Uint8Array): Generator<{ row: number; rows: number; start: number; end: number }> {
  let [row, rows, start, end] = [0, 0, 0, 0];
  while (end < lines.length) {
    end = lines.indexOf(10, end) + 1;
    if (end === 0) end = lines.length;
    rows++;
    if (rows === sizes.unitRows || end - start >= sizes.unitBytes || end === lines.length) {
      yield { row, rows, start, end };
      [row, rows, start] = [row + rows, 0, end];
    }
  }
}
