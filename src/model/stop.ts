import type { Clock } from './clock.ts';
import { type ErrorDetails, FirnError } from './errors.ts';
import type { Milliseconds } from './instant.ts';

/** Asked between two steps of a run (transactions, files): the reason to stop now, or null. */
export type Stop = () => string | null;

export const neverStop: Stop = () => null;

/** Stops as soon as the signal aborts. */
export function stopOn(signal: AbortSignal | undefined): Stop {
  return () => (signal?.aborted ? 'stop requested' : null);
}

/** What ends a run early, cleanly. */
export interface Limits {
  readonly signal?: AbortSignal | undefined;
  /** How long it may take, in milliseconds from now on. */
  readonly maxRuntimeMs?: Milliseconds | null;
}

export interface LimitReached {
  readonly kind: 'stopped' | 'budget';
  readonly reason: string;
}

/** Tells which limit is reached; null when none is. */
export function limitsOf(clock: Clock, { signal, maxRuntimeMs }: Limits): () => LimitReached | null {
  const deadline = clock.monotonic() + (maxRuntimeMs ?? Number.POSITIVE_INFINITY);
  const requested = stopOn(signal);
  return () => {
    const reason = requested();
    if (reason !== null) return { kind: 'stopped', reason };
    if (clock.monotonic() >= deadline) return { kind: 'budget', reason: 'the maximum runtime is reached' };
    return null;
  };
}

/** The same as a `Stop`, which asks another one too. */
export function stopAt(
  clock: Clock,
  { stop = neverStop, ...limits }: Limits & { readonly stop?: Stop },
): Stop {
  const reached = limitsOf(clock, limits);
  return () => reached()?.reason ?? stop();
}

/** Throws `interrupted` when it is time to stop. */
export function stopIfTold(stop: Stop, doing: ErrorDetails): void {
  const reason = stop();
  if (reason !== null) throw new FirnError('interrupted', reason, doing);
}

/** What a piece of work came to; null when it was stopped before it had anything to report. */
export async function unlessStopped<T>(stop: Stop, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FirnError && error.code === 'interrupted' && stop() !== null) return null;
    throw error;
  }
}
