import { bundlePath, warmPath } from '../format/names.ts';
import { formatDuration } from '../model/duration.ts';
import type { Instant } from '../model/instant.ts';
import { getPolicy } from '../model/policies.ts';
import type { PolicySet } from '../model/policy.ts';
import { purgeInstant, totalMs } from '../model/thresholds.ts';
import type { CleanupInventory, KeptSegment, SegmentStep } from './cleanup-plan.ts';
import { inOrder, sums } from './consolidate-plan.ts';

/** One file that loses segments: a warm file, or a bundle that is written anew without them. */
export interface PurgeStep {
  readonly tier: 'warm' | 'cold';
  readonly path: string;
  /** In the order of their names. */
  readonly segments: readonly SegmentStep[];
}

export interface PurgePlan {
  readonly segments: number;
  readonly rows: number;
  readonly bytes: number;
  /** Rows of everything archived, before this. */
  readonly archivedRows: number;
  /** Why this is not done without being told again; null when it is. */
  readonly needsConsent: string | null;
  readonly files: readonly PurgeStep[];
  readonly kept: readonly KeptSegment[];
}

/**
 * Decides which segments are purged: those of tables with a policy whose day ended hot + warm + cold ago, in whichever
 * tier they are, unless a row of them is held. Pure.
 */
export function planPurge(
  policies: PolicySet,
  { receipts, held }: CleanupInventory,
  now: Instant,
): PurgePlan {
  const files = new Map<string, PurgeStep & { segments: SegmentStep[] }>();
  const kept: KeptSegment[] = [];
  for (const receipt of inOrder(receipts)) {
    const { segment, table, day, rows, bytes, tier, state } = receipt;
    const policy = getPolicy(policies, table);
    if (policy === null || (state !== 'archived' && state !== 'draining')) continue;
    if (purgeInstant(policy, day) > now) continue;
    const hold = held.get(segment);
    if (state === 'draining') {
      kept.push({ segment, table, reason: 'its rows are still being deleted from the database' });
      continue;
    }
    if (hold !== undefined) {
      kept.push({ segment, table, reason: hold });
      continue;
    }
    const span = formatDuration(totalMs(policy));
    const reason = `its day ended ${span} ago or earlier (the policy's hot, warm and cold time)`;
    const path = tier === 'warm' ? warmPath(segment) : bundlePath(day.slice(0, 'YYYY-MM'.length));
    const file = files.get(path) ?? { tier, path, segments: [] };
    file.segments.push({ segment, table, day, rows, bytes, reason });
    files.set(path, file);
  }
  const steps = [...files.values()];
  const all = steps.flatMap(({ segments }) => segments);
  const total = sums(all);
  const archivedRows = receipts
    .filter(({ state }) => state === 'archived' || state === 'draining')
    .reduce((sum, { rows }) => sum + rows, 0);
  return {
    ...{ segments: all.length, ...total, archivedRows },
    needsConsent:
      total.rows * 2 > archivedRows
        ? `${total.rows} of ${archivedRows} archived rows would be purged, which is more than half`
        : null,
    ...{ files: steps, kept },
  };
}
