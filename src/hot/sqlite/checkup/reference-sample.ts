import type { ForeignKey, ReferenceSample } from '../../hot-checkup.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { introspect } from '../sql/introspect.ts';

const SAMPLED_ENDS = 5_000;

/** Looks at the first and the last rows of a table. The parent's columns have a unique index, or SQLite would not take the key. */
export function sampleReference(
  connection: Connection,
  { table, columns, parent, parentColumns, exists }: ForeignKey,
): ReferenceSample | null {
  if (!exists) return null;
  const rows = sampleOf(connection, table, columns);
  const referring = columns.map((_, at) => `k${at} IS NOT NULL`).join(' AND ');
  const matching = parentColumns
    .map((column, at) => `${quoteName(parent)}.${quoteName(column)} = k${at}`)
    .join(' AND ');
  const found = connection.db
    .prepare(
      `SELECT count(*) AS rows, coalesce(sum(${referring}), 0) AS referring,
        coalesce(sum(${referring} AND NOT EXISTS (SELECT 1 FROM main.${quoteName(parent)} WHERE ${matching})), 0) AS dangling
      FROM (${rows})`,
    )
    .get() as unknown as ReferenceSample;
  return { ...found };
}

/** The key's columns, as `k0` …, of some rows: those at both ends where rowids give an order of insertion. */
function sampleOf(connection: Connection, table: string, columns: readonly string[]): string {
  const access = introspect(connection, table)?.access;
  const selected = columns.map((column, at) => `${quoteName(column)} AS k${at}`).join(', ');
  const from = `FROM main.${quoteName(table)}`;
  if (access?.kind !== 'rowid') return `SELECT ${selected} ${from} LIMIT ${SAMPLED_ENDS}`;
  const { rowid } = access;
  const first = `SELECT ${rowid} AS id, ${selected} ${from} ORDER BY ${rowid} LIMIT ${SAMPLED_ENDS}`;
  const last = `SELECT ${rowid} AS id, ${selected} ${from} WHERE ${rowid} > (SELECT max(id) FROM first) ORDER BY ${rowid} DESC LIMIT ${SAMPLED_ENDS}`;
  return `WITH first AS MATERIALIZED (${first}), last AS (${last}) SELECT * FROM first UNION ALL SELECT * FROM last`;
}
