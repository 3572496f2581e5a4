import type { ArchiveStore } from '../../archive/archive-store.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { sweepLake } from '../../lake/keep/sweep-lake.ts';
import type { Clock } from '../../model/clock.ts';
import { type Instant, instantOfMs } from '../../model/instant.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { neverStop, type Stop } from '../../model/stop.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';
import { type Paced, pacedBy } from '../segments/paced.ts';
import { Pacer } from '../segments/pacer.ts';
import { requireAllNames } from './cold-location.ts';
import { beginGeneration, copyRefused, signOfCopy } from './copied-database.ts';
import { followErasures } from './older-database.ts';
import { pair } from './pairing.ts';
import { sweepLeftovers } from './sweep-leftovers.ts';

/** The stores of one run that changes things; the locks are held by whoever opened them. */
export interface RunStores {
  readonly store: HotStore;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** The share of the time that the run may hold the database's write lock, above 0 and at most 1; 1 when missing. */
  readonly pace?: number;
  /** For the time columns of tables that have no segments yet. */
  readonly policies?: PolicySet;
  /** Whether the configuration asks for a lake. */
  readonly lake?: boolean;
}

export interface BeginOptions {
  /** Pair this database with this archive although they name each other differently. */
  readonly adopt?: boolean;
  /** Asked between two transactions: the reason to stop now, or null. */
  readonly stop?: Stop;
  /** Told after each step of putting things right. */
  readonly onReconciled?: (step: Reconciled) => void;
}

/** What a run goes on with. */
export interface Begun {
  /** The one `now` of the run. */
  readonly now: Instant;
  readonly pacer: Pacer;
  readonly paced: Paced;
  readonly stop: Stop;
  /** What was put right, or found and left as it is. */
  readonly reconciled: readonly Reconciled[];
  /** What else was done, in words, for the report's warnings. */
  readonly notes: readonly string[];
}

/**
 * Begins a run that changes things: makes sure that archive and database belong together, and brings archive, receipts and
 * hot rows into agreement at the pace of the run. Throws as `pair` and `reconcile` do.
 */
export async function beginRun(run: RunStores, options: BeginOptions = {}): Promise<Begun> {
  const { store, archive, clock, pace = 1 } = run;
  const now = instantOfMs(clock.now());
  const stop = options.stop ?? neverStop;
  const pacer = new Pacer(clock, store.gentleHoldMs.plain, pace);
  const paced = pacedBy({ store, clock, pacer: new Pacer(clock, store.gentleHoldMs.durable, pace) });
  await requirePair(run, now, options.adopt ?? false);
  await requireAllNames(store.ledger, archive);
  await beginGeneration(store, archive);
  const swept = await sweepLeftovers(archive);
  // Before anything else is archived: an older database may hold rows that were erased.
  const notes = await followErasures({ store, archive, paced, stop, policies: run.policies ?? null });
  const context = { store, clock, pacer, stop, onDrained: () => undefined };
  const reconciled = await reconcile(context, archive, swept, options.onReconciled);
  const lake = await sweepLake({ ledger: store.ledger, archive, lake: run.lake ?? false });
  return { now, pacer, paced, stop, reconciled, notes: [...notes, ...lake] };
}

/** Makes sure that archive and database belong together; throws `refused` unless told to adopt. */
export async function requirePair({ store, archive }: RunStores, now: Instant, adopt = false): Promise<void> {
  const sign = await signOfCopy(store, archive);
  if (sign !== null && !adopt) throw copyRefused(archive, sign);
  await pair(store.ledger, archive, now, adopt, sign !== null);
}
