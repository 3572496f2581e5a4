import { sameName } from '../../../model/names.ts';
import type { ForeignKey, ReferenceSample } from '../../hot-stats.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { introspect, listTables } from '../sql/introspect.ts';

interface KeyRow {
  readonly id: number;
  readonly parent: string;
  readonly from: string;
  readonly to: string | null;
  readonly on_delete: ForeignKey['onDelete'];
}

/** Declared foreign keys, in the order of the tables. Parent columns that are not named are those of the parent's primary key. */
export function foreignKeys(connection: Connection): ForeignKey[] {
  const tables = listTables(connection);
  const keysOf = connection.db.prepare(
    `SELECT id, "table" AS parent, "from", "to", on_delete FROM temp.pragma_foreign_key_list(?, 'main') ORDER BY id, seq`,
  );
  return tables.flatMap((table) => {
    const rows = keysOf.all(table) as unknown as KeyRow[];
    return [...new Set(rows.map(({ id }) => id))].map((id) => {
      const own = rows.filter((row) => row.id === id);
      const [{ parent, on_delete }] = own as [KeyRow];
      const primaryKey = columnsOf(connection, parent).filter(({ pk }) => pk > 0);
      const parentColumns = own.map(({ to }, at) => to ?? primaryKey[at]?.name ?? '');
      const columns = own.map(({ from }) => from);
      const name = tables.find((known) => sameName(known, parent)) ?? parent;
      return { table, columns, parent: name, parentColumns, onDelete: on_delete };
    });
  });
}

const SAMPLED_ENDS = 5_000;

/** Looks at the first and the last rows of a table. The parent's columns have a unique index, or SQLite would not take the key. */
export function sampleReference(
  connection: Connection,
  { table, columns, parent, parentColumns }: ForeignKey,
): ReferenceSample | null {
  const has = (of: string, wanted: readonly string[]): boolean =>
    wanted.every((column) => columnsOf(connection, of).some(({ name }) => sameName(name, column)));
  if (!has(table, columns) || !has(parent, parentColumns)) return null;
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

function columnsOf({ db }: Connection, table: string): { readonly name: string; readonly pk: number }[] {
  return db
    .prepare("SELECT name, pk FROM temp.pragma_table_xinfo(?, 'main') ORDER BY pk, cid")
    .all(table) as {
    name: string;
    pk: number;
  }[];
}
