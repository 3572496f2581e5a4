import { DAY_MICROS, type Day, startOfDay } from '../../../model/instant.ts';
import type { UnitRange } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import type { DueKeys } from './due-keys.ts';

/** See `HotReader.unitRanges`. */
export function unitRanges(
  { db }: Connection,
  tables: readonly DueKeys[],
  day: Day,
  rows: number,
): UnitRange[] {
  const number = startOfDay(day) / DAY_MICROS;
  const each = tables.map(
    ({ name }) =>
      `SELECT _firn_unit, count(*) AS rows FROM ${name} WHERE _firn_day = ${number} GROUP BY _firn_unit`,
  );
  const units = db.prepare(
    `SELECT _firn_unit AS unit, sum(rows) AS rows FROM (${each.join(' UNION ALL ')}) GROUP BY _firn_unit ORDER BY _firn_unit`,
  );
  units.setReadBigInts(true);
  const ranges: UnitRange[] = [];
  let range: { first: bigint; last: bigint; rows: number } | null = null;
  for (const found of units.iterate() as Iterable<{ unit: bigint; rows: bigint }>) {
    range ??= { first: found.unit, last: found.unit, rows: 0 };
    range.last = found.unit;
    range.rows += Number(found.rows);
    if (range.rows < rows) continue;
    ranges.push(range);
    range = null;
  }
  if (range !== null) ranges.push(range);
  return ranges;
}
