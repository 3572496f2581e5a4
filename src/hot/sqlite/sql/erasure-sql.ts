import { sqlite } from '../../../model/database/dialect.ts';
import type { ErasureFilter } from '../../../model/erasure.ts';
import type { TimeSource } from '../../../model/time/time-format.ts';
import { amongSql, conditionSql, type SqlPiece } from './filter-sql.ts';
import { rowInstantSql } from './row-time.ts';
import type { Table } from './sqlite-table.ts';

/** The condition of the rows that an erasure concerns. A row without an intelligible time satisfies no bound. */
export function erasureSql(table: Table, filter: ErasureFilter, time: TimeSource | null): SqlPiece {
  const { since, until, except = [] } = filter;
  const instant = instantOf(table, time);
  const bounds = [
    since === null ? [] : [`${instant} >= ${since}`],
    until === null ? [] : [`${instant} <= ${until}`],
  ].flat();
  const left = except.map((list) => joined(conditions(table, list)));
  return joined([
    ...matching(table, filter),
    ...bounds.map((sql) => ({ sql, params: [] })),
    ...left.map(({ sql, params }) => ({ sql: `(${sql}) IS NOT TRUE`, params })),
  ]);
}

/** The condition of the rows that it would concern if they had a time within its bounds. */
export function undatedSql(table: Table, filter: ErasureFilter, time: TimeSource | null): SqlPiece {
  return joined([...matching(table, filter), { sql: `${instantOf(table, time)} IS NULL`, params: [] }]);
}

function instantOf(table: Table, time: TimeSource | null): string {
  return (time === null ? null : rowInstantSql(table, time)) ?? 'NULL';
}

function matching(table: Table, { where, among }: ErasureFilter): SqlPiece[] {
  if (among === undefined) return conditions(table, where);
  return [...conditions(table, where), ofColumn(table, among.column, (column) => amongSql(among, column))];
}

function conditions(table: Table, where: ErasureFilter['where']): SqlPiece[] {
  return where.map((condition) =>
    ofColumn(table, condition.column, (column) => conditionSql(condition, column)),
  );
}

/** A column that the table lacks reads as NULL, which satisfies nothing. */
function ofColumn({ shape, column }: Table, name: string, sql: (column: string) => SqlPiece): SqlPiece {
  const own = shape.columns.find((one) => sqlite.sameName(one.name, name));
  return own === undefined ? { sql: '0', params: [] } : sql(column(own.name));
}

function joined(pieces: readonly SqlPiece[]): SqlPiece {
  return {
    sql: ['1', ...pieces.map(({ sql }) => sql)].join(' AND '),
    params: pieces.flatMap(({ params }) => params),
  };
}
