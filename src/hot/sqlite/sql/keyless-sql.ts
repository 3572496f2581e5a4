import { lineSql } from './line-sql.ts';
import type { Table } from './sqlite-table.ts';

/** Whether no key tells a row from others, as SQL: 1, 0 or a condition. */
export function keylessSql({ shape, access, column, reusedId }: Table): string {
  if (shape.primaryKey.length === 0) return '1';
  if (access.kind === 'key' || reusedId !== null) return '0';
  return `(${shape.primaryKey.map((name) => `${column(name)} IS NULL`).join(' OR ')})`;
}

/** SHA-256 of what a row of a table with rowids holds, as SQL: wherever VACUUM or a reload puts the row, it stays. See `contentPrint`. */
export function contentPrintSql(table: Table): string {
  return `firn_print(${lineSql(table, '', 'exact')})`;
}
