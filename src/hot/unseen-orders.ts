import type { Dialect } from '../model/database/dialect.ts';
import { amongJson, type ErasureOrder } from '../model/erasure.ts';

/**
 * Orders of the archive that the ledger does not have, in the order of their times: the database is older than they are. Of one order
 * that was given again only the last time counts.
 */
export function unseenOrders(
  known: readonly ErasureOrder[],
  archived: readonly ErasureOrder[],
  dialect: Dialect,
): readonly ErasureOrder[] {
  const unseen = new Map<string, ErasureOrder>();
  for (const order of archived) {
    if (known.some((own) => isSame(own, order, dialect) && own.erasedAt >= order.erasedAt)) continue;
    const key = JSON.stringify([order.table, filterText(order)]);
    const other = unseen.get(key);
    if (other === undefined || other.erasedAt < order.erasedAt) unseen.set(key, order);
  }
  return [...unseen.values()].sort((a, b) => (a.erasedAt < b.erasedAt ? -1 : 1));
}

function isSame(a: ErasureOrder, b: ErasureOrder, dialect: Dialect): boolean {
  return dialect.sameName(a.table, b.table) && filterText(a) === filterText(b);
}

function filterText({ where, since, until, among }: ErasureOrder): string {
  const conditions = where.map(({ column, op, value }) => [column, op, value]);
  return JSON.stringify([conditions, since, until, among === undefined ? null : amongJson(among)]);
}
