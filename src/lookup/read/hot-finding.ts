import { resolveColumn, resolveFilter } from '../../format/match/row-filter.ts';
import type { HotFinding, HotLookup } from '../../hot/hot-lookup.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import type { ErasureFilter } from '../../model/erasure.ts';
import { type TableShape, TIME } from '../../model/shape.ts';
import type { TimeSource } from '../../model/time/time-format.ts';
import type { Query } from './query.ts';

/**
 * Finds the hot rows of a table that a query wants, and its receipts of the same instant. A column that the table lacks is NULL there.
 * @param purpose `archived`: only the receipts are wanted, and which archived lines stand in hot too.
 * @param lean rows are wanted in any order, and of their lines only these columns; null for all.
 * @param erased rows that the search hides, as they were erased from a newer state of the database.
 */
export async function findHot(
  lookup: HotLookup,
  query: Query,
  table: string,
  shape: TableShape | null,
  source: TimeSource | null,
  purpose: 'rows' | 'archived',
  erased: readonly ErasureFilter[],
  dialect: Dialect,
  lean?: { readonly columns: readonly string[] | null },
): Promise<HotFinding> {
  const names = shape?.columns.map(({ name }) => name) ?? [];
  const resolved = resolveFilter(query, names, dialect);
  const timeColumn =
    source === null
      ? null
      : shape?.timeOf !== undefined
        ? TIME
        : resolveColumn(source.timeColumn, names, dialect);
  const wanted = purpose === 'rows' && query.tiers.has('hot');
  const { text, since, until, order, limit } = query;
  // Times cost more than the rows: they decide only where there is a range, an order or an erasure.
  const isTimeless = lean !== undefined && since === null && until === null && erased.length === 0;
  return await lookup.find(
    table,
    shape,
    resolved === null
      ? null
      : {
          ...{ where: resolved.where, among: resolved.among, timeFormat: source?.timeFormat },
          timeColumn: isTimeless ? null : timeColumn,
          columns: lean?.columns ?? undefined,
          ...{ text, since, until, order, erased },
          limit: wanted ? limit : null,
        },
    wanted ? 'rows' : purpose === 'rows' ? 'leased' : 'twins',
  );
}
