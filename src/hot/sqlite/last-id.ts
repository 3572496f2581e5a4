import type { TableShape } from '../../model/shape.ts';
import type { Connection } from './connection.ts';

/** Stand-in until the other branch lands. */
export function reusesIds({ db }: Connection, { table, primaryKey, ddl }: TableShape): boolean {
  if (primaryKey.length !== 1 || /\bautoincrement\b/i.test(ddl[0] ?? '')) return false;
  const indexes = db.prepare('SELECT origin FROM pragma_index_list(?)').all(table) as { origin: string }[];
  return indexes.every(({ origin }) => origin !== 'pk');
}
