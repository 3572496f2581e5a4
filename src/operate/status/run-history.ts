import type { LedgerReader, Receipt } from '../../hot/ledger.ts';
import type { JobName, RunLogReader, RunRecord } from '../../hot/run-log.ts';
import { type FileTotals, fileTotals } from '../../lifecycle/report/file-totals.ts';
import type { LockHolder } from '../../lock/lock-holder.ts';
import type { Clock } from '../../model/clock.ts';
import type { Stores } from '../stores.ts';

/** running: it holds the lock now. died: it never ended, and its lock is free. */
export type RunState = 'running' | 'died' | 'ended';

export interface HistoryEntry {
  readonly run: RunRecord;
  readonly state: RunState;
  /** Files that the run sealed, as the ledger dates them; erasures and other rewrites of files do not count. */
  readonly archived: FileTotals;
  /** Files of a running run whose rows are being copied or deleted; empty for every other run. */
  readonly underWay: readonly Receipt[];
}

export interface RunHistory {
  /** UTC ISO 8601. */
  readonly asOf: string;
  /** The newest first. */
  readonly runs: readonly HistoryEntry[];
}

export interface HistoryOptions {
  /** The most runs; null for all that are kept. */
  readonly limit: number | null;
  /** Runs of this job only; null for all runs. */
  readonly job: JobName | null;
}

export interface HistorySources {
  readonly log: RunLogReader;
  readonly ledger: Pick<LedgerReader, 'receipts'>;
  readonly lock: LockHolder | null;
  readonly clock: Clock;
}

/** The run history of a database, with what the ledger knows of each run. Changes nothing. Rejects with `not_found` when there is no database. */
export async function readHistory(stores: Stores, options: HistoryOptions): Promise<RunHistory> {
  await using opened = await stores.openReading();
  await using log = await stores.openRunLogReader();
  const { clock, reader } = opened;
  // The lock first: a run that ends meanwhile has an end in the history.
  const { lock } = await stores.holders();
  return await runHistory({ log, ledger: reader.ledger, lock, clock }, options);
}

export async function runHistory(
  { log, ledger, lock, clock }: HistorySources,
  { limit, job }: HistoryOptions,
): Promise<RunHistory> {
  const all = await log.runs();
  const now = clock.now();
  const receipts = await ledger.receipts();
  const heirs = new Set(receipts.map(({ replacedBy }) => replacedBy));
  const sealed = receipts
    .filter(({ segment }) => !heirs.has(segment))
    .sort((a, b) => Date.parse(a.archivedAt) - Date.parse(b.archivedAt));
  const stateOf = runStates(all, lock);
  const entry = (run: RunRecord): HistoryEntry => {
    const state = stateOf(run);
    // Nobody wrote down when it died: it was before the next run began.
    const end = { died: nextStart(all, run) ?? now, running: now, ended: Date.parse(run.end?.endedAt ?? '') }[
      state
    ];
    const own = within(sealed, Date.parse(run.startedAt), end);
    const underWay =
      state === 'running' ? own.filter(({ state }) => state === 'sealing' || state === 'draining') : [];
    return { run, state, archived: fileTotals(own), underWay };
  };
  const wanted = all.filter(({ jobs }) => job === null || jobs.includes(job));
  return { asOf: new Date(now).toISOString(), runs: wanted.slice(0, limit ?? wanted.length).map(entry) };
}

/** How each run of a history stands. @param newestFirst all runs. */
export function runStates(
  newestFirst: readonly RunRecord[],
  lock: LockHolder | null,
): (run: RunRecord) => RunState {
  const open = newestFirst.find(({ end }) => end === null);
  return (run) => {
    if (run === open && holdsLock(run, lock)) return 'running';
    return run.end === null || run.end.outcome === 'died' ? 'died' : 'ended';
  };
}

/** Whoever took the lock after a run began is another run: the first one died. */
function holdsLock({ startedAt }: RunRecord, lock: LockHolder | null): boolean {
  return lock !== null && Date.parse(lock.since) <= Date.parse(startedAt);
}

/** When the run after this one began, leaving out runs that did not come to begin; null when there is none. */
function nextStart(newestFirst: readonly RunRecord[], run: RunRecord): number | null {
  const later = newestFirst.slice(0, newestFirst.indexOf(run));
  const next = later.findLast(({ end }) => end === null || end.durationMs > 0);
  return next === undefined ? null : Date.parse(next.startedAt) - 1;
}

/** @param sealed by the time at which they were archived. */
function within(sealed: readonly Receipt[], from: number, end: number): readonly Receipt[] {
  let [low, high] = [0, sealed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Date.parse(sealed[middle]!.archivedAt) < from) low = middle + 1;
    else high = middle;
  }
  let last = low;
  while (last < sealed.length && Date.parse(sealed[last]!.archivedAt) <= end) last++;
  return sealed.slice(low, last);
}
