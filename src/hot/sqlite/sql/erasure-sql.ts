import type { ErasureFilter } from '../../../model/erasure.ts';
import { sameName } from '../../../model/names.ts';
import type { TimeSource } from '../../../model/time/time-format.ts';
import { conditionSql, type SqlPiece } from './filter-sql.ts';
import { rowInstantSql } from './row-time.ts';
import type { Table } from './sqlite-table.ts';

/** The condition of the rows that an erasure concerns. A row without an intelligible time satisfies no bound. */
export function erasureSql(
  table: Table,
  { where, since, until, except = [] }: ErasureFilter,
  time: TimeSource | null,
): SqlPiece {
  const instant = instantOf(table, time);
  const bounds = [
    since === null ? [] : [`${instant} >= ${since}`],
    until === null ? [] : [`${instant} <= ${until}`],
  ].flat();
  const left = except.map((list) => joined(conditions(table, list)));
  return joined([
    ...conditions(table, where),
    ...bounds.map((sql) => ({ sql, params: [] })),
    ...left.map(({ sql, params }) => ({ sql: `(${sql}) IS NOT TRUE`, params })),
  ]);
}

/** The condition of the rows that it would concern if they had a time within its bounds. */
export function undatedSql(table: Table, { where }: ErasureFilter, time: TimeSource | null): SqlPiece {
  return joined([...conditions(table, where), { sql: `${instantOf(table, time)} IS NULL`, params: [] }]);
}

function instantOf(table: Table, time: TimeSource | null): string {
  return (time === null ? null : rowInstantSql(table, time)) ?? 'NULL';
}

/** A column that the table lacks reads as NULL, which satisfies nothing. */
function conditions({ shape, column }: Table, where: ErasureFilter['where']): SqlPiece[] {
  return where.map((condition) => {
    const own = shape.columns.find(({ name }) => sameName(name, condition.column));
    return own === undefined ? { sql: '0', params: [] } : conditionSql(condition, column(own.name));
  });
}

function joined(pieces: readonly SqlPiece[]): SqlPiece {
  return {
    sql: ['1', ...pieces.map(({ sql }) => sql)].join(' AND '),
    params: pieces.flatMap(({ params }) => params),
  };
}
