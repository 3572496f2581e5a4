import type { Reference } from '../../../model/shape.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { leaves, sameKey } from './bound-keys.ts';
import { type DueKeys, keySql } from './due-keys.ts';

/** A foreign key with its tables, and the keys of what leaves the one that it refers to. */
interface Tied {
  readonly reference: Reference;
  readonly from: { readonly table: Table };
  readonly to: { readonly table: Table; readonly keys: DueKeys };
}

/**
 * Pairs of a referring row (`_firn_from`) and the leaving row that it refers to (`_firn_to`), as SQL from FROM on.
 * @param source the referring rows, as what follows FROM.
 */
export function referring({ reference, from, to }: Tied, source: string): string {
  const keys = keySql(from.table).map((sql, at) => `${sql} AS _firn_key_${at}`);
  const columns = reference.columns.map((name, at) => `${from.table.column(name)} AS _firn_column_${at}`);
  const named = sameKey(
    reference.parentColumns.map(to.table.column),
    columns.map((_, at) => `_firn_from._firn_column_${at}`),
  );
  const leaving = sameKey(
    to.keys.columns.map((name) => `_firn_to.${name}`),
    keySql(to.table),
  );
  return `FROM (SELECT ${[...keys, ...columns].join(', ')} FROM ${source} LIMIT -1 OFFSET 0) AS _firn_from
    CROSS JOIN ${to.table.from} ON ${named} CROSS JOIN ${to.keys.name} AS _firn_to ON ${leaving} WHERE ${leaves('_firn_to')}`;
}

/** The key columns of the leaving row of such a pair. */
export function targetKeys({ to }: Pick<Tied, 'to'>): string {
  return to.keys.columns.map((name) => `_firn_to.${name}`).join(', ');
}

/** A key column of the referring row of such a pair. */
export function referringKey(at: number): string {
  return `_firn_from._firn_key_${at}`;
}
