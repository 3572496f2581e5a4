import type { HotFinding, HotLookup } from '../../hot/hot-lookup.ts';
import type { ErasureFilter } from '../../model/erasure.ts';
import type { TableShape } from '../../model/shape.ts';
import { resolveColumn } from './line-match.ts';
import type { Query } from './query.ts';

/**
 * Finds the hot rows of a table that a query wants, and its receipts of the same instant. A column that the table lacks is NULL there.
 * @param purpose `archived`: only the receipts are wanted, and which archived lines stand in hot too.
 * @param erased rows that the search hides, as they were erased from a newer state of the database.
 */
export async function findHot(
  lookup: HotLookup,
  query: Query,
  table: string,
  shape: TableShape | null,
  timeColumn: string | null,
  purpose: 'rows' | 'archived',
  erased: readonly ErasureFilter[],
): Promise<HotFinding> {
  const names = shape?.columns.map(({ name }) => name) ?? [];
  const where = query.where.map((condition) => ({
    ...condition,
    column: resolveColumn(condition.column, names),
  }));
  const time = timeColumn === null ? null : resolveColumn(timeColumn, names);
  const { among } = query;
  const amongst = among === null ? null : resolveColumn(among.column, names);
  const mayMatch = where.every(({ column }) => column !== null) && (among === null || amongst !== null);
  const wanted = purpose === 'rows' && query.tiers.has('hot');
  const { text, since, until, order, limit } = query;
  return await lookup.find(
    table,
    shape,
    mayMatch
      ? {
          where: where.map(({ column, ...rest }) => ({ ...rest, column: column! })),
          among: among === null ? null : { column: amongst!, values: among.values },
          timeColumn: time,
          ...{ text, since, until, order, erased },
          limit: wanted ? limit : null,
        }
      : null,
    wanted ? 'rows' : purpose === 'rows' ? 'leased' : 'twins',
  );
}
