import { otherTables, resolveTables } from '../../../lookup/places/known-tables.ts';
import { everything } from '../../../lookup/read/query.ts';
import { SqlSession } from '../../../lookup/sql/session.ts';
import type { Stores } from '../../../operate/stores.ts';

/** Database and archives, opened for SQL over all tiers. */
export interface SqlPlace extends AsyncDisposable {
  readonly session: SqlSession;
}

/** Opens a session for queries. Throws `refused` where DuckDB is not installed. */
export async function openSql(
  stores: Stores,
  archivesOnly: boolean,
  signal?: AbortSignal,
): Promise<SqlPlace> {
  await using opened = new AsyncDisposableStack();
  const places = opened.use(await stores.openSearching({ archivesOnly }));
  const tables = await resolveTables(places, []);
  const others = await otherTables(places, tables);
  const session = opened.use(await SqlSession.open(places, everything(tables), { others, signal }));
  const all = opened.move();
  return { session, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
