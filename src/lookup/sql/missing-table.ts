import type { HotReader } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import { nearestName, sameWord } from '../../model/names.ts';

/**
 * The error of a statement, with what is known of a name that is no table here. DuckDB's own guess would come from the names of its catalog.
 * @param names that the statement uses as tables. @param known the tables that there are.
 */
export async function explainMissing(
  error: unknown,
  names: readonly string[],
  known: readonly string[],
  reader: Pick<HotReader, 'views'> | null,
): Promise<unknown> {
  if (!(error instanceof FirnError) || error.code !== 'usage') return error;
  const missing = names.find((name) => !known.some((table) => sameWord(table, name)));
  if (missing === undefined || !error.message.includes(`Table with name ${missing} does not exist`))
    return error;
  const view = (await reader?.views())?.find(({ name }) => sameWord(name, missing));
  const nearest = nearestName(missing, known);
  const guess = nearest === null ? '' : `Did you mean ${nearest}? `;
  const why = view === undefined ? `there is no table ${missing}` : `${view.name} is a ${view.kind}`;
  const hint =
    view === undefined
      ? `${guess}firn sql --tables lists the tables.`
      : `firn sql reads tables. Query those that it is made of: ${view.sql}`;
  return new FirnError('usage', why, {
    ...{ operation: error.operation, hint, cause: error },
    ...(error.path === undefined ? {} : { path: error.path }),
  });
}
