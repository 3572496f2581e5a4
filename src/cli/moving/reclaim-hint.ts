import { isWorthReclaiming } from '../../lifecycle/report/reclaim-plan.ts';
import type { Context } from '../frame/context.ts';
import { formatBytes } from '../terminal/quantity.ts';

/** Names `firn reclaim` when more than a fifth of the database file is free. */
export async function hintAtReclaim(context: Context): Promise<void> {
  const stores = await context.stores();
  if (!stores.capabilities.reclaim) return;
  await using stats = await stores.openStats();
  const file = await stats.file();
  if (!isWorthReclaiming(file)) return;
  const free = formatBytes(file.freePages * file.pageBytes);
  context.next('firn reclaim', `to shrink the database file by up to ${free}`);
}
