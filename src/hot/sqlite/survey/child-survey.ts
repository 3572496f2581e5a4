import { setImmediate } from 'node:timers/promises';
import { sizes } from '../../../model/sizes.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { endingSql, leasedSql } from '../ledger/leases.ts';
import { childCutoffSql, dueSql } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type BoundKeys, sameKey } from './bound-keys.ts';
import {
  FUTURE,
  HELD,
  keySql,
  LAST_ID,
  LEASED,
  OPEN,
  ORPHAN,
  RULED,
  SENTINEL,
  UNDATED,
  WITH_UNIT,
} from './due-keys.ts';
import { type Piece, walkKeys, walkRowids } from './table-walk.ts';

/** Finds the rows that belong to due rows of the parent, and those that belong to none, and puts their keys into `keys`. */
export async function surveyChildren(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: BoundKeys,
  parent: { readonly table: Table; readonly keys: BoundKeys },
): Promise<void> {
  const ended = rule.leasesEnd === true ? rule.now : null;
  const due = dueSql(table, rule, leasedSql(connection, table, ended));
  const ending = ended === null ? '0' : endingSql(connection, table, ended);
  const { by, key } = table.shape.timeOf!;
  const parentKey = keySql(parent.table);
  const prepared = statementCache(connection.db);
  for (const { source, params } of wholeTable(connection, table)) {
    prepared(
      `INSERT OR IGNORE INTO ${keys.name} (_firn_unit, _firn_ending, _firn_day, ${keys.columns.join(', ')})
      SELECT _firn_of._firn_unit, _firn_own._firn_ending, CASE
        WHEN _firn_of._firn_day IS NULL THEN CASE WHEN _firn_held AND NOT _firn_on_hold THEN ${LEASED} ELSE ${ORPHAN} END
        WHEN _firn_of._firn_day IN (${UNDATED}, ${SENTINEL}, ${FUTURE}) THEN _firn_of._firn_day
        WHEN _firn_ruled THEN ${RULED}
        WHEN _firn_open THEN ${OPEN}
        WHEN _firn_held THEN CASE WHEN _firn_on_hold THEN ${HELD} ELSE ${LEASED} END
        WHEN _firn_last THEN ${LAST_ID}
        WHEN _firn_of._firn_day <= ${UNDATED} THEN ${WITH_UNIT}
        ELSE _firn_of._firn_day END, ${keys.columns.map((name) => `_firn_own.${name}`).join(', ')}
      FROM (
        SELECT ${keySql(table)
          .map((sql, at) => `${sql} AS ${keys.columns[at]}`)
          .join(', ')}, ${by.map((name, at) => `${table.column(name)} AS _firn_by${at}`).join(', ')},
          CASE WHEN ${due.open} THEN ${due.instant} > ${rule.openCutoff} ELSE 0 END AS _firn_open,
          ${due.rules.length === 0 ? '0' : `${due.instant} > ${childCutoffSql(due)}`} AS _firn_ruled,
          ${due.held.sql} AS _firn_held, ${due.onHold.sql} AS _firn_on_hold, ${due.last} AS _firn_last,
          (${ending} AND NOT ${due.leased} AND NOT ${due.last}) AS _firn_ending
        FROM ${source} LIMIT -1 OFFSET 0) AS _firn_own
      LEFT JOIN ${parent.table.from} ON ${sameKey(
        key.map(parent.table.column),
        by.map((_, at) => `_firn_own._firn_by${at}`),
      )}
      LEFT JOIN ${parent.keys.name} AS _firn_of ON ${sameKey(
        parent.keys.columns.map((name) => `_firn_of.${name}`),
        parentKey,
      )}
      WHERE (_firn_of._firn_day IS NOT NULL OR ${parentKey[0]} IS NULL)`,
    ).run(...due.held.params, ...due.onHold.params, ...params);
    await setImmediate();
  }
}

/** Every row, in pieces that are short to read. */
export function wholeTable(connection: Connection, table: Table): Generator<Piece> {
  const { access } = table;
  return access.kind === 'key'
    ? walkKeys(connection, table, sizes.surveyedTableRows)
    : walkRowids(connection, table, access.rowid, sizes.surveyedTableRows);
}
