import { setImmediate } from 'node:timers/promises';
import { sizes } from '../../../model/sizes.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { quoteName } from '../connection/quote.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { timeColumnOf } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { timeSql } from '../time/time-sql.ts';
import { ageIndex } from './age-index.ts';
import { ageBounds, hotWindows } from './age-ranges.ts';
import { columnNamed, keySql } from './due-keys.ts';
import { walkKeys, walkRowids } from './table-walk.ts';

/**
 * Whether a row is among the newest that always stay (`keepLast`), as SQL; of rows with the same time those with the greater keys are newer. Rows
 * of the future do not count. Where the index shows enough rows that are younger than every cutoff, none that is past one is among the newest:
 * then nothing is read. Else every row is looked at, in pieces, and the keys of the newest are put aside in temporary storage.
 */
export async function newestSql(
  connection: Connection,
  table: Table,
  rule: Pick<DueRule, 'policy' | 'now' | 'cutoff'>,
): Promise<string> {
  const { db } = connection;
  const { keepLast } = rule.policy;
  if (keepLast === undefined || hasYounger(connection, table, rule, keepLast)) return '0';
  const column = table.column(timeColumnOf(table, rule.policy).name);
  const { instant } = timeSql(column, rule.policy.timeFormat, rule.now);
  const name = `temp.${quoteName(`_firn_newest_${table.shape.table}`)}`;
  const own = keySql(table);
  const keys = own.map((_, at) => `_firn_key${at}`);
  const order = ['_firn_at', ...keys].map((column) => `${column} DESC`).join(', ');
  db.exec(
    `DROP TABLE IF EXISTS ${name};
    CREATE TABLE ${name} (_firn_at INTEGER, ${keys.join(', ')}, PRIMARY KEY (_firn_at, ${keys.join(', ')})) WITHOUT ROWID`,
  );
  const { access } = table;
  const walk =
    access.kind === 'key'
      ? walkKeys(connection, table, sizes.surveyedTableRows)
      : walkRowids(connection, table, access.rowid, sizes.surveyedTableRows);
  const prepared = statementCache(db);
  for (const { source, params } of walk) {
    prepared(
      `INSERT INTO ${name} SELECT * FROM (
        SELECT ${instant} AS _firn_at, ${own.map((sql, at) => `${sql} AS ${keys[at]}`).join(', ')}
        FROM ${source} LIMIT -1 OFFSET 0)
      WHERE _firn_at <= ${rule.now} ORDER BY ${order} LIMIT ${keepLast}`,
    ).run(...params);
    prepared(
      `DELETE FROM ${name} WHERE (_firn_at, ${keys.join(', ')}) IN (
        SELECT * FROM ${name} ORDER BY ${order} LIMIT -1 OFFSET ${keepLast})`,
    ).run();
    await setImmediate();
  }
  const same = own.map((sql, at) => `${keys[at]} IS ${sql}`).join(' AND ');
  return `EXISTS (SELECT 1 FROM ${name} WHERE _firn_at = ${instant} AND ${same})`;
}

/** Whether an index shows so many rows that are past no cutoff. */
function hasYounger(
  connection: Connection,
  table: Table,
  rule: Pick<DueRule, 'policy' | 'now' | 'cutoff'>,
  rows: number,
): boolean {
  if (table.access.kind === 'key') return false;
  const name = columnNamed(table, rule.policy.timeColumn);
  const index = ageIndex(connection, table, name);
  if (index === null) return false;
  let found = 0;
  for (const [from, to] of hotWindows(ageBounds(rule, !table.textual.has(name)))) {
    const column = table.column(name);
    const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM ${table.from} INDEXED BY ${index}
      WHERE ${column} >= ${from} AND ${column} < ${to} LIMIT ${rows - found})`;
    found += (connection.db.prepare(sql).get() as { n: number }).n;
    if (found >= rows) return true;
  }
  return false;
}
