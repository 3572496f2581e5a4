import { setImmediate } from 'node:timers/promises';
import { asInstant, DAY_MICROS, dayOf } from '../../../model/instant.ts';
import { spanOfPolicy } from '../../../model/policy/thresholds.ts';
import { sizes } from '../../../model/sizes.ts';
import { timeHint } from '../../../model/time/likely-format.ts';
import { oddTimes } from '../../../model/time/odd-times.ts';
import type { StoredValue } from '../../../model/time/parse-instant.ts';
import { endOfTomorrow } from '../../../model/time/plausible.ts';
import { AUTO } from '../../../model/time/time-format.ts';
import type { DueRule, Survey } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { endingSql, leasedSql } from '../ledger/leases.ts';
import { dueSql, ownCutoffSql } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { HINTED_ROWS, isNumberSql } from '../time/hint-sql.ts';
import { spanNumberSql } from '../time/instant-sql.ts';
import { ageIndex } from './age-index.ts';
import { ageBounds, rangesToExamine } from './age-ranges.ts';
import {
  columnNamed,
  type DueKeys,
  FUTURE,
  HELD,
  keySql,
  LAST_ID,
  LEASED,
  NEWEST,
  OPEN,
  RULED,
  SENTINEL,
  UNDATED,
} from './due-keys.ts';
import { newestSql } from './newest.ts';
import { type Piece, walkIndex, walkKeys, walkRowids } from './table-walk.ts';

/**
 * Finds the rows that are due and puts their keys into `keys`. No read is long: other connections get their turn between two.
 * @param ends with `first`, no more is read when a row is due.
 */
export async function surveyTable(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: DueKeys,
  ends?: 'first',
): Promise<Survey> {
  const ended = rule.leasesEnd === true ? rule.now : null;
  const due = dueSql(table, rule, leasedSql(connection, table, ended));
  const newest = await newestSql(connection, table, rule);
  const ending = ended === null ? '0' : endingSql(connection, table, ended);
  const future = endOfTomorrow(rule.now);
  const { db } = connection;
  const prepared = statementCache(db);
  const unit = keys.unit ?? null;
  // Of a bound table the whole unit decides.
  const isBound = keys.unit !== undefined && ended !== null;
  for (const { source, params } of pieces(connection, table, rule)) {
    prepared(
      `INSERT OR IGNORE INTO ${keys.name} (${unit === null ? '' : '_firn_unit, '}${isBound ? '_firn_ending, ' : ''}_firn_day, ${keys.columns.join(', ')})
      SELECT ${unit === null ? '' : `${unit},`} ${isBound ? '_firn_ending,' : ''} CASE
        WHEN _firn_instant IS NULL THEN CASE WHEN ${due.isSentinel('_firn_time')} THEN ${SENTINEL} ELSE ${UNDATED} END
        WHEN _firn_instant > ${future} THEN ${FUTURE}
        WHEN _firn_instant > _firn_own THEN ${RULED}
        WHEN _firn_newest THEN ${NEWEST}
        WHEN _firn_open AND _firn_instant > ${rule.openCutoff} THEN ${OPEN}
        WHEN _firn_held THEN CASE WHEN _firn_on_hold THEN ${HELD} ELSE ${LEASED} END
        WHEN _firn_last THEN ${LAST_ID}
        ELSE ${spanNumberSql('_firn_instant', spanOfPolicy(rule.policy))} END, ${keys.columns.join(', ')}
      FROM (SELECT *, ${due.withoutSentinels('_firn_time')} AS _firn_instant FROM (
        SELECT ${keySql(table)
          .map((sql, at) => `${sql} AS ${keys.columns[at]}`)
          .join(', ')},
          ${due.time} AS _firn_time, ${due.open} AS _firn_open, ${due.held.sql} AS _firn_held,
          ${due.onHold.sql} AS _firn_on_hold, ${due.last} AS _firn_last, ${ownCutoffSql(due)} AS _firn_own, ${newest} AS _firn_newest,
          (${ending} AND NOT ${due.leased} AND NOT ${due.last}) AS _firn_ending
        FROM ${source} LIMIT -1 OFFSET 0))
      WHERE (_firn_instant IS NULL OR _firn_instant <= _firn_own OR _firn_instant <= ${due.otherwise} OR _firn_instant > ${future})
        ${isBound ? '' : 'AND NOT _firn_ending'}`,
    ).run(...due.held.params, ...due.onHold.params, ...params);
    await setImmediate();
    if (ends === 'first' && hasDue(connection, keys)) break;
  }
  const hint = hintOf(connection, table, rule, keys);
  return countDue(connection, keys, hint);
}

function hasDue({ db }: Connection, { name }: DueKeys): boolean {
  return db.prepare(`SELECT 1 FROM ${name} WHERE _firn_day > ${UNDATED} LIMIT 1`).get() !== undefined;
}

function* pieces(connection: Connection, table: Table, rule: DueRule): Generator<Piece> {
  const { access } = table;
  if (access.kind === 'key') return yield* walkKeys(connection, table, sizes.surveyedTableRows);
  const name = columnNamed(table, rule.policy.timeColumn);
  const index = ageIndex(connection, table, name);
  if (index === null) return yield* walkRowids(connection, table, access.rowid, sizes.surveyedTableRows);
  const { openWhile, hotRules } = rule.policy;
  const covered = openWhile === null && hotRules === undefined && rule.holds.length === 0;
  const ranges = rangesToExamine(ageBounds(rule, !table.textual.has(name)));
  const age = { index, column: table.column(name), rowid: access.rowid };
  yield* walkIndex(
    connection,
    table,
    age,
    ranges,
    covered ? sizes.surveyedIndexRows : sizes.surveyedTableRows,
  );
}

/** What some of the undated values look like; null when nothing is known. */
export function hintOf({ db }: Connection, table: Table, rule: DueRule, keys: DueKeys): string | null {
  if ((rule.policy.timeFormat ?? AUTO) !== AUTO) return null;
  const column = table.column(columnNamed(table, rule.policy.timeColumn));
  const joined = keySql(table).map((sql, at) => `${sql} = _firn_undated.${keys.columns[at]}`);
  const values = db.prepare(
    `SELECT ${column} AS value FROM (SELECT * FROM ${keys.name} WHERE _firn_day = ${UNDATED} LIMIT ${HINTED_ROWS}) AS _firn_undated
      CROSS JOIN ${table.from} ON ${joined.join(' AND ')} WHERE ${isNumberSql(column)}`,
  );
  values.setReadBigInts(true);
  return timeHint(
    (values.all() as { value: StoredValue }[]).map(({ value }) => value),
    rule.now,
  );
}

/** What the remembered keys say. */
export function countDue({ db }: Connection, keys: DueKeys, hint: string | null): Survey {
  const rows = db
    .prepare(
      `SELECT _firn_day AS day, count(*) AS rows FROM ${keys.name} GROUP BY _firn_day ORDER BY _firn_day`,
    )
    .all() as { day: number; rows: number }[];
  const of = (day: number) => rows.find((row) => row.day === day)?.rows ?? 0;
  return {
    days: rows
      .filter(({ day }) => day > UNDATED)
      .map((row) => ({ day: dayOf(asInstant(row.day * DAY_MICROS)), rows: row.rows })),
    open: of(OPEN),
    held: of(HELD),
    leased: of(LEASED),
    lastId: of(LAST_ID),
    ruled: of(RULED),
    newest: of(NEWEST),
    undated: of(UNDATED),
    ...oddTimes({ sentinel: of(SENTINEL), future: of(FUTURE), hint }),
  };
}
