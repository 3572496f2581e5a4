import { formatDuration } from '../duration.ts';
import { type Day, dayOf, formatInstant, type Instant, type Milliseconds, startOfDay } from '../instant.ts';
import {
  type ArchivePlan,
  type Inventory,
  type PlanOptions,
  sumOfKept,
  type TablePlan,
  type TableSurvey,
} from './archive-plan.ts';
import { timeInWords } from './families.ts';
import { planWarnings } from './plan-warnings.ts';
import { getPolicy, isExempt } from './policies.ts';
import type { Policy, PolicySet } from './policy.ts';
import { endOfSpan } from './span.ts';
import { hotCutoff, hotCutoffs, openCutoff, spanOfPolicy } from './thresholds.ts';

/** Decides what leaves the hot store. Pure: the same arguments give the same plan. */
export function planArchive(
  set: PolicySet,
  targetTables: readonly string[],
  inventory: Inventory,
  now: Instant,
  { olderThanMs = null, groups = [] }: PlanOptions = {},
): ArchivePlan {
  const tables = targetTables.map((table) => planTable(set, table, inventory, now, olderThanMs));
  return {
    now,
    asOf: formatInstant(now),
    olderThanMs,
    total: tables.reduce((sum, table) => sum + table.records, 0),
    tables,
    ...(groups.length === 0 ? {} : { groups }),
    warnings: planWarnings(set, tables, inventory, olderThanMs),
  };
}

function planTable(
  set: PolicySet,
  table: string,
  inventory: Inventory,
  now: Instant,
  olderThanMs: Milliseconds | null,
): TablePlan {
  const policy = getPolicy(set, table);
  if (policy === null) {
    return isExempt(set, table)
      ? without(table, 'exempt', 'kept forever: the table is exempt')
      : without(table, 'no_policy', 'no policy for this table');
  }
  const cutoffs = {
    hot: hotCutoff(policy, now, olderThanMs),
    latest: hotCutoffs(policy, now, olderThanMs).latest,
    open: openCutoff(policy, now, olderThanMs),
  };
  const aged = {
    cutoff: cutoffs.hot,
    openCutoff: cutoffs.open,
    cutoffDate: dayOf(cutoffs.hot),
  };
  const found = inventory.get(table);
  if (found === undefined) return { ...without(table, 'error', 'the table was not checked'), ...aged };
  if (found === 'missing') {
    return { ...without(table, 'missing_table', 'the database does not have this table'), ...aged };
  }
  if ('error' in found) return { ...without(table, 'error', found.error), ...aged };

  const early = found.days.find(({ day }) => startOfDay(day) > cutoffs.latest);
  if (early !== undefined) {
    const message = `rows of ${early.day} were reported as old enough, but the cutoff is ${formatInstant(cutoffs.latest)}`;
    return { ...without(table, 'error', message), ...aged };
  }
  const steps = found.days
    .filter(({ rows }) => rows > 0)
    .map(({ day, rows }) => ({ table, day, rows, reason: stepReason(policy, day, cutoffs, olderThanMs) }))
    .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  return {
    table,
    status: steps.length > 0 ? 'due' : 'no_records',
    records: steps.reduce((sum, step) => sum + step.rows, 0),
    kept: keptOf(found),
    undated: found.undated,
    ...boundOf(found),
    ...(found.oddTimes === undefined ? {} : { oddTimes: found.oddTimes }),
    ...aged,
    steps,
    message: steps.length > 0 ? null : nothingDue(found, policy, olderThanMs),
  };
}

function without(table: string, status: TablePlan['status'], message: string): TablePlan {
  return {
    table,
    status,
    records: 0,
    kept: keptOf({ open: 0, held: 0, leased: 0, lastId: 0 }),
    undated: 0,
    cutoff: null,
    openCutoff: null,
    cutoffDate: null,
    steps: [],
    message,
  };
}

function keptOf({
  ruled = 0,
  newest = 0,
  ...found
}: Pick<
  TableSurvey,
  'open' | 'held' | 'leased' | 'lastId' | 'ruled' | 'newest' | 'bound'
>): TablePlan['kept'] {
  const { open, held, leased, lastId, bound } = found;
  return {
    ...{ open, held, leased, lastId, rule: ruled, keepLast: newest },
    ...(bound === undefined ? {} : { referenced: bound.referenced, withUnit: bound.withUnit }),
  };
}

function boundOf({ bound, dangling }: TableSurvey): Pick<TablePlan, 'orphans' | 'dangling' | 'example'> {
  return {
    ...(bound === undefined ? {} : { orphans: bound.orphans, example: bound.example }),
    ...(dangling === undefined ? {} : { dangling }),
  };
}

function nothingDue(found: TableSurvey, policy: Policy, olderThanMs: Milliseconds | null): string {
  const hot = hotTime(policy, olderThanMs);
  const span = spanOfPolicy(policy);
  const kept = keptOf(found);
  const { open, held, leased, lastId, rule, keepLast, referenced = 0, withUnit = 0 } = kept;
  if (sumOfKept(kept) === 0) {
    return span === 'day' || olderThanMs !== null
      ? `no row is ${hot.span} old or older (${hot.source})`
      : `no row is of a ${span} that ended ${hot.span} ago or earlier (${hot.source})`;
  }
  const lent = leased === 0 ? '' : `, ${leased} leased`;
  const last = lastId === 0 ? '' : `, ${lastId} with the highest id`;
  const ruled = rule === 0 ? '' : `, ${rule} by hot_rules`;
  const newest = keepLast === 0 ? '' : `, ${keepLast} among the newest ${policy.keepLast} (keep_last)`;
  const referred = referenced === 0 ? '' : `, ${referenced} referenced`;
  const together = withUnit === 0 ? '' : `, ${withUnit} with another row of their unit`;
  return `all rows that are ${hot.span} old or older (${hot.source}) stay: ${open} unfinished, ${held} held${lent}${last}${ruled}${newest}${referred}${together}`;
}

function stepReason(
  policy: Policy,
  day: Day,
  cutoffs: { readonly hot: Instant; readonly latest: Instant; readonly open: Instant },
  olderThanMs: Milliseconds | null,
): string {
  const hot = hotTime(policy, olderThanMs);
  const span = spanOfPolicy(policy);
  const covered = { day, span };
  const whole = span !== 'day' && olderThanMs === null;
  const reasons = [
    whole
      ? `the ${span} ended ${hot.span} ago or earlier (${hot.source})`
      : `${timeInWords(policy)} is ${hot.span} old or older (${hot.source})`,
  ];
  if (startOfDay(day) > cutoffs.hot)
    reasons[0] = `hot_rules give its rows a shorter hot time than ${hot.span}`;
  else if (cutoffs.hot < endOfSpan(covered)) {
    reasons.push(`only rows of this ${span} up to ${formatInstant(cutoffs.hot)}`);
  }
  if (cutoffs.latest > cutoffs.hot && startOfDay(day) <= cutoffs.hot && cutoffs.hot < endOfSpan(covered)) {
    reasons.push('or later where hot_rules give a shorter hot time');
  }
  if (policy.openWhile !== null && startOfDay(day) <= cutoffs.open) {
    reasons.push(`unfinished rows are archived after ${formatDuration(policy.hotMs + policy.warmMs)}`);
  }
  return reasons.join('; ');
}

function hotTime(policy: Policy, olderThanMs: Milliseconds | null): { span: string; source: string } {
  return olderThanMs === null
    ? { span: formatDuration(policy.hotMs), source: "the policy's hot time" }
    : { span: formatDuration(olderThanMs), source: '--older-than' };
}
