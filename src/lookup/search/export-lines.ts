import { ROWID } from '../../model/shape.ts';
import type { Places } from '../places/places.ts';
import type { Problem, SearchReport } from '../places/search-report.ts';
import type { Query } from '../read/query.ts';
import { schemasOf } from '../read/schemas.ts';
import { SqlSession } from '../sql/session.ts';

/** Every column that a table has or had, where the query looks: the present ones first. Reads footers only. */
export async function columnsEver(places: Places, query: Query): Promise<readonly string[]> {
  const columns = new Map<string, string>();
  const add = (name: string): void => {
    const key = places.dialect.foldName(name);
    if (!columns.has(key)) columns.set(key, name);
  };
  for (const table of query.tables) {
    for (const { columns: named, hasRowid } of await schemasOf(places, query, table)) {
      for (const { name } of named) add(name);
      if (hasRowid) add(ROWID);
    }
  }
  return [...columns.values()];
}

/** Writes the rows of one table that the query takes into an existing Parquet file (Zstandard), with `_archived_at` and `_tier`. Returns how many. */
export async function exportParquet(
  places: Places,
  query: Query,
  path: string,
): Promise<{
  readonly rows: number;
  readonly problems: Problem[];
  readonly unread: SearchReport['unread'];
  readonly notes: readonly string[];
}> {
  await using session = await SqlSession.open(places, query);
  const [table] = query.tables as [string];
  const { rows, problems, unread, notes } = await session.copyToParquet(table, path);
  let count = 0;
  for await (const piece of rows) for (const [copied] of piece) count += Number(copied);
  return { rows: count, problems, unread, notes };
}
