import type { ArchiveStore } from '../../archive/archive-store.ts';
import { readErasureOrders } from '../../archive/erasure-orders.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { unseenOrders } from '../../hot/unseen-orders.ts';
import type { Clock } from '../../model/clock.ts';
import type { ErasureOrder } from '../../model/erasure.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import { LAKE_WAY_OUT } from '../lake-of.ts';
import type { FillPlace, LakeFilled } from './fill-lake.ts';

/** A changing run, as far as the lake is concerned. */
export interface LakeRun {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** Whether the configuration asks for a lake. */
  readonly lake?: boolean;
}

/**
 * The end of a changing run: makes what the lake lacks. Nothing is copied while rows are deleted, so that the drain has the processor and the
 * memory for itself. Returns what went wrong, in words.
 */
export async function keepLake(run: LakeRun, stop: Stop = neverStop): Promise<readonly string[]> {
  if (run.lake !== true) return [];
  const { fillLake } = await import('./fill-lake.ts');
  return lakeInWords(await fillLake(fillPlace(run, stop)));
}

export function fillPlace(
  { store, archive, clock }: LakeRun,
  stop: Stop,
  onFile?: FillPlace['onFile'],
): FillPlace {
  return {
    ...{ ledger: store.ledger, archive, clock, stop, owner: store.location },
    orders: () => ordersOf(store, archive),
    ...(onFile === undefined ? {} : { onFile }),
  };
}

export function lakeInWords({ problems }: LakeFilled): readonly string[] {
  const [first] = problems;
  if (first === undefined) return [];
  const others = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  return [
    `lake: ${first.path} was not written: ${first.why}${others}. The archive files are whole, and are read instead. ${LAKE_WAY_OUT}`,
  ];
}

async function ordersOf(store: HotStore, archive: ArchiveStore): Promise<readonly ErasureOrder[]> {
  const known = await store.rows.erasures();
  const { orders } = await readErasureOrders(archive);
  return [...known, ...unseenOrders(known, orders, store.dialect)];
}
