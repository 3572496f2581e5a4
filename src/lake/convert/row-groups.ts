import { sizes } from '../../model/sizes.ts';

/** DuckDB's vector. */
const STEP = 2_048;

/** How many rows a row group has, so that its lines take no more than `sizes.lakeGroupBytes`: writers hold a row group in memory. */
export function rowsOfGroup(rows: number, bytes: number): number {
  const fitting = Math.floor((sizes.lakeGroupBytes * rows) / Math.max(bytes, 1) / STEP) * STEP;
  return Math.min(sizes.lakeGroupRows, Math.max(STEP, fitting));
}
