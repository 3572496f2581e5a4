import type { Config } from '../config/config.ts';
import { recordFailure } from '../lifecycle/reconcile/keep-alarms.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import { type RunFacts, type RunPurpose, recordRun } from '../operate/jobs/recorded-run.ts';
import { type StopCause, Stopper, type StopperOptions } from '../operate/jobs/stopper.ts';
import { openAlarmLog } from './open-alarms.ts';
import { openRunLog } from './open-run-log.ts';

/** A piece of work that a person asked for, as the run history needs it. */
export interface RecordedWork<T> {
  readonly purpose: RunPurpose;
  readonly limits: StopperOptions;
  /** `stop` is asked between two transactions: the reason to stop now, or null. */
  run(stop: () => string | null): Promise<T>;
  /** `cause` is why it ended early, or null. */
  facts(result: T, cause: StopCause | null): RunFacts;
}

/**
 * Does a piece of work, which a pause ends as it ends a job, and writes it down. Only for whoever holds the run lock.
 * Rejects as the work does.
 */
export async function recordCommand<T>(
  config: Config,
  clock: Clock,
  { purpose, limits, run, facts }: RecordedWork<T>,
): Promise<{ readonly result: T; readonly cause: StopCause | null }> {
  await using log = await openRunLog(config);
  const stopper = new Stopper(clock, log, limits);
  const work = async (): Promise<T> => {
    await stopper.checkNow();
    return await run(stopper.check).finally(() => stopper.settled());
  };
  const recorded = await recordRun(log, clock, purpose, work, (result) => facts(result, stopper.cause));
  if (!recorded.ok) {
    await recordFailed(config, clock, recorded.error);
    throw recorded.error;
  }
  return { result: recorded.result, cause: stopper.cause };
}

/** What ended the work matters more than that it could not be recorded. */
async function recordFailed(config: Config, clock: Clock, error: unknown): Promise<void> {
  try {
    await using alarms = openAlarmLog(config);
    await recordFailure(alarms, error, new Date(clock.now()).toISOString());
  } catch (cause) {
    if (!(cause instanceof FirnError)) throw cause;
  }
}
