import { sqlite } from '../../../model/database/dialect.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import type { Table } from '../sql/sqlite-table.ts';

const KNOWN_COLLATIONS = new Set(['BINARY', 'NOCASE', 'RTRIM']);

/** The narrowest index that holds every row in the order of this column, as SQL; null when there is none. */
export function ageIndex({ db }: Connection, table: Table, column: string): string | null {
  const indexes = db
    .prepare("SELECT name FROM temp.pragma_index_list(?, 'main') WHERE partial = 0")
    .all(table.shape.table) as { name: string }[];
  let best: { name: string; width: number } | null = null;
  for (const { name } of indexes) {
    const parts = db
      .prepare("SELECT name, coll FROM temp.pragma_index_xinfo(?, 'main') ORDER BY seqno")
      .all(name) as {
      name: string | null;
      coll: string;
    }[];
    const first = parts[0];
    if (!first?.name || !sqlite.sameName(first.name, column) || !KNOWN_COLLATIONS.has(first.coll)) continue;
    if (best === null || parts.length < best.width) best = { name, width: parts.length };
  }
  if (best === null) return null;
  const quoted = quoteName(best.name);
  // An index whose collation is not the column's would be scanned, not searched.
  const plan = db
    .prepare(
      `EXPLAIN QUERY PLAN SELECT 1 FROM ${table.from} INDEXED BY ${quoted} WHERE ${table.column(column)} >= ''`,
    )
    .all() as { detail: string }[];
  return plan.some(({ detail }) => detail.startsWith('SEARCH')) ? quoted : null;
}
