import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import type { Ledger, Receipt } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { type Stop, stopIfTold } from '../../model/stop.ts';

/** What a cleanup works with. */
export interface CleanupRun {
  readonly ledger: Ledger;
  readonly archive: ArchiveStore;
  readonly policies: PolicySet;
  /** The receipts of every segment, as the plan saw them. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  /** The one `now` of the run: µs, and the same as UTC ISO 8601. */
  readonly now: Instant;
  readonly asOf: string;
  /** Asked between two files: the reason to stop now, or null. */
  readonly stop: Stop;
  /** Told of each file that could not be dealt with. Throws what is no `FirnError`. */
  readonly onProblem: (path: string, error: unknown) => void;
  /** True after a failure that concerns more than its file: no other file is begun. */
  readonly ended: () => boolean;
}

/** The steps that need no location that is away; that the others are left is one problem for each location. */
export async function reachable<T>(
  run: CleanupRun,
  steps: readonly T[],
  tierOf: (step: T) => 'warm' | 'cold',
): Promise<readonly T[]> {
  const away = await awayTiers(run.archive);
  const left = steps.filter((step) => away.has(tierOf(step)));
  for (const tier of new Set(left.map(tierOf))) {
    const { location } = away.get(tier)!;
    const waiting = left.filter((step) => tierOf(step) === tier).length;
    const why = `the location of the ${tier} archives is away: ${waiting} of its files wait for the next cleanup`;
    run.onProblem(location, new FirnError('unavailable', why, { operation: 'clean up archives' }));
  }
  return steps.filter((step) => !left.includes(step));
}

/** Deals with one file after the other; one that fails does not keep the others from going on. True when all were done. */
export async function each<T>(
  run: CleanupRun,
  steps: readonly T[],
  pathOf: (step: T) => string,
  action: (step: T) => Promise<void>,
): Promise<boolean> {
  let complete = true;
  for (const step of steps) {
    if (run.ended()) return false;
    try {
      stopIfTold(run.stop, { operation: 'clean up archives' });
      await action(step);
    } catch (error) {
      run.onProblem(pathOf(step), error);
      complete = false;
      if (error instanceof FirnError && error.code === 'interrupted') break;
    }
  }
  return complete;
}
