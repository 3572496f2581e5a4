import { resolveColumn } from '../../format/match/row-filter.ts';
import { FirnError } from '../../model/errors.ts';
import { nearestName } from '../../model/names.ts';
import type { Places } from '../places/places.ts';
import { emptyReport } from '../places/search-report.ts';
import { Shelf } from '../places/shelf.ts';
import { type Gathered, gather } from './gather.ts';
import type { Query } from './query.ts';

/**
 * Throws `usage` when a condition names a column that no table has or ever had: such a condition would find nothing, in
 * silence. So is a column that is only to be shown (`shown`). The database answers as a rule; only where it does not know the column are footers read.
 */
export async function checkColumns(
  places: Places,
  query: Query,
  { refs, tables }: Pick<Gathered, 'refs' | 'tables'>,
  shown: readonly string[] = [],
): Promise<void> {
  const known = new Set<string>();
  const isUnknown = (column: string): boolean => resolveColumn(column, [...known], places.dialect) === null;
  for (const { shape } of tables.values()) for (const { name } of shape?.columns ?? []) known.add(name);
  let unknown = [...query.where.map(({ column }) => column), ...shown].filter(isUnknown);
  if (unknown.length === 0) return;
  await using shelf = new Shelf(places.archive);
  for (const ref of refs) {
    try {
      await using taken = await shelf.take(ref);
      for (const { name } of taken.reader.footer.columns) known.add(name);
    } catch (error) {
      // It is a problem of the search itself, and said there.
      if (!(error instanceof FirnError)) throw error;
    }
    unknown = unknown.filter(isUnknown);
    if (unknown.length === 0) return;
  }
  // Nothing is known where there are neither tables nor segments.
  if (known.size === 0) return;
  const [column] = unknown as [string];
  const nearest = nearestName(column, known);
  const where = query.tables.length === 1 ? query.tables[0]! : `none of the ${query.tables.length} tables`;
  throw new FirnError(
    'usage',
    `${where} has ${query.tables.length === 1 ? 'no' : 'a'} column ${JSON.stringify(column)}`,
    {
      operation: 'read the conditions',
      path: column,
      hint: nearest === null ? `There are: ${[...known].join(', ')}.` : `Did you mean ${nearest}?`,
    },
  );
}

/** The same for queries that are then asked of each table alone, which may lack a column: one of them must have it. */
export async function checkAllColumns(places: Places, query: Query): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const gathered = await gather(places, query, emptyReport(), opened, { purpose: 'archived' });
  await checkColumns(places, query, gathered);
}
