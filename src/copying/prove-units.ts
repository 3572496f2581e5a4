import { hash } from 'node:crypto';
import type { PendingFile } from '../archive/archive-store.ts';
import { proveSegment } from '../format/segment/prove.ts';
import { release } from '../format/segment/release.ts';
import type { DrainUnit, RowBlock } from '../hot/hot-store.ts';
import { sizes } from '../model/sizes.ts';

/** Reads the whole file back, and takes the digests that the drain will compare from the bytes that were read. */
export async function proveUnits(
  pending: PendingFile,
  segment: string,
  rowids: readonly RowBlock['rowids'][],
): Promise<DrainUnit[]> {
  const units: DrainUnit[] = [];
  for await (const { block, first, lines } of proveSegment(pending, segment)) {
    const ids = rowids[block] ?? null;
    for (const unit of cutUnits(lines)) {
      // A copy, which is small enough to lie in the heap, not in a buffer of its own.
      const digest = Uint8Array.from(hash('sha256', lines.subarray(unit.start, unit.end), 'buffer'));
      const own = ids?.subarray(unit.row, unit.row + unit.rows) ?? null;
      units.push({ first: first + unit.row, rows: unit.rows, digest, rowids: own });
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
