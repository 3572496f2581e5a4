import type { ArchiveStore } from '../../archive/archive-store.ts';
import { readErasureOrders } from '../../archive/erasure-orders.ts';
import { newestFooter } from '../../archive/newest-footer.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { unseenOrders } from '../../hot/unseen-orders.ts';
import { type ErasureFilter, type ErasureOrder, inOlderDatabase } from '../../model/erasure.ts';
import { FirnError, inWords, isUnreadableTable } from '../../model/errors.ts';
import type { Hold } from '../../model/filter.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { TableShape } from '../../model/shape.ts';
import { sizes } from '../../model/sizes.ts';
import { type Stop, stopIfTold } from '../../model/stop.ts';
import type { TimeSource } from '../../model/time/time-format.ts';
import { holdInWords } from '../archived/place-hold.ts';
import type { Paced } from '../segments/paced.ts';

interface FollowRun {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly paced: Paced;
  readonly stop: Stop;
  /** Null: the time columns are those that the segments name. */
  readonly policies: PolicySet | null;
}

/**
 * Carries out erasure orders that the archive has and the ledger has not: the database was put back to a state before them, and may
 * hold rows that they erased. Rows whose time is after the order stay. Done once for each order, as the ledger has it then. Returns what was
 * done, in words. Safe to be killed and run again.
 */
export async function followErasures(run: FollowRun): Promise<string[]> {
  const { store, archive } = run;
  const { orders } = await readErasureOrders(archive);
  const unseen = unseenOrders(await store.rows.erasures(), orders, store.dialect);
  const ancestors = new Map<string, readonly string[]>();
  for (const { table } of unseen) ancestors.set(table, await ancestorsOf(store, table));
  // Children first: their times, and who they are, their parents tell.
  const above = ({ table }: ErasureOrder): readonly string[] => ancestors.get(table)!;
  const said: string[] = [];
  const waiting: { readonly erasedAt: string; readonly tables: readonly string[] }[] = [];
  for (const order of [...unseen].sort((a, b) => above(b).length - above(a).length)) {
    const { table, erasedAt } = order;
    if (
      waiting.some((one) => one.erasedAt === erasedAt && one.tables.includes(store.dialect.foldName(table)))
    )
      continue;
    const { isDone, notes } = await followUnlessRefused(run, order);
    said.push(...notes);
    // Rows of one erasure that the rows which stay belong to: they stay, and are hidden, as long as these.
    if (!isDone) waiting.push({ erasedAt, tables: above(order) });
  }
  return said;
}

/** The tables that the rows of a table belong to, at any distance, by folded name. */
async function ancestorsOf(store: HotStore, table: string): Promise<readonly string[]> {
  try {
    const names: string[] = [];
    let timeOf = (await store.shape(table))?.timeOf;
    for (; timeOf !== undefined; timeOf = timeOf.timeOf) names.push(store.dialect.foldName(timeOf.table));
    return names;
  } catch (error) {
    if (!isUnreadableTable(error)) throw error;
    return [];
  }
}

interface Followed {
  readonly isDone: boolean;
  readonly notes: readonly string[];
}

/** A table whose rows may not be deleted does not keep the run from going on. */
async function followUnlessRefused(run: FollowRun, order: ErasureOrder): Promise<Followed> {
  try {
    return await follow(run, order);
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
    const note = `${order.table}: rows that were erased at ${order.erasedAt} may be in the database again and were not erased: ${inWords(error)}`;
    return { isDone: false, notes: [note] };
  }
}

async function follow(run: FollowRun, order: ErasureOrder): Promise<Followed> {
  const { store } = run;
  const { table, erasedAt } = order;
  const shape = await store.shape(table);
  if (shape === null) {
    await store.rows.recordErasure({ ...order, rows: 0 });
    return { isDone: true, notes: [] };
  }
  const time = await timeSourceOf(run, shape);
  const holds = (await store.ledger.holds()).filter((hold) => store.dialect.sameName(hold.table, table));
  const filter = { ...inOlderDatabase(order), except: holds.map(({ conditions }) => conditions) };
  const rows = await eraseAgain(run, shape, filter, time);
  const held = await heldRows(store, shape, order, holds, time);
  // Held rows are hidden and not archived; when their hold is released the next run erases them.
  if (held === null) await store.rows.recordErasure({ ...order, rows });
  const undated = await store.rows.countMatching(shape, order, time, 'undated');
  const bounded = order.since !== null || order.until !== null;
  const notes = [
    ...(rows === 0
      ? []
      : [
          `${table}: ${rows} rows that were erased at ${erasedAt} are in the database again, because an older database was restored. Firn erases them again.`,
        ]),
    ...(held === null
      ? []
      : [
          `${table}: rows that were erased at ${erasedAt} are in the database again and were not erased: ${held}`,
        ]),
    ...(undated === 0 || bounded
      ? []
      : [
          `${table}: ${undated} rows without a valid timestamp match the erasure of ${erasedAt}. They may be newer than the erasure, so Firn keeps them. Erase them with firn erase, or keep them.`,
        ]),
  ];
  return { isDone: held === null, notes };
}

async function eraseAgain(
  { store, paced, stop }: FollowRun,
  shape: TableShape,
  filter: ErasureFilter,
  time: TimeSource | null,
): Promise<number> {
  let rows = 0;
  for (let erased = 1; erased > 0; rows += erased) {
    stopIfTold(stop, { operation: 'erase rows again', path: shape.table });
    const most = paced.rows(sizes.erasedRows);
    erased = await paced(
      () => store.rows.erase(shape, filter, time, most),
      (count) => count,
    );
  }
  return rows;
}

/** The first hold that keeps one of the rows, in words; null when none does. */
async function heldRows(
  store: HotStore,
  shape: TableShape,
  order: ErasureOrder,
  holds: readonly Hold[],
  time: TimeSource | null,
): Promise<string | null> {
  const { where, ...bounds } = inOlderDatabase(order);
  for (const hold of holds) {
    const both = { ...bounds, where: [...where, ...hold.conditions] };
    if ((await store.rows.countMatching(shape, both, time, 'dated')) > 0)
      return `hold ${hold.id} matches some of them (${holdInWords(hold)}). Remove it with: firn hold remove ${hold.id}`;
  }
  return null;
}

async function timeSourceOf(
  { store, archive, policies }: FollowRun,
  shape: TableShape,
): Promise<TimeSource | null> {
  const policy = policies === null ? null : getPolicy(policies, shape.table);
  if (policy !== null) return policy;
  const receipts = await store.ledger.receipts({ table: shape.table, state: ['archived'] });
  return await newestFooter(archive, receipts);
}
