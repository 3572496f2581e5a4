import { sqlite } from '../../../model/database/dialect.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { leasedSql } from '../ledger/leases.ts';
import { childCutoffSql, dueSql, ownCutoffSql } from '../sql/due-sql.ts';
import type { SqlPiece } from '../sql/filter-sql.ts';
import { JOINED_LINES, lineSql } from '../sql/line-sql.ts';
import { timeTextSql } from '../sql/row-time.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type DueKeys, keySql } from '../survey/due-keys.ts';
import type { ParentTimes } from './parent-times.ts';

/** A statement, the values for its `?`, and what it collects. */
export interface BlockSql {
  readonly sql: string;
  readonly params: SqlPiece['params'];
  /** Columns whose values are collected in `key0`, `key1`, … */
  readonly collected: readonly string[];
}

/**
 * Reads remembered rows as lines. Result: `rows`, their lines in `text`, `format3` (1 when a time needs it), `least` and `greatest` instant, `rowids` and `units` (joined
 * by commas) and the collected values as JSON arrays, each of these as bytes, or as text in a UTF-16 database.
 * Named parameters: `:first` and `:last` instant of the span, and those of `picked`.
 * @param picked the remembered rows to read, as what follows FROM; in the order of their lines.
 * @param parents where the rows have their times from; null: of their own, or looked up for each.
 */
export function blockSql(
  connection: Connection,
  table: Table,
  rule: DueRule,
  keys: DueKeys,
  picked: string,
  archivedAt: string,
  form: 'plain' | 'exact',
  parents: Pick<ParentTimes, 'with'> | null,
): BlockSql {
  const due = dueSql(table, rule, leasedSql(connection, table));
  const wanted = [...table.shape.primaryKey, ...rule.policy.lookupKeys];
  const collected = table.shape.columns
    .map(({ name }) => name)
    .filter((name) => wanted.some((key) => sqlite.sameName(key, name)));
  // The bytes of a UTF-16 database would be UTF-16.
  const bytes = (text: string) => (connection.encoding === 'UTF-8' ? `CAST(${text} AS BLOB)` : text);
  const own = keySql(table);
  const instant = parents === null ? due.instant : '_firn_picked._firn_at';
  const text = parents === null ? timeTextSql(due.instant) : '_firn_picked._firn_text';
  const time = table.shape.timeOf === undefined ? null : text;
  const isBound = keys.unit !== undefined;
  const joined = own.map((sql, at) => `${sql} = _firn_picked.${keys.columns[at]}`).join(' AND ');
  const sql = `SELECT count(*) AS rows,
      ${bytes(JOINED_LINES)} AS text,
      max(_firn_format3) AS format3, CAST(min(_firn_instant) AS REAL) AS least, CAST(max(_firn_instant) AS REAL) AS greatest,
      ${table.access.kind === 'rowid' ? bytes("group_concat(_firn_rowid, ',')") : 'NULL'} AS rowids,
      ${isBound ? bytes("group_concat(_firn_of, ',')") : 'NULL'} AS units
      ${collected.map((_, at) => `, ${bytes(`json_group_array(_firn_value${at})`)} AS key${at}`).join('')}
    FROM (
      SELECT ${table.access.kind === 'rowid' ? table.access.rowid : 'NULL'} AS _firn_rowid,
        ${instant} AS _firn_instant, ${due.open} AS _firn_open, ${due.held.sql} AS _firn_held,
        ${due.last} AS _firn_last,
        ${table.shape.timeOf === undefined ? ownCutoffSql(due) : childCutoffSql(due)} AS _firn_own, ${isBound ? '_firn_picked._firn_unit' : 'NULL'} AS _firn_of,
        ${due.needsFormat3} AS _firn_format3,
        ${lineSql(table, archivedAt, form, time)} AS _firn_line
        ${collected.map((name, at) => `, CAST(${table.column(name)} AS TEXT) AS _firn_value${at}`).join('')}
      FROM ${parents?.with(picked) ?? picked} AS _firn_picked CROSS JOIN ${table.from} ON ${joined}
      LIMIT -1 OFFSET 0)
    WHERE _firn_instant BETWEEN :first AND :last AND _firn_instant <= _firn_own
      AND NOT (_firn_open AND _firn_instant > ${rule.openCutoff}) AND NOT _firn_held AND NOT _firn_last`;
  return { sql, params: due.held.params, collected };
}
