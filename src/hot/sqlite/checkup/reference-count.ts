import { setImmediate } from 'node:timers/promises';
import type { Reference } from '../../../model/shape.ts';
import type { ReferenceCount } from '../../hot-checkup.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { introspect } from '../sql/introspect.ts';
import { wholeTable } from '../survey/child-survey.ts';

/** See `HotCheckup`. */
export async function countReferences(
  connection: Connection,
  { table: name, columns, parent, parentColumns }: Reference,
  most: number,
): Promise<ReferenceCount> {
  const table = introspect(connection, name);
  let [rows, referring, dangling] = [0, 0, 0];
  if (table === null) return { rows, referring, dangling, isExact: true };
  const selected = columns.map((column, at) => `${table.column(column)} AS k${at}`).join(', ');
  const refers = columns.map((_, at) => `k${at} IS NOT NULL`).join(' AND ');
  // On the left the column whose collation decides.
  const matching = parentColumns.map((column, at) => `${quoteName(parent)}.${quoteName(column)} = k${at}`);
  const lost = `NOT EXISTS (SELECT 1 FROM main.${quoteName(parent)} WHERE ${matching.join(' AND ')})`;
  for (const { source, params } of wholeTable(connection, table)) {
    if (rows >= most) return { rows, referring, dangling, isExact: false };
    const found = connection.db
      .prepare(
        `SELECT count(*) AS rows, coalesce(sum(${refers}), 0) AS referring, coalesce(sum(${refers} AND ${lost}), 0) AS dangling
        FROM (SELECT ${selected} FROM ${source})`,
      )
      .get(...params) as unknown as Omit<ReferenceCount, 'isExact'>;
    rows += found.rows;
    referring += found.referring;
    dangling += found.dangling;
    await setImmediate();
  }
  return { rows, referring, dangling, isExact: true };
}
