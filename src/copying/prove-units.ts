import { hash } from 'node:crypto';
import type { PendingFile } from '../archive/archive-store.ts';
import { withoutTime } from '../format/line/line-content.ts';
import { proveSegment } from '../format/segment/prove.ts';
import { release } from '../format/segment/release.ts';
import type { DrainUnit } from '../hot/hot-store.ts';
import { cutLocators, type Locators } from '../hot/locators.ts';
import { sizes } from '../model/sizes.ts';

/**
 * Reads the whole file back, and takes the digests that the drain will compare from the bytes that were read.
 * @param ranges of each row, where rows of one range are drained together: no unit has rows of two.
 * @param timed lines have the time of their row from another row.
 */
export async function proveUnits(
  pending: PendingFile,
  segment: string,
  locators: readonly Locators[],
  ranges: Uint32Array | null = null,
  timed = false,
): Promise<DrainUnit[]> {
  const units: DrainUnit[] = [];
  for await (const { block, first, lines } of proveSegment(pending, segment)) {
    const own = ranges?.subarray(first) ?? null;
    for (const { row, rows, start, end } of cutUnits(lines, own)) {
      // A copy, which is small enough to lie in the heap, not in a buffer of its own.
      const digest = Uint8Array.from(digestOf(lines.subarray(start, end), timed));
      const unit = { first: first + row, rows, digest, locators: cutLocators(locators[block]!, row, rows) };
      units.push(own === null ? unit : { ...unit, range: own[row]! });
    }
    release(lines);
  }
  return units;
}

/** Cuts a block into units of whole lines: what is compared as a whole when rows are deleted. */
function* cutUnits(
  lines: Uint8Array,
  ranges: Uint32Array | null,
): Generator<{ row: number; rows: number; start: number; end: number }> {
  let [row, rows, start, end] = [0, 0, 0, 0];
  while (end < lines.length) {
    end = lines.indexOf(10, end) + 1;
    if (end === 0) end = lines.length;
    rows++;
    const isEndOfRange = ranges !== null && ranges[row + rows] !== ranges[row];
    if (isEndOfRange || rows === sizes.unitRows || end - start >= sizes.unitBytes || end === lines.length) {
      yield { row, rows, start, end };
      [row, rows, start] = [row + rows, 0, end];
    }
  }
}

function digestOf(lines: Uint8Array, timed: boolean): Uint8Array {
  if (!timed) return hash('sha256', lines, 'buffer');
  return hash('sha256', withoutTime(Buffer.from(lines.buffer, lines.byteOffset, lines.length)), 'buffer');
}
