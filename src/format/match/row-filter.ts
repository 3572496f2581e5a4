import type { Dialect } from '../../model/database/dialect.ts';
import type { Among, Condition } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import { ARCHIVED_AT, ROWID } from '../../model/shape.ts';

/** Which rows are wanted, of any table. All parts must hold. */
export interface RowFilter {
  readonly where: readonly Condition[];
  /** Some TEXT value of the row contains it, compared as the condition `~` does (ASCII letters in any case). */
  readonly text: string | null;
  /** The row's own time lies within, both ends included. A row without an intelligible time satisfies no bound. */
  readonly since: Instant | null;
  readonly until: Instant | null;
  /** Null when that does not matter. */
  readonly among: Among | null;
}

/** The conditions with each column as a table or a segment calls it; null when it lacks one, which then is NULL, and nothing satisfies that. */
export function resolveFilter<F extends Pick<RowFilter, 'where' | 'among'>>(
  filter: F,
  columns: readonly string[],
  dialect: Dialect,
): F | null {
  const where = filter.where.flatMap((condition) => {
    const column = resolveColumn(condition.column, columns, dialect);
    return column === null ? [] : [{ ...condition, column }];
  });
  const column = filter.among === null ? null : resolveColumn(filter.among.column, columns, dialect);
  if (where.length < filter.where.length || (filter.among !== null && column === null)) return null;
  return { ...filter, where, among: column === null ? null : { ...filter.among, column } };
}

/** Names of columns are compared as their database does; Firn's own, as words. */
export function resolveColumn(column: string, columns: readonly string[], dialect: Dialect): string | null {
  const own = columns.find((name) => dialect.sameName(name, column));
  return own ?? [ARCHIVED_AT, ROWID].find((name) => sameWord(name, column)) ?? null;
}
