import type { Column } from '../../../model/shape.ts';
import type { SampledValue } from '../../hot-checkup.ts';
import { type Connection, openForReading } from '../connection/connection.ts';
import { guard } from '../connection/sqlite-error.ts';
import { introspect } from '../sql/introspect.ts';
import type { Table } from '../sql/sqlite-table.ts';

/** Places between the oldest and the newest rows that are looked at, beside these. */
const PLACES = 8;

/**
 * The values of every column in about `rows` rows of a table, by column: the first rows, the last ones, and some between them,
 * in the order of insertion where there is one (by rowid), else by primary key. The same rows for each column. Long
 * texts are cut, and blobs come as empty ones. Nothing is changed.
 */
export function readSqliteSamples(
  path: string,
  table: string,
  rows: number,
): ReadonlyMap<string, readonly SampledValue[]> {
  const connection = openForReading(path);
  try {
    return guard(`sample rows of ${table}`, path, () => {
      const found = introspect(connection, table);
      if (found === null) return new Map();
      const sampled =
        found.access.kind === 'rowid' ? byRowid(connection, found, rows) : byKey(connection, found, rows);
      return new Map(columnsOf(found).map(({ name }, at) => [name, sampled.map((row) => row[at]!)]));
    });
  } finally {
    connection.db.close();
  }
}

/** The mean size of the values of some rows, in bytes: of the first and the last rows. 0 for an empty table. */
export function sampleSqliteRowBytes(path: string, table: string, rows: number): number {
  const connection = openForReading(path);
  try {
    return guard(`sample rows of ${table}`, path, () => {
      const found = introspect(connection, table);
      if (found === null) return 0;
      const sizes = found.shape.columns.map(({ name }) => `ifnull(octet_length(${found.column(name)}), 0)`);
      const some = (order: string): string =>
        `SELECT * FROM (SELECT ${sizes.join(' + ')} AS bytes FROM ${found.from} ${order} LIMIT ${rows})`;
      const rowid = found.access.kind === 'rowid' ? found.access.rowid : null;
      const all =
        rowid === null
          ? some('')
          : `${some(`ORDER BY ${rowid}`)} UNION ALL ${some(`ORDER BY ${rowid} DESC`)}`;
      return Number(connection.db.prepare(`SELECT ifnull(avg(bytes), 0) AS mean FROM (${all})`).get()!.mean);
    });
  } finally {
    connection.db.close();
  }
}

function byRowid(connection: Connection, table: Table, rows: number): SampledValue[][] {
  const { rowid } = table.access as Extract<Table['access'], { kind: 'rowid' }>;
  const share = Math.ceil(rows / 3);
  const read = (where: string, order: string, most: number, ...params: bigint[]): SampledValue[][] =>
    readRows(connection, table, `${where} ORDER BY ${rowid} ${order} LIMIT ${most}`, params, rowid);
  const first = read('', '', share);
  if (first.length < share) return values(first);
  const all = [...first];
  const newest = read(`WHERE ${rowid} > ?`, 'DESC', share, idOf(first.at(-1)!)).reverse();
  const [from, to] = [idOf(first.at(-1)!), newest.length === 0 ? null : idOf(newest[0]!)];
  for (let place = 1; to !== null && place <= PLACES; place++) {
    const start = from + ((to - from) * BigInt(place)) / BigInt(PLACES + 1);
    const least = start > idOf(all.at(-1)!) ? start : idOf(all.at(-1)!);
    all.push(...read(`WHERE ${rowid} > ? AND ${rowid} < ?`, '', Math.ceil(share / PLACES), least, to));
  }
  return values([...all, ...newest]);
}

function byKey(connection: Connection, table: Table, rows: number): SampledValue[][] {
  const order = (direction: string) =>
    `ORDER BY ${table.shape.primaryKey.map((name) => `${table.column(name)} ${direction}`).join(', ')}`;
  const first = readRows(connection, table, `${order('ASC')} LIMIT ${Math.ceil(rows / 2)}`, [], null);
  const last = readRows(connection, table, `${order('DESC')} LIMIT ${Math.ceil(rows / 2)}`, [], null);
  return [...first, ...last.reverse()];
}

/** With the rowid, when it is asked for, behind the columns. */
function readRows(
  { db }: Connection,
  table: Table,
  tail: string,
  params: readonly bigint[],
  rowid: string | null,
): SampledValue[][] {
  const columns = columnsOf(table).map(({ name }) => {
    const column = table.column(name);
    return `CASE typeof(${column}) WHEN 'blob' THEN x'' WHEN 'text' THEN substr(${column}, 1, 64) ELSE ${column} END`;
  });
  const statement = db.prepare(
    `SELECT ${[...columns, ...(rowid === null ? [] : [rowid])].join(', ')} FROM ${table.from} ${tail}`,
  );
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement.all(...params) as unknown as SampledValue[][];
}

/** Generated columns too. */
function columnsOf({ shape: { columns, generated = [] } }: Table): readonly Column[] {
  return [...columns, ...generated];
}

function idOf(row: readonly SampledValue[]): bigint {
  return row.at(-1) as bigint;
}

function values(rows: readonly SampledValue[][]): SampledValue[][] {
  return rows.map((row) => row.slice(0, -1));
}
