import { setImmediate } from 'node:timers/promises';
import { asInstant, dayOf } from '../../../model/instant.ts';
import { spanOfPolicy } from '../../../model/policy/thresholds.ts';
import { sizes } from '../../../model/sizes.ts';
import type { DueRule, Survey } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { endingSql, leasedSql } from '../ledger/leases.ts';
import { columnNamed, type DueKeys, HELD, keySql, LAST_ID, LEASED, OPEN, UNDATED } from '../sql/due-keys.ts';
import { dueSql } from '../sql/due-sql.ts';
import { spanNumberSql } from '../sql/instant-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { ageIndex } from './age-index.ts';
import { rangesToExamine } from './age-ranges.ts';
import { type Piece, walkIndex, walkKeys, walkRowids } from './table-walk.ts';

const DAY = 86_400_000_000;

/** Finds the rows that are due and puts their keys into `keys`. No read is long: other connections get their turn between two. */
export async function surveyTable(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: DueKeys,
): Promise<Survey> {
  const ended = rule.leasesEnd === true ? rule.now : null;
  const due = dueSql(table, rule, leasedSql(connection, table, ended));
  const ending = ended === null ? '0' : endingSql(connection, table, ended);
  const { db } = connection;
  const prepared = statementCache(db);
  for (const { source, params } of pieces(connection, table, rule)) {
    prepared(
      `INSERT OR IGNORE INTO ${keys.name} (_firn_day, ${keys.columns.join(', ')})
      SELECT CASE
        WHEN _firn_instant IS NULL THEN ${UNDATED}
        WHEN _firn_open AND _firn_instant > ${rule.openCutoff} THEN ${OPEN}
        WHEN _firn_held THEN CASE WHEN _firn_on_hold THEN ${HELD} ELSE ${LEASED} END
        WHEN _firn_last THEN ${LAST_ID}
        ELSE ${spanNumberSql('_firn_instant', spanOfPolicy(rule.policy))} END, ${keys.columns.join(', ')}
      FROM (
        SELECT ${keySql(table)
          .map((sql, at) => `${sql} AS ${keys.columns[at]}`)
          .join(', ')},
          ${due.instant} AS _firn_instant, ${due.open} AS _firn_open, ${due.held.sql} AS _firn_held,
          ${due.onHold.sql} AS _firn_on_hold, ${due.last} AS _firn_last,
          (${ending} AND NOT ${due.leased} AND NOT ${due.last}) AS _firn_ending
        FROM ${source} LIMIT -1 OFFSET 0)
      WHERE (_firn_instant IS NULL OR _firn_instant <= ${rule.cutoff}) AND NOT _firn_ending`,
    ).run(...due.held.params, ...due.onHold.params, ...params);
    await setImmediate();
  }
  return count(connection, keys);
}

function* pieces(connection: Connection, table: Table, rule: DueRule): Generator<Piece> {
  const { access } = table;
  if (access.kind === 'key') return yield* walkKeys(connection, table, sizes.surveyedTableRows);
  const name = columnNamed(table, rule.policy.timeColumn);
  const index = ageIndex(connection, table, name);
  if (index === null) return yield* walkRowids(connection, table, access.rowid, sizes.surveyedTableRows);
  const covered = rule.policy.openWhile === null && rule.holds.length === 0;
  const ranges = rangesToExamine(rule.cutoff, rule.now, !table.textual.has(name));
  const age = { index, column: table.column(name), rowid: access.rowid };
  yield* walkIndex(
    connection,
    table,
    age,
    ranges,
    covered ? sizes.surveyedIndexRows : sizes.surveyedTableRows,
  );
}

function count({ db }: Connection, keys: DueKeys): Survey {
  const rows = db
    .prepare(
      `SELECT _firn_day AS day, count(*) AS rows FROM ${keys.name} GROUP BY _firn_day ORDER BY _firn_day`,
    )
    .all() as { day: number; rows: number }[];
  const of = (day: number) => rows.find((row) => row.day === day)?.rows ?? 0;
  return {
    days: rows
      .filter(({ day }) => day > UNDATED)
      .map((row) => ({ day: dayOf(asInstant(row.day * DAY)), rows: row.rows })),
    open: of(OPEN),
    held: of(HELD),
    leased: of(LEASED),
    lastId: of(LAST_ID),
    undated: of(UNDATED),
  };
}
