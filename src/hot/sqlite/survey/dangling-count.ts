import { setImmediate } from 'node:timers/promises';
import type { Dangling } from '../../../model/policy/archive-plan.ts';
import type { Reference } from '../../../model/shape.ts';
import { sizes } from '../../../model/sizes.ts';
import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { leaves, sameKey } from './bound-keys.ts';
import { wholeTable } from './child-survey.ts';
import { type DueKeys, keySql } from './due-keys.ts';
import { referring, referringKey } from './referring.ts';

/** A foreign key, its tables, and what was found to leave them. */
export interface LeavingTie {
  readonly reference: Reference;
  /** `keys` is null where no row of the table leaves in this run. */
  readonly from: { readonly table: Table; readonly keys: DueKeys | null };
  readonly to: { readonly table: Table; readonly keys: DueKeys };
}

/**
 * How many references of remaining rows would dangle. Where an index finds the referring rows, those of the youngest leaving rows are looked up; else
 * the referring table is read. Neither looks at more than `sizes.lookedUpRows` rows, nor finds more than so many references: then it is a lower bound.
 */
export async function countDangling(connection: Connection, tie: LeavingTie): Promise<Dangling> {
  for (const keys of [tie.from.keys, tie.to.keys]) if (keys !== null) indexByKey(connection, keys);
  const sql = byIndex(tie);
  return isSearched(connection, sql, tie)
    ? await lookUp(connection, sql, tie)
    : await readReferring(connection, tie);
}

/** Keys of a table that is drained alone are stored in the order of their days. */
function indexByKey({ db }: Connection, { name, columns, unit }: DueKeys): void {
  if (unit !== undefined) return;
  const index = name.replace('temp.', '');
  db.exec(`CREATE INDEX IF NOT EXISTS temp.${index}_key ON ${index} (${columns.join(', ')})`);
}

/** The referring rows of some leaving rows and whether they leave too; `?` are how many leaving rows, behind how many, and how many references. */
function byIndex({ reference, from, to }: LeavingTie): string {
  const named = reference.parentColumns.map((name, at) => `${to.table.column(name)} AS _firn_named${at}`);
  const due = to.keys.columns.map((name) => `_firn_due.${name}`);
  const refers = sameKey(
    reference.parentColumns.map((_, at) => `_firn_to._firn_named${at}`),
    reference.columns.map(from.table.column),
  );
  return `SELECT count(*) AS found, coalesce(sum(NOT _firn_gone), 0) AS dangling FROM (
    SELECT ${goneSql(from, keySql(from.table))} AS _firn_gone
    FROM (SELECT ${named.join(', ')}
      FROM (SELECT * FROM ${to.keys.name} AS _firn_day_of WHERE ${leaves('_firn_day_of')} ORDER BY _firn_day DESC LIMIT ? OFFSET ?) AS _firn_due
      CROSS JOIN ${to.table.from} ON ${sameKey(keySql(to.table), due)} LIMIT -1 OFFSET 0) AS _firn_to
    CROSS JOIN ${from.table.from} ON ${refers} LIMIT ?)`;
}

/** Whether the referring row leaves too, as SQL. */
function goneSql({ keys }: LeavingTie['from'], own: readonly string[]): string {
  if (keys === null) return '0';
  const same = sameKey(
    keys.columns.map((name) => `_firn_own.${name}`),
    own,
  );
  return `EXISTS (SELECT 1 FROM ${keys.name} AS _firn_own WHERE ${same} AND ${leaves('_firn_own')})`;
}

/** Without an index that suits the key, all rows would be read for each. */
function isSearched({ db }: Connection, sql: string, { from }: LeavingTie): boolean {
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(1, 0, 1) as { detail: string }[];
  const { table } = from.table.shape;
  return !plan.some(
    ({ detail }) => `${detail} `.startsWith(`SCAN ${table} `) || detail.includes(' AUTOMATIC '),
  );
}

async function lookUp({ db }: Connection, sql: string, { to }: LeavingTie): Promise<Dangling> {
  const leaving = db.prepare(
    `SELECT count(*) AS n FROM ${to.keys.name} AS _firn_due WHERE ${leaves('_firn_due')}`,
  );
  const due = (leaving.get() as { n: number }).n;
  const most = Math.min(due, sizes.lookedUpRows);
  const statement = db.prepare(sql);
  let [rows, left] = [0, sizes.lookedUpRows];
  for (let at = 0; at < most && left >= 0; at += sizes.surveyedTableRows) {
    const piece = Math.min(sizes.surveyedTableRows, most - at);
    const looked = statement.get(piece, at, left + 1) as { found: number; dangling: number };
    rows += looked.dangling;
    left -= looked.found;
    await setImmediate();
  }
  return { rows, isExact: most === due && left >= 0 };
}

async function readReferring(connection: Connection, tie: LeavingTie): Promise<Dangling> {
  const { from } = tie;
  const gone = goneSql(
    from,
    keySql(from.table).map((_, at) => referringKey(at)),
  );
  let rows = 0;
  let left = sizes.lookedUpRows;
  for (const { source, params } of wholeTable(connection, from.table)) {
    if (left <= 0) return { rows, isExact: false };
    const found = connection.db
      .prepare(`SELECT count(*) AS n ${referring(tie, source)} AND NOT ${gone}`)
      .get(...params) as { n: number };
    rows += found.n;
    left -= sizes.surveyedTableRows;
    await setImmediate();
  }
  return { rows, isExact: true };
}
