import { requireReclaim } from '../../../hot/hot-capabilities.ts';
import type { ReclaimPlan } from '../../../lifecycle/report/reclaim-plan.ts';
import { lookAtDisk, type ReclaimReport, reclaim } from '../../../lifecycle/report/reclaim-space.ts';
import { stopOn } from '../../../model/stop.ts';
import type { Stores } from '../../../operate/stores.ts';

/** How much the database file could shrink. Changes nothing. Throws `refused` for a database that cannot. */
export async function planShrinking(stores: Stores, full: boolean): Promise<ReclaimPlan> {
  requireReclaim(stores.capabilities, stores.config.database.text);
  await using stats = await stores.openStats();
  return await lookAtDisk(stats, full);
}

/** Shrinks the database file under the run lock. @param onPlan told before anything is done. */
export async function shrinkFile(
  stores: Stores,
  work: {
    readonly full: boolean;
    readonly signal?: AbortSignal | undefined;
    readonly onPlan?: (plan: ReclaimPlan) => void;
  },
): Promise<ReclaimReport> {
  await using opened = await stores.openWriting('reclaim');
  await using disk = await stores.openDisk();
  work.onPlan?.(await lookAtDisk(disk, work.full));
  return await reclaim(disk, opened.store.ledger, opened.clock, {
    full: work.full,
    share: stores.config.pace,
    stop: stopOn(work.signal),
  });
}
