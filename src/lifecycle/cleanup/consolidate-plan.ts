import { bundlePath } from '../../format/segment-names.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Instant, Milliseconds } from '../../model/instant.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { purgeInstant, warmEnd } from '../../model/policy/thresholds.ts';
import {
  type CleanupInventory,
  type KeptSegment,
  liveInOrder,
  type SegmentStep,
  type Sums,
  stepOf,
  sumsOf,
  whyKept,
} from './cleanup-steps.ts';

/** One bundle that is written anew: the month's segments that join it. */
export interface ConsolidationStep {
  /** `YYYY-MM` of the first day of the segments' spans. */
  readonly month: string;
  readonly bundle: string;
  /** In the order of their names. */
  readonly segments: readonly SegmentStep[];
}

export interface ConsolidationPlan extends Sums {
  /** Oldest month first. */
  readonly months: readonly ConsolidationStep[];
  readonly kept: readonly KeptSegment[];
}

/** Decides which warm segments move into their month's bundle. Pure. */
export function planConsolidation(
  policies: PolicySet,
  { receipts, held }: CleanupInventory,
  now: Instant,
  olderThanMs: Milliseconds | null = null,
): ConsolidationPlan {
  const months = new Map<string, SegmentStep[]>();
  const kept: KeptSegment[] = [];
  for (const receipt of liveInOrder(receipts)) {
    if (receipt.tier !== 'warm') continue;
    const reason = whyDue(policies, receipt, now, olderThanMs);
    if (reason === null) continue;
    const stays = whyKept(receipt, held);
    if (stays !== null) {
      kept.push(stays);
      continue;
    }
    const month = receipt.day.slice(0, 'YYYY-MM'.length);
    const segments = months.get(month) ?? [];
    months.set(month, segments);
    segments.push(stepOf(receipt, reason));
  }
  const steps = [...months].map(([month, segments]) => ({ month, bundle: bundlePath(month), segments }));
  return { ...sumsOf(steps.flatMap(({ segments }) => segments)), months: steps, kept };
}

/** Null while the segment's time in warm is not over, and for what has no cold time: that waits for its purge. */
function whyDue(
  policies: PolicySet,
  receipt: Receipt,
  now: Instant,
  olderThanMs: Milliseconds | null,
): string | null {
  const policy = getPolicy(policies, receipt.table);
  if (policy !== null && (policy.coldMs === 0 || purgeInstant(policy, receipt) <= now)) return null;
  // 0d is everything, a span that has not ended included.
  if (olderThanMs === 0) return '--older-than 0d moves everything';
  const end = warmEnd(policy, receipt, olderThanMs);
  if (end === null || end > now) return null;
  if (olderThanMs !== null) return `over ${formatDuration(olderThanMs)} (--older-than)`;
  const span = formatDuration(policy!.hotMs + policy!.warmMs);
  return `over ${span} (hot + warm)`;
}
