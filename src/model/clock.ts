import type { Milliseconds } from './instant.ts';
/** Time as the program sees it; injected, so that tests decide it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. Read once per run. */
  now(): Milliseconds;
  /** Milliseconds of a clock that never jumps, for durations. */
  monotonic(): Milliseconds;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
}
