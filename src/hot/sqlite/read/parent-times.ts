import { sqlite } from '../../../model/database/dialect.ts';
import { DAY_MICROS, type Day, startOfDay } from '../../../model/instant.ts';
import type { UnitRange } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { rowInstantSql, timeTextSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { sameKey } from '../survey/bound-keys.ts';
import { type DueKeys, keyColumns, keySql } from '../survey/due-keys.ts';

/** The times that rows of a child have from their parents, as SQL. */
export interface ParentTimes extends Disposable {
  /**
   * Remembered rows of the child, named `_firn_picked`, with the columns `_firn_at` (instant) and `_firn_text` (as it stands in lines). A
   * subquery, since conditions of the user name columns without their table.
   * @param picked what follows FROM.
   */
  with(picked: string): string;
}

/**
 * Reads the times of the parents that leave with some units once each, and not for each of their children, into a temporary table. They are as
 * of now: of a parent that changes later the line does not agree, so that its unit stays. Null where rows have times of their own, or where the
 * parent's key may not be unique.
 */
export function openParentTimes(
  { db }: Connection,
  child: Table,
  { name: own, columns: ownColumns, parent }: DueKeys,
  day: Day,
  units: Pick<UnitRange, 'first' | 'last'> | null,
): ParentTimes | null {
  const { timeOf } = child.shape;
  if (timeOf === undefined || parent === undefined) return null;
  const { table, keys } = parent;
  const { primaryKey } = table.shape;
  const isUnique =
    primaryKey.length === timeOf.key.length &&
    primaryKey.every((part) => timeOf.key.some((name) => sqlite.sameName(name, part)));
  if (!isUnique) return null;
  const name = `${own}_times`;
  const columns = keys.columns.join(', ');
  const within = units === null ? '' : ` AND _firn_unit BETWEEN ${units.first} AND ${units.last}`;
  const leaving = sameKey(
    keySql(table),
    keys.columns.map((part) => `_firn_leaving.${part}`),
  );
  db.exec(`DROP TABLE IF EXISTS ${name};
    CREATE TABLE ${name} (${keyColumns(table).declared}, _firn_at INTEGER, _firn_text TEXT, PRIMARY KEY (${columns})) WITHOUT ROWID;
    INSERT INTO ${name} SELECT ${columns}, _firn_at, ${timeTextSql('_firn_at')} FROM (
      SELECT ${keys.columns.map((part) => `_firn_leaving.${part}`).join(', ')}, ${rowInstantSql(table, timeOf)} AS _firn_at
      FROM ${keys.name} AS _firn_leaving CROSS JOIN ${table.from} ON ${leaving}
      WHERE _firn_day = ${startOfDay(day) / DAY_MICROS}${within} LIMIT -1 OFFSET 0)`);
  const belongs = sameKey(timeOf.key.map(table.column), timeOf.by.map(child.column));
  const timed = sameKey(
    keys.columns.map((part) => `_firn_times.${part}`),
    keySql(table),
  );
  const picks = sameKey(
    keySql(child),
    ownColumns.map((part) => `_firn_picked.${part}`),
  );
  return {
    with: (picked) =>
      `(SELECT _firn_picked.*, _firn_times._firn_at, _firn_times._firn_text FROM ${picked} AS _firn_picked
        CROSS JOIN ${child.from} ON ${picks} CROSS JOIN ${table.from} ON ${belongs} CROSS JOIN ${name} AS _firn_times ON ${timed}
        LIMIT -1 OFFSET 0)`,
    [Symbol.dispose]: () => db.exec(`DROP TABLE ${name}`),
  };
}
