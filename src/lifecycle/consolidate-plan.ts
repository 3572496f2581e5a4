import { bundlePath } from '../format/names.ts';
import type { Receipt } from '../hot/ledger.ts';
import { formatDuration } from '../model/duration.ts';
import type { Instant } from '../model/instant.ts';
import { getPolicy } from '../model/policies.ts';
import type { PolicySet } from '../model/policy.ts';
import { purgeInstant, warmEnd } from '../model/thresholds.ts';
import type { CleanupInventory, KeptSegment, SegmentStep } from './cleanup-plan.ts';

/** One bundle that is written anew: the month's segments that join it. */
export interface ConsolidationStep {
  /** `YYYY-MM` of the rows' own time. */
  readonly month: string;
  readonly bundle: string;
  /** In the order of their names. */
  readonly segments: readonly SegmentStep[];
}

export interface ConsolidationPlan {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  /** Oldest month first. */
  readonly months: readonly ConsolidationStep[];
  readonly kept: readonly KeptSegment[];
}

/** Decides which warm segments move into their month's bundle. Pure. */
export function planConsolidation(
  policies: PolicySet,
  { receipts, held }: CleanupInventory,
  now: Instant,
  { olderThanMs = null }: { readonly olderThanMs?: number | null } = {},
): ConsolidationPlan {
  const months = new Map<string, SegmentStep[]>();
  const kept: KeptSegment[] = [];
  for (const receipt of inOrder(receipts)) {
    if (receipt.tier !== 'warm' || (receipt.state !== 'archived' && receipt.state !== 'draining')) continue;
    const reason = whyDue(policies, receipt, now, olderThanMs);
    if (reason === null) continue;
    const { segment, table, day, rows, bytes } = receipt;
    const hold = held.get(segment);
    if (receipt.state === 'draining') {
      kept.push({ segment, table, reason: 'its rows are still being deleted from the database' });
    } else if (hold !== undefined) {
      kept.push({ segment, table, reason: hold });
    } else {
      const month = day.slice(0, 'YYYY-MM'.length);
      months.set(month, [...(months.get(month) ?? []), { segment, table, day, rows, bytes, reason }]);
    }
  }
  const steps = [...months].map(([month, segments]) => ({ month, bundle: bundlePath(month), segments }));
  const all = steps.flatMap(({ segments }) => segments);
  return { segments: all.length, ...sums(all), months: steps, kept };
}

/** Null when the segment stays in warm: its time there is not over, or the table has no cold time, or it is to be purged. */
function whyDue(
  policies: PolicySet,
  receipt: Receipt,
  now: Instant,
  olderThanMs: number | null,
): string | null {
  const policy = getPolicy(policies, receipt.table);
  if (policy !== null && (policy.coldMs === 0 || purgeInstant(policy, receipt.day) <= now)) return null;
  const end = warmEnd(policy, receipt.day, olderThanMs);
  // 0d is everything, the day that has not ended included.
  if (end === null || (end > now && olderThanMs !== 0)) return null;
  if (olderThanMs === 0) return '--older-than 0d moves everything';
  if (olderThanMs !== null)
    return `its day ended ${formatDuration(olderThanMs)} ago or earlier (--older-than)`;
  const span = formatDuration(policy!.hotMs + policy!.warmMs);
  return `its day ended ${span} ago or earlier (the policy's hot and warm time)`;
}

/** By name: a segment's name begins with its day. */
export function inOrder(receipts: readonly Receipt[]): Receipt[] {
  return [...receipts].sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

export function sums(segments: readonly { rows: number; bytes: number }[]): { rows: number; bytes: number } {
  return {
    rows: segments.reduce((sum, { rows }) => sum + rows, 0),
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
