import type { ArchiveStore } from '../archive/archive-store.ts';
import type { HotStore } from '../hot/hot-store.ts';
import type { HotLookup } from '../hot/lookup.ts';
import { endLeases } from '../lifecycle/lease-end.ts';
import { Pacer } from '../lifecycle/pacer.ts';
import { pair } from '../lifecycle/pairing.ts';
import { reconcile } from '../lifecycle/reconcile.ts';
import { hotTarget } from '../lookup/hot-target.ts';
import type { Places } from '../lookup/places.ts';
import type { Query } from '../lookup/query.ts';
import { type RestoreOptions, type RestoreReport, restoreRows } from '../lookup/restore.ts';
import type { Clock } from '../model/clock.ts';
import type { PolicySet } from '../model/policy.ts';

/** What a run that restores or erases works with; the run lock is held by whoever opened it. */
export interface RowRun {
  readonly store: HotStore;
  readonly lookup: HotLookup;
  readonly archive: ArchiveStore;
  readonly policies: PolicySet;
  readonly clock: Clock;
}

/** Database and archive as searches take them, after they were brought into agreement. */
export async function settledPlaces(run: RowRun): Promise<Places> {
  const { store, lookup, archive, policies, clock } = run;
  const now = clock.now() * 1000;
  await pair(store.ledger, archive, now, false);
  const never = (): null => null;
  await reconcile(
    { store, clock, pacer: new Pacer(clock), stop: never, onDrained: () => undefined },
    archive,
  );
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
