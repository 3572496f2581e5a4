import { sqlite } from '../../../model/database/dialect.ts';
import type { Connection } from '../connection/connection.ts';
import { affinityOf } from '../sql/affinity.ts';
import type { Table } from '../sql/sqlite-table.ts';

/** Days that are none: what became of examined rows that are not due. They lie far before the year 1. */
export const UNDATED = -4_000_001;
export const OPEN = -4_000_002;
export const HELD = -4_000_003;
export const LAST_ID = -4_000_004;
export const LEASED = -4_000_005;
export const RULED = -4_000_006;
export const NEWEST = -4_000_007;
/** The time stands for none. */
export const SENTINEL = -4_000_021;
/** The time is after tomorrow. */
export const FUTURE = -4_000_022;
/** A remaining row refers to it. */
export const REFERENCED = -4_000_008;
/** Another row of its unit stays. */
export const WITH_UNIT = -4_000_009;
/** The row that it belongs to does not exist. */
export const ORPHAN = -4_000_010;

/**
 * The keys of the rows that a survey found, in a temporary table (on disk, outside the database): `_firn_day` and the rowid as
 * `_firn_key`, or the columns of the primary key as `_firn_key0`, `_firn_key1`, …
 */
export interface DueKeys {
  readonly name: string;
  readonly columns: readonly string[];
  /** What the survey of a table writes into `_firn_unit`, as SQL over these columns; null when SQLite numbers it. Not there for tables that are drained alone. */
  readonly unit?: string | null;
  /** The table that rows have their time from, and its keys. */
  readonly parent?: { readonly table: Table; readonly keys: DueKeys };
}

export function createDueKeys({ db }: Connection, table: Table, serial: number): DueKeys {
  const name = `temp._firn_due_${serial}`;
  const { columns, declared } = keyColumns(table);
  db.exec(
    `CREATE TABLE ${name} (_firn_day INTEGER, ${declared},
      PRIMARY KEY (_firn_day, ${columns.join(', ')})) WITHOUT ROWID`,
  );
  return { name, columns };
}

export function dropDueKeys({ db }: Connection, keys: DueKeys): void {
  db.exec(`DROP TABLE ${keys.name}`);
}

/** The columns that keep keys of a table, and their declaration: with another affinity than the table's own, no index on them would be searched. */
export function keyColumns({ access, shape }: Table): {
  readonly columns: string[];
  readonly declared: string;
} {
  if (access.kind === 'rowid') return { columns: ['_firn_key'], declared: '_firn_key INTEGER' };
  const columns = shape.primaryKey.map((_, at) => `_firn_key${at}`);
  const typeOf = (name: string) => shape.columns.find((column) => column.name === name)?.type ?? '';
  const declared = shape.primaryKey.map((name, at) => `${columns[at]} ${affinityOf(typeOf(name))}`);
  return { columns, declared: declared.join(', ') };
}

/** What the key columns are in the table itself, as SQL. */
export function keySql(table: Table): string[] {
  return table.access.kind === 'rowid' ? [table.access.rowid] : table.shape.primaryKey.map(table.column);
}

/** The stored column that a policy means by a name. */
export function columnNamed(table: Table, name: string): string {
  return table.shape.columns.find((column) => sqlite.sameName(column.name, name))?.name ?? name;
}
