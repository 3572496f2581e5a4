import { columnReader } from '../../format/line/line-columns.ts';
import { sizes } from '../../model/sizes.ts';
import { type DrainContext, type DrainSource, drainFile } from './drain-segment.ts';

/**
 * Drains the rest of a segment whose table has other columns since. Where no key tells a row from others, nobody can find the row of a line any
 * more: it is taken to be there, as the run left it, so that its line does not stay beside it. Not for an adopted segment: such rows may have
 * left hot before.
 */
export async function drainOtherColumns(
  context: DrainContext,
  source: DrainSource,
  position: number,
): Promise<void> {
  const { shape, segment, lines, rows } = source;
  const keyOf = columnReader(shape.primaryKey, shape.table);
  const isKeyless = (line: Uint8Array): boolean =>
    shape.primaryKey.length === 0 || keyOf(line).includes(null);
  for (let first = position; first < rows; ) {
    const batch = await lines.at(first, Math.min(sizes.leaseEndRows, rows - first));
    const keyless = isKeyless(batch[0]!);
    const other = batch.findIndex((line) => isKeyless(line) !== keyless);
    const end = first + (other < 0 ? batch.length : other);
    if (keyless) await context.store.keepLines(segment, first, end - first);
    else await drainFile(context, { ...source, rows: end }, first);
    first = end;
  }
}
