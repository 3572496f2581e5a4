import type { ArchiveStore } from '../../archive/archive-store.ts';
import { trafficSince } from '../../archive/traffic.ts';
import type { RunLog } from '../../hot/run-log.ts';
import type { RunStores } from '../../lifecycle/begin/begin-run.ts';
import { recordFailure } from '../../lifecycle/reconcile/keep-alarms.ts';
import { rowsDeleted } from '../../lifecycle/verify/conservation.ts';
import type { Stores } from '../stores.ts';
import { factsOfError, type Recorded, type RunFacts, type RunPurpose, recordRun } from './recorded-run.ts';
import { type StopCause, Stopper, type StopperOptions } from './stopper.ts';

/** The database that a run changes, and whose history tells of it; the locks are held by whoever opened it. */
type Changed = Pick<RunStores, 'store' | 'clock'> & { readonly archive?: Pick<ArchiveStore, 'traffic'> };

/** A piece of work, as the run history needs it. */
export interface RecordedWork<T> {
  readonly purpose: RunPurpose;
  readonly limits: StopperOptions;
  run(stopper: Stopper): Promise<T>;
  /** `cause` is why it ended early, or null. */
  facts(result: T, cause: StopCause | null): RunFacts;
}

/**
 * Does a piece of work that a person asked for, which a pause ends as it ends a job, and writes it down.
 * Rejects as the work does.
 */
export async function recordCommand<T>(
  stores: Stores,
  changed: Changed,
  work: RecordedWork<T>,
): Promise<{ readonly result: T; readonly cause: StopCause | null }> {
  await using log = await stores.openRunLog();
  const run = async (stopper: Stopper): Promise<T> => {
    await stopper.checkNow();
    return await work.run(stopper);
  };
  const recorded = await recordStoppable(changed, log, { ...work, run });
  if (!recorded.ok) throw recorded.error;
  return recorded;
}

/** Does a piece of work that can be stopped, and writes down that it began and how it ended: the one way to record a changing run. */
export async function recordStoppable<T>(
  changed: Changed,
  log: RunLog,
  { purpose, limits, run, facts }: RecordedWork<T>,
): Promise<Recorded<T> & { readonly cause: StopCause | null }> {
  const { store, clock } = changed;
  const stopper = new Stopper(clock, log, limits);
  let before = 0;
  const asked = changed.archive?.traffic() ?? null;
  const withTraffic = (known: RunFacts): RunFacts => {
    const now = changed.archive?.traffic() ?? null;
    return asked === null || now === null ? known : { ...known, traffic: trafficSince(asked, now) };
  };
  const work = async (): Promise<T> => {
    before = rowsDeleted(await store.ledger.receipts());
    return await run(stopper).finally(() => stopper.settled());
  };
  const recorded = await recordRun(
    log,
    clock,
    purpose,
    work,
    (result) => withTraffic(facts(result, stopper.cause)),
    async (error) => withTraffic(await factsOfFailure(changed, before, error)),
  );
  return { ...recorded, cause: stopper.cause };
}

/** A run that failed may have deleted rows before: the ledger knows. What ended it matters more than that this could not be found out. */
async function factsOfFailure(
  { store: { ledger }, clock }: Changed,
  before: number,
  error: unknown,
): Promise<RunFacts> {
  const facts = factsOfError(error);
  try {
    await recordFailure(ledger, error, new Date(clock.now()).toISOString());
    const records = Math.max(0, rowsDeleted(await ledger.receipts()) - before);
    return {
      ...facts,
      records,
      outcome: records > 0 && facts.outcome === 'failed' ? 'partly' : facts.outcome,
    };
  } catch {
    return facts;
  }
}
