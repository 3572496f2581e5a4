import { DAY_MS } from '../duration.ts';
import { type Day, earliest, type Instant, laterBy, startOfDay } from '../instant.ts';
import type { Policy } from './policy.ts';

/** Rows at or before this instant have left their hot time. `olderThanMs` (`--older-than`) stands in for the policy's. */
export function hotCutoff(policy: Policy, now: Instant, olderThanMs: number | null = null): Instant {
  return laterBy(now, -(olderThanMs ?? policy.hotMs));
}

/**
 * Open rows at or before this instant leave although they are open: whoever should have closed them is gone.
 * Never later than the cutoff of closed rows, and never moved forward by `--older-than`.
 */
export function openCutoff(policy: Policy, now: Instant, olderThanMs: number | null = null): Instant {
  return earliest(laterBy(now, -(policy.hotMs + policy.warmMs)), hotCutoff(policy, now, olderThanMs));
}

/**
 * The instant from which a day's segment may move to cold: hot + warm past the end of the day, so that no row of it
 * leaves early. `olderThanMs` stands in for hot + warm; a table without a policy has nothing but that, else null.
 */
export function warmEnd(policy: Policy | null, day: Day, olderThanMs: number | null = null): Instant | null {
  const span = olderThanMs ?? (policy === null ? null : policy.hotMs + policy.warmMs);
  return span === null ? null : laterBy(dayEnd(day), span);
}

/** The instant from which a day's segment is purged, in whichever tier it is. */
export function purgeInstant(policy: Policy, day: Day): Instant {
  return laterBy(dayEnd(day), totalMs(policy));
}

/** Hot + warm + cold: how long a row is kept in all, in milliseconds. */
export function totalMs(policy: Policy): number {
  return policy.hotMs + policy.warmMs + policy.coldMs;
}

/** The same in days, as reports give it. */
export function totalDays(policy: Policy): number {
  return totalMs(policy) / DAY_MS;
}

/** The first instant after a UTC day. */
function dayEnd(day: Day): Instant {
  return laterBy(startOfDay(day), DAY_MS);
}
