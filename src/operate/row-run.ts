import type { HotLookup } from '../hot/lookup.ts';
import { beginRun, type RunStores } from '../lifecycle/begin-run.ts';
import { endLeases } from '../lifecycle/lease-end.ts';
import { hotTarget } from '../lookup/hot-target.ts';
import type { Places } from '../lookup/places.ts';
import type { Query } from '../lookup/query.ts';
import { type RestoreOptions, type RestoreReport, restoreRows } from '../lookup/restore.ts';
import type { PolicySet } from '../model/policy.ts';

/** What a run that restores or erases works with. */
export interface RowRun extends RunStores {
  readonly lookup: HotLookup;
  readonly policies: PolicySet;
}

/** Database and archive as searches take them, after they were brought into agreement. */
export async function settledPlaces(run: RowRun): Promise<Places> {
  const { store, lookup, archive, policies } = run;
  const { now } = await beginRun(run);
  await endLeases(store, archive, now);
  return { hot: { reader: store, lookup }, archive, policies };
}

/** Restores archived rows into the hot database; see `restoreRows`. They must be leased, or the next run would archive them a second time. */
export async function restoreIntoHot(
  run: RowRun,
  query: Query,
  options: RestoreOptions & { readonly leaseUntil: number },
): Promise<RestoreReport> {
  return await restoreRows(await settledPlaces(run), query, hotTarget(run.store), options);
}
