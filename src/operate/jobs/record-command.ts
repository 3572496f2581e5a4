import { recordFailure } from '../../lifecycle/reconcile/keep-alarms.ts';
import { FirnError } from '../../model/errors.ts';
import type { Stop } from '../../model/stop.ts';
import type { Stores } from '../stores.ts';
import { type RunFacts, type RunPurpose, recordRun } from './recorded-run.ts';
import { type StopCause, Stopper, type StopperOptions } from './stopper.ts';

/** A piece of work that a person asked for, as the run history needs it. */
export interface RecordedWork<T> {
  readonly purpose: RunPurpose;
  readonly limits: StopperOptions;
  /** `stop` is asked between two transactions: the reason to stop now, or null. */
  run(stop: Stop): Promise<T>;
  /** `cause` is why it ended early, or null. */
  facts(result: T, cause: StopCause | null): RunFacts;
}

/**
 * Does a piece of work, which a pause ends as it ends a job, and writes it down. Only for whoever holds the run lock.
 * Rejects as the work does.
 */
export async function recordCommand<T>(
  stores: Stores,
  { purpose, limits, run, facts }: RecordedWork<T>,
): Promise<{ readonly result: T; readonly cause: StopCause | null }> {
  const { clock } = stores;
  await using log = await stores.openRunLog();
  const stopper = new Stopper(clock, log, limits);
  const work = async (): Promise<T> => {
    await stopper.checkNow();
    return await run(stopper.check).finally(() => stopper.settled());
  };
  const recorded = await recordRun(log, clock, purpose, work, (result) => facts(result, stopper.cause));
  if (!recorded.ok) {
    await recordFailed(stores, recorded.error);
    throw recorded.error;
  }
  return { result: recorded.result, cause: stopper.cause };
}

/** What ended the work matters more than that it could not be recorded. */
async function recordFailed(stores: Stores, error: unknown): Promise<void> {
  try {
    await using alarms = await stores.openAlarmLog();
    await recordFailure(alarms, error, new Date(stores.clock.now()).toISOString());
  } catch (cause) {
    if (!(cause instanceof FirnError)) throw cause;
  }
}
