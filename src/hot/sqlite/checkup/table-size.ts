import type { TableSize } from '../../hot-checkup.ts';
import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { sampleRowids } from '../survey/table-walk.ts';

/** A table with fewer rows is counted. */
const COUNTED = 5_000;
const PLACES = 20;
const PER_PLACE = 20;

/** How large a table is, from a few hundred rows: their bytes, and how densely their rowids lie. */
export function tableSize({ db, ...rest }: Connection, table: Table): TableSize {
  const connection = { db, ...rest };
  const bytes = table.shape.columns
    .map(({ name }) => `coalesce(octet_length(${table.column(name)}), 1)`)
    .join(' + ');
  const small = db
    .prepare(
      `SELECT count(*) AS n, coalesce(avg(bytes), 0) AS mean FROM (SELECT ${bytes} AS bytes FROM ${table.from} LIMIT ${COUNTED})`,
    )
    .get() as { n: number; mean: number };
  const counted = { rows: small.n, bytes: Math.round(small.n * small.mean) };
  if (small.n < COUNTED) return { ...counted, exact: true };
  // Without rowids nothing tells how many there are, but counting them.
  if (table.access.kind === 'key') return { ...counted, exact: false };
  const { rowid } = table.access;
  let [places, density, sampled, total] = [0, 0, 0, 0];
  for (const { source, params } of sampleRowids(connection, table, rowid, PLACES, PER_PLACE)) {
    const [from, to] = params as [bigint, bigint];
    const { n, mean } = db
      .prepare(`SELECT count(*) AS n, coalesce(avg(${bytes}), 0) AS mean FROM ${source}`)
      .get(...params) as { n: number; mean: number };
    places++;
    density += n / Number(to - from);
    sampled += n;
    total += n * mean;
  }
  const { least, greatest } = db
    .prepare(
      `SELECT (SELECT CAST(min(${rowid}) AS REAL) FROM ${table.from}) AS least, (SELECT CAST(max(${rowid}) AS REAL) FROM ${table.from}) AS greatest`,
    )
    .get() as { least: number; greatest: number };
  const rows = Math.max(small.n, Math.round(((greatest - least + 1) * density) / places));
  return { rows, bytes: Math.round((rows * total) / Math.max(1, sampled)), exact: false };
}
