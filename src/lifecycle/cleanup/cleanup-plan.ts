import type { Receipt } from '../../hot/ledger.ts';
import { formatDuration } from '../../model/duration.ts';
import { formatInstant, type Instant, type Milliseconds } from '../../model/instant.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { PolicySet } from '../../model/policy/policy.ts';
import type { CleanupInventory } from './cleanup-steps.ts';
import { type ConsolidationPlan, planConsolidation } from './consolidate-plan.ts';
import { type PurgePlan, planPurge } from './purge-plan.ts';
import { tablesWithoutPolicy, withoutPolicyInWords } from './without-policy.ts';

export interface CleanupOptions {
  /** Stands in for hot + warm of every table (`--older-than`), in milliseconds. Purging does not know it. */
  readonly olderThanMs?: Milliseconds | null;
  /** Do one half only. */
  readonly only?: 'consolidate' | 'purge' | null;
}

/** What a cleanup will do, as plain JSON. */
export interface CleanupPlan {
  readonly now: Instant;
  /** The same as UTC ISO 8601. */
  readonly asOf: string;
  readonly olderThanMs: Milliseconds | null;
  /** Null when only the other half was asked for. */
  readonly consolidation: ConsolidationPlan | null;
  readonly purge: PurgePlan | null;
  readonly warnings: readonly string[];
}

/** Decides what moves from warm to cold, and what is purged. Pure: the same arguments give the same plan. */
export function planCleanup(
  policies: PolicySet,
  inventory: CleanupInventory,
  now: Instant,
  { olderThanMs = null, only = null }: CleanupOptions = {},
): CleanupPlan {
  const consolidation = only === 'purge' ? null : planConsolidation(policies, inventory, now, olderThanMs);
  return {
    now,
    asOf: formatInstant(now),
    olderThanMs,
    consolidation,
    purge: only === 'consolidate' ? null : planPurge(policies, inventory, now),
    warnings: [
      ...(consolidation === null ? [] : shorterThanPolicy(policies, inventory, olderThanMs)),
      ...tablesWithoutPolicy(policies, inventory.receipts).map(withoutPolicyInWords),
    ],
  };
}

/** The segments that would move or go if nothing were held: those in which held rows are to be looked for. */
export function dueSegments(
  policies: PolicySet,
  receipts: readonly Receipt[],
  now: Instant,
  options: CleanupOptions = {},
): readonly string[] {
  const plan = planCleanup(policies, { receipts, held: new Map() }, now, options);
  const steps = [
    ...(plan.consolidation?.months.flatMap(({ segments }) => segments) ?? []),
    ...(plan.purge?.files.flatMap(({ segments }) => segments) ?? []),
  ];
  return steps.map(({ segment }) => segment);
}

function shorterThanPolicy(
  policies: PolicySet,
  { receipts }: CleanupInventory,
  olderThanMs: Milliseconds | null,
): string[] {
  if (olderThanMs === null) return [];
  const tables = new Set(receipts.filter(({ tier }) => tier === 'warm').map(({ table }) => table));
  return [...tables].sort().flatMap((table) => {
    const policy = getPolicy(policies, table);
    if (policy === null || olderThanMs >= policy.hotMs + policy.warmMs) return [];
    const [given, own] = [olderThanMs, policy.hotMs + policy.warmMs].map(formatDuration);
    return [`${table}: --older-than ${given} is shorter than its hot and warm time of ${own}`];
  });
}
