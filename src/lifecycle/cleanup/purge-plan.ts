import { bundlePath, warmPath } from '../../format/segment-names.ts';
import { formatDuration } from '../../model/duration.ts';
import type { Instant } from '../../model/instant.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import { purgeInstant, totalMs } from '../../model/policy/thresholds.ts';
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

/** One file that loses segments: a warm file, or a bundle that is written anew without them. */
export interface PurgeStep {
  readonly tier: 'warm' | 'cold';
  readonly path: string;
  /** In the order of their names. */
  readonly segments: readonly SegmentStep[];
}

export interface PurgePlan extends Sums {
  /** Rows of everything archived, before this. */
  readonly archivedRows: number;
  /** Why this is not done without being told again; null when it is. */
  readonly needsConsent: string | null;
  readonly files: readonly PurgeStep[];
  readonly kept: readonly KeptSegment[];
}

/**
 * Decides which segments are purged: those of tables with a policy whose span ended hot + warm + cold ago, in whichever
 * tier they are, unless a row of them is held. Pure.
 */
export function planPurge(
  policies: PolicySet,
  { receipts, held }: CleanupInventory,
  now: Instant,
): PurgePlan {
  const files = new Map<string, PurgeStep & { readonly segments: SegmentStep[] }>();
  const kept: KeptSegment[] = [];
  const live = liveInOrder(receipts);
  for (const receipt of live) {
    const { segment, day, tier } = receipt;
    const policy = getPolicy(policies, receipt.table);
    if (policy === null || purgeInstant(policy, receipt) > now) continue;
    const stays = whyKept(receipt, held);
    if (stays !== null) {
      kept.push(stays);
      continue;
    }
    const path = tier === 'warm' ? warmPath(segment) : bundlePath(day.slice(0, 'YYYY-MM'.length));
    const file = files.get(path) ?? { tier, path, segments: [] };
    files.set(path, file);
    const span = formatDuration(totalMs(policy));
    file.segments.push(stepOf(receipt, `over ${span} (total time)`));
  }
  const steps = [...files.values()];
  const sums = sumsOf(steps.flatMap(({ segments }) => segments));
  const archivedRows = sumsOf(live).rows;
  const needsConsent =
    sums.rows * 2 > archivedRows
      ? `${sums.rows} of ${archivedRows} archived rows would be purged, more than half`
      : null;
  return { ...sums, archivedRows, needsConsent, files: steps, kept };
}
