import type { HotLookup } from '../../hot/hot-lookup.ts';
import { keepLake } from '../../lake/keep/keep-lake.ts';
import { endLeases } from '../../lifecycle/archive/lease-end.ts';
import { beginRun, type RunStores } from '../../lifecycle/begin/begin-run.ts';
import { recordSuspects } from '../../lifecycle/reconcile/keep-alarms.ts';
import type { Paced } from '../../lifecycle/segments/paced.ts';
import type { Places } from '../../lookup/places/places.ts';
import type { Query } from '../../lookup/read/query.ts';
import { hotTarget } from '../../lookup/restore/hot-target.ts';
import {
  nothingRestored,
  type RestoreOptions,
  type RestoreReport,
  restoreRows,
} from '../../lookup/restore/restore-rows.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { neverStop, type Stop, unlessStopped } from '../../model/stop.ts';

/** What a run that restores or erases works with. */
export interface RowRun extends RunStores {
  readonly lookup: HotLookup;
  readonly policies: PolicySet;
}

/** Database and archive as searches take them, after they were brought into agreement, and what was done for that, in words. */
export async function placesAfterLeases(
  run: RowRun,
  stop: Stop = neverStop,
): Promise<{ readonly places: Places; readonly notes: readonly string[]; readonly paced: Paced }> {
  const { store, lookup, archive, policies } = run;
  const { now, notes, paced } = await beginRun(run, { stop });
  const ended = await endLeases({ store, archive, policies, now, paced }, stop);
  await recordUnreadable(
    run,
    ended.filter(({ message }) => message !== null),
  );
  return {
    places: { hot: { reader: store, lookup }, archive, dialect: store.dialect, policies },
    notes,
    paced,
  };
}

/** Restores archived rows into the hot database; see `restoreRows`. They must be leased, or the next run would archive them a second time. */
export async function restoreIntoHot(
  run: RowRun,
  query: Query,
  options: RestoreOptions & { readonly leaseUntil: number },
): Promise<RestoreReport> {
  const { stop = neverStop } = options;
  const begun = await unlessStopped(stop, () => placesAfterLeases(run, stop));
  if (begun === null) return nothingRestored('hot', stop());
  const { places, notes, paced } = begun;
  const target = hotTarget(run.store, (write, rows) => paced(write, () => rows), paced.rows);
  const report = await restoreRows(places, query, target, options);
  await recordUnreadable(run, report.problems);
  return { ...report, notes: [...notes, ...report.notes, ...(await keepLake(run, stop))] };
}

/** Records what is wrong with files that could not be read: an alarm until a verification of them succeeds. */
export async function recordUnreadable(
  { store, archive, clock }: RowRun,
  problems: readonly { readonly segment: string; readonly path?: string }[],
): Promise<void> {
  const subjects = problems.flatMap(({ segment, path }) =>
    path === undefined ? [segment] : [segment, path],
  );
  await recordSuspects({ ledger: store.ledger, archive, clock }, subjects);
}
