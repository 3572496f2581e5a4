import type { Condition } from '../../../model/filter.ts';
import type { Reference } from '../../../model/shape.ts';
import type { ReferringRow } from '../../hot-lookup.ts';
import type { Connection } from '../connection/connection.ts';
import { conditionSql } from '../sql/filter-sql.ts';
import { introspect } from '../sql/introspect.ts';
import { keySql } from '../survey/due-keys.ts';

/** At most `most` rows that refer to the row of a key by a declared foreign key. */
export function referringRows(
  connection: Connection,
  { table: name, columns, parent: parentName, parentColumns }: Reference,
  where: readonly Condition[],
  most: number,
): ReferringRow[] {
  const [table, parent] = [introspect(connection, name), introspect(connection, parentName)];
  if (table === null || parent === null) return [];
  const pieces = where.map((condition) => conditionSql(condition, parent.column(condition.column)));
  const { primaryKey } = table.shape;
  const key = primaryKey.length > 0 ? primaryKey.map(table.column) : keySql(table);
  const texts = key.map(
    (sql, at) => `CASE typeof(${sql}) WHEN 'blob' THEN quote(${sql}) ELSE CAST(${sql} AS TEXT) END AS k${at}`,
  );
  // The referring table may be the same one.
  const named = `(SELECT ${parentColumns.map(parent.column).join(', ')} FROM ${parent.from}
    WHERE ${pieces.map(({ sql }) => sql).join(' AND ')} LIMIT 1)`;
  const rows = connection.db
    .prepare(
      `SELECT ${texts.join(', ')} FROM ${table.from} WHERE (${columns.map(table.column).join(', ')}) = ${named} LIMIT ${most}`,
    )
    .all(...pieces.flatMap(({ params }) => params));
  return rows.map((row) => ({
    table: table.shape.table,
    key: key.map((_, at) => String(row[`k${at}`])),
    columns,
  }));
}
