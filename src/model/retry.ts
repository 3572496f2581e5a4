import type { Clock } from './clock.ts';
import { FirnError } from './errors.ts';
import type { Milliseconds } from './instant.ts';

/** How often, and how long, a call that fails as `unavailable` is tried again. */
export interface Patience {
  /** Pauses between the attempts, in milliseconds: there is one attempt more than pauses. */
  readonly pausesMs?: readonly number[];
  /** No pause ends later than this after the first attempt began, in milliseconds: for attempts that wait long themselves. */
  readonly withinMs?: Milliseconds;
}

const PAUSES_MS = [50, 250, 1_000];

/**
 * Does something again, with growing pauses, as long as it fails as `unavailable`; the last failure is thrown. The only place that tries
 * anything again. The action must be one that may be done twice.
 */
export async function retrying<T>(
  clock: Pick<Clock, 'monotonic' | 'sleep'>,
  action: () => Promise<T>,
  { pausesMs = PAUSES_MS, withinMs }: Patience = {},
): Promise<T> {
  const end = withinMs === undefined ? null : clock.monotonic() + withinMs;
  for (const pause of pausesMs) {
    try {
      return await action();
    } catch (error) {
      if (!isUnavailable(error) || (end !== null && clock.monotonic() + pause > end)) throw error;
    }
    await clock.sleep(pause);
  }
  return await action();
}

export function isUnavailable(error: unknown): error is FirnError {
  return error instanceof FirnError && error.code === 'unavailable';
}
