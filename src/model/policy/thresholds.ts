import { DAY_MS } from '../duration.ts';
import { earliest, type Instant, laterBy, latest, type Milliseconds, startOfDay } from '../instant.ts';
import type { Policy } from './policy.ts';
import { afterSpan, type Covered, type Span, spanAt, wholeSpans } from './span.ts';

/**
 * Rows at or before this instant have left their hot time. Those of a span longer than a day wait for its end, so that a span becomes one
 * segment, not one for each run. `olderThanMs` (`--older-than`) stands in for the policy's hot time, to the instant.
 */
export function hotCutoff(policy: Policy, now: Instant, olderThanMs: Milliseconds | null = null): Instant {
  if (olderThanMs !== null) return laterBy(now, -olderThanMs);
  return wholeSpans(laterBy(now, -policy.hotMs), spanOfPolicy(policy));
}

/** Before every time that a row can have: nothing has left its hot time. */
export const NEVER: Instant = laterBy(startOfDay('0001-01-01'), -DAY_MS);

/** The cutoffs of one table's rows. */
export interface HotCutoffs {
  /** Of rows that satisfy the rule before which no other does. */
  readonly rules: readonly { readonly where: string; readonly cutoff: Instant }[];
  /** Of all other rows. */
  readonly otherwise: Instant;
  /** The latest of them: no row after it is due. */
  readonly latest: Instant;
}

/**
 * `olderThanMs` stands in for the hot time of the table and of its shorter rules; a rule that keeps rows longer than the table's hot time keeps
 * them still.
 */
export function hotCutoffs(
  policy: Policy,
  now: Instant,
  olderThanMs: Milliseconds | null = null,
): HotCutoffs {
  const otherwise = hotCutoff(policy, now, olderThanMs);
  const rules = (policy.hotRules ?? []).map(({ where, hotMs }) => {
    if (hotMs === null) return { where, cutoff: NEVER };
    const own = hotCutoff({ ...policy, hotMs }, now);
    if (olderThanMs === null) return { where, cutoff: own };
    return { where, cutoff: hotMs > policy.hotMs ? earliest(own, otherwise) : otherwise };
  });
  return { rules, otherwise, latest: latest(otherwise, ...rules.map(({ cutoff }) => cutoff)) };
}

/** The instant from which a row of this time is due. `hotMs` is that of its rule, if one decides. */
export function dueInstant(policy: Policy, time: Instant, hotMs: Milliseconds = policy.hotMs): Instant {
  return spentAfter(policy, time, hotMs);
}

/** The instant from which an open row of this time leaves although it is open; null when it does not. */
export function openEnd(policy: Policy, time: Instant): Instant | null {
  if (policy.openUntil === 'never') return null;
  return spentAfter(policy, time, policy.hotMs + policy.warmMs);
}

function spentAfter(policy: Policy, time: Instant, ms: Milliseconds): Instant {
  const span = spanOfPolicy(policy);
  return laterBy(span === 'day' ? time : afterSpan(spanAt(time, span)), ms);
}

/** How much time a segment of the table covers. */
export function spanOfPolicy(policy: Policy): Span {
  return policy.span ?? 'day';
}

/**
 * Open rows at or before this instant leave although they are open: whoever should have closed them is gone. `NEVER` with `openUntil`.
 * Never later than the cutoff of closed rows, and never moved forward by `--older-than`.
 */
export function openCutoff(policy: Policy, now: Instant, olderThanMs: Milliseconds | null = null): Instant {
  if (policy.openUntil === 'never') return NEVER;
  return earliest(warmCutoff(policy, now), hotCutoffs(policy, now, olderThanMs).latest);
}

/** Rows at or before this instant are older than hot + warm. */
export function warmCutoff(policy: Policy, now: Instant): Instant {
  return wholeSpans(laterBy(now, -(policy.hotMs + policy.warmMs)), spanOfPolicy(policy));
}

/**
 * The instant from which a segment may move to cold: hot + warm past the end of its span, so that no row of it
 * leaves early. `olderThanMs` stands in for hot + warm; a table without a policy has nothing but that, else null.
 */
export function warmEnd(
  policy: Policy | null,
  segment: Covered,
  olderThanMs: Milliseconds | null = null,
): Instant | null {
  const ms = olderThanMs ?? (policy === null ? null : policy.hotMs + policy.warmMs);
  return ms === null ? null : laterBy(afterSpan(segment), ms);
}

/** The instant from which a segment is purged, in whichever tier it is. */
export function purgeInstant(policy: Policy, segment: Covered): Instant {
  return laterBy(afterSpan(segment), totalMs(policy));
}

/** Hot + warm + cold: how long a row is kept in all, in milliseconds. */
export function totalMs(policy: Policy): number {
  return policy.hotMs + policy.warmMs + policy.coldMs;
}

/** The same in days, as reports give it. */
export function totalDays(policy: Policy): number {
  return totalMs(policy) / DAY_MS;
}
