import { awayTiers } from '../../archive/away.ts';
import { type ErasureOrders, readErasureOrders } from '../../archive/erasure-orders.ts';
import { unseenOrders } from '../../hot/unseen-orders.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { type ErasureFilter, type ErasureOrder, inOlderDatabase } from '../../model/erasure.ts';
import type { Places } from './places.ts';
import type { SearchReport } from './search-report.ts';

/** What was ordered to be erased, as a search needs it. */
export interface Erased {
  /** Of the archive and of the database. */
  readonly orders: readonly ErasureOrder[];
  /** Orders that the database does not know: it is older than they are, and may hold rows that they erased. */
  readonly unseen: readonly ErasureOrder[];
  readonly problems: ErasureOrders['problems'];
}

export async function erasedOf({ hot, archive, dialect }: Places): Promise<Erased> {
  // With the location of the records away, those of the database are known.
  const isHere = !(await awayTiers(archive)).has('warm');
  const { orders, problems } = isHere
    ? await readErasureOrders(archive)
    : { orders: [], problems: [{ path: 'erasures', why: 'the location of the erasure records is away' }] };
  const known = (await hot?.lookup.erasures()) ?? [];
  const unseen = unseenOrders(known, orders, dialect);
  return { orders: [...known, ...unseen], unseen, problems };
}

/** The rows of a table that a database which is older than an order may still hold. */
export function hiddenInHot({ unseen }: Erased, table: string, dialect: Dialect): ErasureFilter[] {
  return unseen.filter((order) => dialect.sameName(order.table, table)).map(inOlderDatabase);
}

/** Rows that such an order erased may be in the answer. */
export function noteUnreadableOrders({ notes }: SearchReport, { problems }: Erased): void {
  for (const { path, why } of problems) {
    const note = `${path}: ${why}. Rows that were erased may be restored from older copies.`;
    if (!notes.includes(note)) notes.push(note);
  }
}
