import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../connection/connection.ts';
import { leaves, sameKey } from './bound-keys.ts';
import { wholeTable } from './child-survey.ts';
import { keySql } from './due-keys.ts';
import type { Tie } from './member.ts';

/**
 * Pairs of a referring row (`_firn_from`) and the leaving row that it refers to (`_firn_to`), as SQL from FROM on.
 * @param source the referring rows, as what follows FROM.
 */
export function referring({ reference, from, to }: Tie, source: string): string {
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
export function targetKeys({ to }: Tie): string {
  return to.keys.columns.map((name) => `_firn_to.${name}`).join(', ');
}

/** A key column of the referring row of such a pair. */
export function referringKey(at: number): string {
  return `_firn_from._firn_key_${at}`;
}

/** How many rows remain that refer to a row which leaves. */
export async function countDangling(connection: Connection, tie: Tie): Promise<number> {
  const { member, table } = tie.from;
  const own = sameKey(
    (member?.keys.columns ?? []).map((name) => `_firn_gone.${name}`),
    keySql(table).map((_, at) => referringKey(at)),
  );
  const gone =
    member === null
      ? '0'
      : `EXISTS (SELECT 1 FROM ${member.keys.name} AS _firn_gone WHERE ${own} AND ${leaves('_firn_gone')})`;
  let dangling = 0;
  for (const { source, params } of wholeTable(connection, table)) {
    const found = connection.db
      .prepare(`SELECT count(*) AS n ${referring(tie, source)} AND NOT ${gone}`)
      .get(...params) as { n: number };
    dangling += found.n;
    await setImmediate();
  }
  return dangling;
}
