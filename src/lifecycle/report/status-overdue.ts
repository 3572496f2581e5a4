import type { TableStats } from '../../hot/hot-stats.ts';
import { DAY_MS } from '../../model/duration.ts';
import {
  earliest,
  formatInstant,
  type Instant,
  instantOfMs,
  laterBy,
  latest,
  type Milliseconds,
} from '../../model/instant.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { Policy, PolicySet } from '../../model/policy/policy.ts';
import { dueInstant, purgeInstant, warmEnd } from '../../model/policy/thresholds.ts';
import type { CleanupPlan } from '../cleanup/cleanup-plan.ts';
import type { SegmentStep } from '../cleanup/cleanup-steps.ts';

/** What should have left its tier and is still there. */
export interface Overdue {
  readonly table: string;
  readonly what: 'archive' | 'consolidate' | 'purge';
  /** Rows in hot, else rows of segments. */
  readonly rows: number;
  /** When the first of them should have left, UTC ISO 8601. */
  readonly since: string;
}

/** How long after its instant a move may wait for the next run of the schedule, in milliseconds. */
export interface Grace {
  readonly archiveMs: (table: string) => number;
  readonly cleanupMs: Milliseconds;
  /** When the first run began, milliseconds since the epoch: nothing was waited for before. Null when there was none. */
  readonly firstRun: number | null;
}

/** Daily runs with half a day to spare, weekly ones with a day and a half, monthly ones with two days. */
export function scheduledGrace(weeklyTables: readonly string[], firstRun: number | null): Grace {
  const weekly = new Set(weeklyTables);
  return {
    archiveMs: (table) => (weekly.has(table) ? 8.5 : 1.5) * DAY_MS,
    cleanupMs: 33 * DAY_MS,
    firstRun,
  };
}

/** Rows that nothing keeps and that are past their hot time; null when there are none. */
export function dueRows(policy: Policy, stats: TableStats): { rows: number; since: Instant } | null {
  if (stats.due <= 0 || stats.firstDue === null) return null;
  return { rows: stats.due, since: dueInstant(policy, stats.firstDue) };
}

/** Decides what is overdue, the longest waiting first. Pure. */
export function findOverdue(
  policies: PolicySet,
  tables: ReadonlyMap<string, TableStats>,
  plan: CleanupPlan,
  grace: Grace,
): Overdue[] {
  const found: Overdue[] = [];
  const add = (
    table: string,
    what: Overdue['what'],
    rows: number,
    since: Instant,
    graceMs: Milliseconds,
  ): void => {
    const from = grace.firstRun === null ? since : latest(since, instantOfMs(grace.firstRun));
    if (laterBy(from, graceMs) < plan.now) found.push({ table, what, rows, since: formatInstant(since) });
  };
  for (const [table, stats] of tables) {
    const policy = getPolicy(policies, table);
    const due = policy === null ? null : dueRows(policy, stats);
    if (due !== null) add(table, 'archive', due.rows, due.since, grace.archiveMs(table));
  }
  const moves = plan.consolidation?.months.flatMap(({ segments }) => segments) ?? [];
  for (const [table, { rows, since }] of byTable(moves, (segment) =>
    warmEnd(getPolicy(policies, segment.table), segment),
  )) {
    add(table, 'consolidate', rows, since, grace.cleanupMs);
  }
  const goes = plan.purge?.files.flatMap(({ segments }) => segments) ?? [];
  for (const [table, { rows, since }] of byTable(goes, (segment) =>
    purgeInstant(getPolicy(policies, segment.table)!, segment),
  )) {
    add(table, 'purge', rows, since, grace.cleanupMs);
  }
  return found.sort((a, b) => (a.since < b.since ? -1 : 1));
}

/** Rows of each table's segments, and since when the first of them should have moved; without those that `from` tells nothing of. */
function byTable(
  segments: readonly SegmentStep[],
  from: (segment: SegmentStep) => Instant | null,
): Map<string, { rows: number; since: Instant }> {
  const tables = new Map<string, { rows: number; since: Instant }>();
  for (const segment of segments) {
    const since = from(segment);
    if (since === null) continue;
    const known = tables.get(segment.table);
    tables.set(segment.table, {
      rows: segment.rows + (known?.rows ?? 0),
      since: known === undefined ? since : earliest(since, known.since),
    });
  }
  return tables;
}
