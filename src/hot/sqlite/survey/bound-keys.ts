import type { Connection } from '../connection/connection.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { type DueKeys, keyColumns, UNDATED } from './due-keys.ts';

/** The remembered keys of a table that is bound to others. */
export interface BoundKeys extends DueKeys {
  readonly unit: string | null;
}

/** A row that leaves, as SQL. */
export function leaves(alias: string): string {
  return `${alias}._firn_day > ${UNDATED}`;
}

/**
 * `_firn_unit` is the unit of a row: its rowid, or a number where there is none; of a child's row that of the root's row. Units are
 * drained in the order of their numbers, so the complement of the rowid makes the newest the first. `_firn_ending` is 1 of a row that a plan
 * finds restored, unchanged, and with a lease that is over: see `endUnits`.
 */
export function createBoundKeys(
  { db }: Connection,
  table: Table,
  serial: number,
  parent: NonNullable<DueKeys['parent']> | null,
  newestFirst: boolean,
): BoundKeys {
  const name = `temp._firn_due_${serial}`;
  const isRowid = table.access.kind === 'rowid';
  const { columns, declared } = keyColumns(table);
  const isChild = parent !== null;
  const isNumbered = !isRowid && !isChild;
  db.exec(
    isNumbered
      ? `CREATE TABLE ${name} (_firn_unit INTEGER PRIMARY KEY, _firn_day INTEGER, _firn_ending INTEGER DEFAULT 0, ${declared}, UNIQUE (${columns.join(', ')}))`
      : `CREATE TABLE ${name} (_firn_unit INTEGER, _firn_day INTEGER, _firn_ending INTEGER DEFAULT 0, ${declared}, PRIMARY KEY (${columns.join(', ')})) WITHOUT ROWID`,
  );
  return {
    name,
    columns,
    ...(parent === null ? {} : { parent }),
    unit: isNumbered || isChild ? null : newestFirst ? '~_firn_key' : '_firn_key',
  };
}

/** Makes the keys fast to read in the order in which they are drained. To be called when they are complete. */
export function indexBoundKeys({ db }: Connection, { name, columns }: BoundKeys): void {
  const index = name.replace('temp.', '');
  db.exec(
    `CREATE INDEX IF NOT EXISTS temp.${index}_order ON ${index} (_firn_day, _firn_unit, ${columns.join(', ')})`,
  );
}

/** The condition that two sets of key columns are the same, as SQL. */
export function sameKey(own: readonly string[], other: readonly string[]): string {
  return own.map((sql, at) => `${sql} = ${other[at]}`).join(' AND ');
}
