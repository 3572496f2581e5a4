import type { RunEnd, RunLog, RunOutcome, RunRecord, RunStart } from '../../hot/run-log.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { type Patience, retrying } from '../../model/retry.ts';

/** What the history keeps of a result. */
export type RunFacts = Omit<RunEnd, 'endedAt' | 'durationMs'>;

export type RunPurpose = Omit<RunStart, 'startedAt'>;

/** The work is done, and must not look as if it had died. */
const TO_WRITE_THE_END: Patience = { pausesMs: [1_000, 5_000, 15_000] };

/** A run as the history has it, with what came of it: its result, or why it failed. */
export type Recorded<T> = { readonly record: RunRecord } & (
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly error: unknown }
);

/**
 * Does a piece of work and writes down that it began and how it ended, whatever comes of it. Only for whoever holds the run lock.
 * Rejects only when the history itself cannot be written.
 */
export async function recordRun<T>(
  log: RunLog,
  clock: Clock,
  purpose: RunPurpose,
  work: () => Promise<T>,
  factsOf: (result: T) => RunFacts,
  factsOfFailure: (error: unknown) => Promise<RunFacts> = async (error) => factsOfError(error),
): Promise<Recorded<T>> {
  const start: RunStart = { ...purpose, startedAt: isoNow(clock) };
  const began = clock.monotonic();
  const id = await log.begin(start);
  const finish = async (facts: RunFacts): Promise<RunRecord> => {
    const end = { ...facts, endedAt: isoNow(clock), durationMs: Math.round(clock.monotonic() - began) };
    await retrying(clock, () => log.end(id, end), TO_WRITE_THE_END);
    return { ...start, id, end };
  };
  let result: T;
  try {
    result = await work();
  } catch (error) {
    return { record: await finish(await factsOfFailure(error)), ok: false, error };
  }
  return { record: await finish(factsOf(result)), ok: true, result };
}

/** Writes down a run that did not come to begin: another one holds the lock, or the work is paused. */
export async function recordMiss(
  log: RunLog,
  clock: Clock,
  purpose: RunPurpose,
  facts: RunFacts,
): Promise<RunRecord> {
  const startedAt = isoNow(clock);
  const end = { ...facts, endedAt: startedAt, durationMs: 0 };
  await log.note({ ...purpose, startedAt }, end);
  return { ...purpose, startedAt, id: 0, end };
}

export function factsOfError(error: unknown): RunFacts {
  const why = error instanceof Error ? error.message : String(error);
  const message = error instanceof FirnError && error.hint !== undefined ? `${why}. ${error.hint}` : why;
  return { outcome: outcomeOfError(error), records: 0, remaining: null, tables: [], message };
}

function outcomeOfError(error: unknown): RunOutcome {
  if (!(error instanceof FirnError)) return 'failed';
  switch (error.code) {
    case 'unavailable':
      return 'busy';
    case 'locked':
    case 'integrity':
      return error.code;
    case 'interrupted':
      return 'stopped';
    default:
      return 'failed';
  }
}

function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString();
}
