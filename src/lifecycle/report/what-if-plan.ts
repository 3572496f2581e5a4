import type { Bound, TableStats } from '../../hot/hot-stats.ts';
import type { Receipt } from '../../hot/ledger.ts';
import { earliest, formatInstant, type Instant } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';
import { buildPolicySet, getPolicy } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { dueInstant, purgeInstant, warmEnd } from '../../model/policy/thresholds.ts';
import { planCleanup } from '../cleanup/cleanup-plan.ts';
import type { SegmentStep } from '../cleanup/cleanup-steps.ts';
import type { Forecast } from './stats-forecast.ts';
import { dueRows } from './status-overdue.ts';

/** What the next run of one move takes, and when the first row is next to make it. */
export interface Move {
  readonly rows: number;
  /** Of archived segments; of rows still in hot their text, null while nothing tells its size. */
  readonly bytes: number | null;
  /** UTC ISO 8601; in the past when it is due already; null when there is nothing to move. */
  readonly first: string | null;
}

/** What one policy does with what is there now. */
export interface Effect {
  readonly policy: Policy;
  /** From hot to warm, from warm to cold, and out of the archive. */
  readonly archive: Move;
  readonly consolidate: Move;
  readonly purge: Move;
  /** The database's rows are estimated. */
  readonly estimated: boolean;
  /** Between what the true number of rows to archive is for certain; null when it is exact. */
  readonly dueBound: Bound | null;
  /** What the tiers will hold if rows go on coming as in the last 30 days. */
  readonly forecasts: readonly Forecast[];
}

/** One table under the present policy and under the changed one; null where there is none. */
export interface TableChange {
  readonly table: string;
  readonly present: Effect | null;
  readonly changed: Effect | null;
}

/** What is known of one table, gathered before anything is compared. */
export interface TableFacts {
  readonly receipts: readonly Receipt[];
  /** Held segments, and why. */
  readonly held: ReadonlyMap<string, string>;
  /** Null when the database lacks the table. */
  readonly stats: TableStats | null;
  readonly forecasts: readonly Forecast[];
}

/** What a policy does with a table as it is now. Pure. */
export function effectOf(
  policy: Policy,
  { receipts, held, stats, forecasts }: TableFacts,
  now: Instant,
): Effect {
  const own = receipts.filter(({ table, state }) => sameWord(table, policy.table) && state === 'archived');
  const plan = planCleanup(buildPolicySet([policy]), { receipts: own, held }, now);
  const [rows, raw] = [sum(own, ({ rows: n }) => n), sum(own, ({ rawBytes }) => rawBytes)];
  const due = stats === null ? null : dueRows(policy, stats);
  const first = stats === null ? null : firstToLeave(policy, stats, due);
  const warm = own.filter(({ tier }) => tier === 'warm' && policy.coldMs > 0);
  return {
    policy,
    archive: {
      rows: due?.rows ?? 0,
      bytes: due === null ? 0 : rows === 0 ? null : Math.round((due.rows * raw) / rows),
      first: first === null ? null : formatInstant(first),
    },
    consolidate: {
      ...moved(plan.consolidation!.months.flatMap(({ segments }) => segments)),
      first: firstOf(warm.map((segment) => warmEnd(policy, segment)!)),
    },
    purge: {
      ...moved(plan.purge!.files.flatMap(({ segments }) => segments)),
      first: firstOf(own.map((segment) => purgeInstant(policy, segment))),
    },
    estimated: stats?.estimated ?? false,
    dueBound: stats?.bounds?.due ?? null,
    forecasts,
  };
}

/** The tables whose policy is not the same in both sets. */
export function changedTables(present: PolicySet, changed: PolicySet): string[] {
  const tables = new Set([...present.policies.keys(), ...changed.policies.keys()]);
  return [...tables].filter((table) => {
    const [before, after] = [getPolicy(present, table), getPolicy(changed, table)];
    return JSON.stringify(before) !== JSON.stringify(after);
  });
}

function firstToLeave(
  policy: Policy,
  stats: TableStats,
  due: { readonly since: Instant } | null,
): Instant | null {
  if (due !== null) return due.since;
  // The oldest row that can leave is younger than the cutoff; the oldest of all is the nearest that is known.
  return stats.total - stats.undated === 0 || stats.oldest === null ? null : dueInstant(policy, stats.oldest);
}

function moved(segments: readonly SegmentStep[]): { rows: number; bytes: number } {
  return { rows: sum(segments, ({ rows }) => rows), bytes: sum(segments, ({ bytes }) => bytes) };
}

function firstOf(instants: readonly Instant[]): string | null {
  if (instants.length === 0) return null;
  return formatInstant(instants.reduce((least, at) => earliest(least, at)));
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
