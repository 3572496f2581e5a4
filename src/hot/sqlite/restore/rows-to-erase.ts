import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { sizes } from '../../../model/sizes.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { keySql } from '../survey/due-keys.ts';

const NAME = 'temp._firn_to_erase';

/** Rows that an erasure is about, found before the write lock is taken. They are candidates: the condition is asked again under it. */
export interface RowsToErase {
  /** Looks for rows, unless some of the last ones of the same condition are left; returns how many are left. */
  prepare(
    table: Table,
    condition: { readonly sql: string; readonly params: readonly SQLInputValue[] },
  ): number;
  /** Gives the next ones, at most so many, to `erase` as a condition. Must run inside a write transaction. */
  take<T>(table: Table, most: number, erase: (some: string) => T): T;
}

export function rowsToErase(db: DatabaseSync): RowsToErase {
  let of: readonly SQLInputValue[] = [];
  const left = (): number => (db.prepare(`SELECT count(*) AS n FROM ${NAME}`).get() as { n: number }).n;
  return {
    prepare: (table, { sql, params }) => {
      const own = keySql(table);
      const asked = [table.from, own.join(), sql, ...params];
      const isSame = asked.length === of.length && asked.every((value, at) => value === of[at]);
      const remaining = isSame ? left() : 0;
      if (remaining > 0) return remaining;
      of = [];
      db.exec(`DROP TABLE IF EXISTS ${NAME}`);
      db.prepare(
        `CREATE TABLE ${NAME} AS SELECT ${own.map((key, at) => `${key} AS key${at}`).join(', ')} FROM ${table.from} WHERE ${sql} LIMIT ${sizes.listedValues}`,
      ).run(...params);
      of = asked;
      return left();
    },
    take: (table, most, erase) => {
      const { upto } = db
        .prepare(`SELECT max(rowid) AS upto FROM (SELECT rowid FROM ${NAME} ORDER BY rowid LIMIT ${most})`)
        .get() as { upto: number };
      const own = keySql(table);
      const keys = own.map((_, at) => `key${at}`).join(', ');
      const erased = erase(`(${own.join(', ')}) IN (SELECT ${keys} FROM ${NAME} WHERE rowid <= ${upto})`);
      db.exec(`DELETE FROM ${NAME} WHERE rowid <= ${upto}`);
      return erased;
    },
  };
}
