import { sqlite } from '../../../model/database/dialect.ts';
import type { Connection } from '../connection/connection.ts';
import { leaseKeySql } from '../ledger/leases.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { sameKey } from '../survey/bound-keys.ts';
import { keySql } from '../survey/due-keys.ts';

/**
 * The rows of one table of units of which a row was restored, in a temporary table (on disk, outside the database): the key columns, `lease` as
 * `leaseKeySql` has it, `line` and `time` (its segment's time column) where the row reads as it was restored and may go, `noted` where its line
 * was found, and the number of its `unit`.
 */
export interface UnitRows {
  readonly table: Table;
  readonly name: string;
  readonly columns: readonly string[];
}

export function createUnitRows({ db }: Connection, table: Table, at: number): UnitRows {
  const name = `temp._firn_unit_rows_${at}`;
  const columns = keySql(table).map((_, place) => `k${place}`);
  db.exec(`DROP TABLE IF EXISTS ${name};
    CREATE TABLE ${name} (${columns.map((column) => (table.access.kind === 'rowid' ? `${column} INTEGER` : column)).join(', ')},
      lease TEXT, time TEXT, line BLOB, noted INTEGER NOT NULL DEFAULT 0, unit INTEGER, PRIMARY KEY (${columns.join(', ')})) WITHOUT ROWID;
    CREATE INDEX ${name}_unit ON _firn_unit_rows_${at} (unit)`);
  return { table, name, columns };
}

/** The units of all rows, of all tables, as SQL. */
export function allRows(family: readonly UnitRows[]): string {
  return family.map(({ name }) => `SELECT unit FROM ${name}`).join(' UNION ALL ');
}

/** Known rows of one table (`_firn_of`) and the rows of the other that belong to them (`down`) or that they belong to (`up`): what follows FROM. */
export function joined(of: UnitRows, to: UnitRows, way: 'down' | 'up'): string {
  const [child, parent] = way === 'down' ? [to.table, of.table] : [of.table, to.table];
  const { by, key } = child.shape.timeOf!;
  const known = of.columns.map((column) => `_firn_of.${column}`);
  return `${of.name} AS _firn_of JOIN ${of.table.from} ON ${sameKey(keySql(of.table), known)}
    JOIN ${to.table.from} ON ${sameKey(key.map(parent.column), by.map(child.column))}`;
}

/** Completes the units of the rows that are known, and numbers them from 1. @param family parents before their children. */
export function findUnits(connection: Connection, family: readonly UnitRows[]): void {
  const { db } = connection;
  const pairs = family.flatMap((child) => {
    const { timeOf } = child.table.shape;
    const parent = family.find(({ table }) => sqlite.sameName(table.shape.table, timeOf?.table ?? ''));
    return parent === undefined ? [] : [{ child, parent }];
  });
  const add = (of: UnitRows, to: UnitRows, way: 'down' | 'up'): void => {
    db.exec(`INSERT OR IGNORE INTO ${to.name} (${to.columns.join(', ')}, lease)
      SELECT ${keySql(to.table).join(', ')}, ${leaseKeySql(to.table)} FROM ${joined(of, to, way)}`);
  };
  for (const { child, parent } of [...pairs].reverse()) add(child, parent, 'up');
  for (const { child, parent } of pairs) add(parent, child, 'down');
  for (const rows of family) {
    const { name, columns, table } = rows;
    const own = pairs.find(({ child }) => child === rows);
    const same = (alias: string, other: readonly string[]): string =>
      sameKey(
        other,
        columns.map((column) => `${alias}.${column}`),
      );
    if (own !== undefined)
      db.exec(`UPDATE ${name} SET unit = found.unit FROM (
        SELECT ${keySql(table)
          .map((sql, at) => `${sql} AS c${at}`)
          .join(', ')}, _firn_of.unit AS unit FROM ${joined(own.parent, rows, 'down')}) AS found
        WHERE ${same(
          name.replace('temp.', ''),
          columns.map((_, at) => `found.c${at}`),
        )}`);
    // Rows at the top: a root, or a row whose parent is not in the database.
    const { least } = db
      .prepare(`SELECT coalesce(max(unit), 0) AS least FROM (${allRows(family)})`)
      .get() as { least: number };
    db.exec(`UPDATE ${name} SET unit = found.n FROM (
      SELECT ${columns.join(', ')}, ${least} + row_number() OVER (ORDER BY ${columns.join(', ')}) AS n FROM ${name} WHERE unit IS NULL) AS found
      WHERE ${same(
        name.replace('temp.', ''),
        columns.map((column) => `found.${column}`),
      )}`);
  }
}
