import { formatDuration } from '../duration.ts';
import { type Day, dayOf, formatInstant, type Instant, startOfDay } from '../instant.ts';
import { type OddTimes, oddTimesInWords } from '../time/odd-times.ts';
import { getPolicy, isExempt } from './policies.ts';
import type { Policy, PolicySet } from './policy.ts';
import { endOfSpan } from './span.ts';
import { hotCutoff, hotCutoffs, openCutoff, spanOfPolicy } from './thresholds.ts';

/** What a look at one table found; a hot store's `Survey` is one. */
export interface TableSurvey {
  /** Due rows by the first day of the span that holds their time, oldest first. */
  readonly days: readonly { readonly day: Day; readonly rows: number }[];
  readonly open: number;
  readonly held: number;
  /** Rows that were restored and whose lease keeps them. */
  readonly leased: number;
  /** 1 when the row with the greatest id stays, so that its id is not used again. */
  readonly lastId: number;
  /** Rows that a hot rule keeps beyond the table's hot time, and due rows among the newest that always stay. Missing: none. */
  readonly ruled?: number;
  readonly newest?: number;
  readonly undated: number;
  readonly oddTimes?: OddTimes;
  /** Triggers that may refuse the deletion of a row. */
  readonly refusals?: readonly string[];
}

/** What was found of each target table: a survey, no such table, or why it could not be looked at. */
export type Inventory = ReadonlyMap<string, TableSurvey | 'missing' | { readonly error: string }>;

/** One segment to be written (or several parts of it): the due rows of one table and span. */
export interface ArchiveStep {
  readonly table: string;
  /** The first day of the span. */
  readonly day: Day;
  readonly rows: number;
  readonly reason: string;
}

export interface TablePlan {
  readonly table: string;
  readonly status: 'due' | 'no_records' | 'exempt' | 'no_policy' | 'missing_table' | 'error';
  /** Due rows: the sum of the steps. */
  readonly records: number;
  /** Rows past the cutoff that stay. */
  readonly kept: {
    readonly open: number;
    readonly held: number;
    readonly leased: number;
    readonly lastId: number;
    readonly rule: number;
    readonly keepLast: number;
  };
  readonly undated: number;
  /** Missing when there are none. */
  readonly oddTimes?: OddTimes;
  /** Rows at or before the cutoff are due; open ones at or before `openCutoff`. Null for tables that do not age. */
  readonly cutoff: Instant | null;
  readonly openCutoff: Instant | null;
  /** The UTC day of the cutoff. */
  readonly cutoffDate: Day | null;
  /** Oldest day first. */
  readonly steps: readonly ArchiveStep[];
  /** Why there is nothing to do, or what is wrong. */
  readonly message: string | null;
}

/** What an archive run will do, as plain JSON. */
export interface ArchivePlan {
  readonly now: Instant;
  /** The same as UTC ISO 8601. */
  readonly asOf: string;
  readonly olderThanMs: number | null;
  /** Due rows of all tables. */
  readonly total: number;
  /** In the order of the targets. */
  readonly tables: readonly TablePlan[];
  readonly warnings: readonly string[];
}

export interface PlanOptions {
  /** Stands in for the hot time of every policy (`--older-than`), in milliseconds. */
  readonly olderThanMs?: number | null;
}

/** Decides what leaves the hot store. Pure: the same arguments give the same plan. */
export function planArchive(
  set: PolicySet,
  targetTables: readonly string[],
  inventory: Inventory,
  now: Instant,
  { olderThanMs = null }: PlanOptions = {},
): ArchivePlan {
  const tables = targetTables.map((table) => planTable(set, table, inventory, now, olderThanMs));
  return {
    now,
    asOf: formatInstant(now),
    olderThanMs,
    total: tables.reduce((sum, table) => sum + table.records, 0),
    tables,
    warnings: [
      ...shorterThanPolicy(set, tables, olderThanMs),
      ...undatedRows(tables),
      ...refusingTriggers(tables, inventory),
    ],
  };
}

function planTable(
  set: PolicySet,
  table: string,
  inventory: Inventory,
  now: Instant,
  olderThanMs: number | null,
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
}: Pick<TableSurvey, 'open' | 'held' | 'leased' | 'lastId' | 'ruled' | 'newest'>): TablePlan['kept'] {
  const { open, held, leased, lastId } = found;
  return { open, held, leased, lastId, rule: ruled, keepLast: newest };
}

/** Rows past the cutoff that stay, whatever the reason. */
export function sumOfKept({ open, held, leased, lastId, rule, keepLast }: TablePlan['kept']): number {
  return open + held + leased + lastId + rule + keepLast;
}

function nothingDue(found: TableSurvey, policy: Policy, olderThanMs: number | null): string {
  const hot = hotTime(policy, olderThanMs);
  const span = spanOfPolicy(policy);
  const kept = keptOf(found);
  const { open, held, leased, lastId, rule, keepLast } = kept;
  if (sumOfKept(kept) === 0) {
    return span === 'day' || olderThanMs !== null
      ? `no row is ${hot.span} old or older (${hot.source})`
      : `no row is of a ${span} that ended ${hot.span} ago or earlier (${hot.source})`;
  }
  const lent = leased === 0 ? '' : `, ${leased} leased`;
  const last = lastId === 0 ? '' : `, ${lastId} with the highest id`;
  const ruled = rule === 0 ? '' : `, ${rule} by hot_rules`;
  const newest = keepLast === 0 ? '' : `, ${keepLast} among the newest ${policy.keepLast} (keep_last)`;
  return `all rows that are ${hot.span} old or older (${hot.source}) stay: ${open} unfinished, ${held} held${lent}${last}${ruled}${newest}`;
}

function stepReason(
  policy: Policy,
  day: Day,
  cutoffs: { readonly hot: Instant; readonly latest: Instant; readonly open: Instant },
  olderThanMs: number | null,
): string {
  const hot = hotTime(policy, olderThanMs);
  const span = spanOfPolicy(policy);
  const covered = { day, span };
  const whole = span !== 'day' && olderThanMs === null;
  const reasons = [
    whole
      ? `the ${span} ended ${hot.span} ago or earlier (${hot.source})`
      : `${policy.timeColumn} is ${hot.span} old or older (${hot.source})`,
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

function hotTime(policy: Policy, olderThanMs: number | null): { span: string; source: string } {
  return olderThanMs === null
    ? { span: formatDuration(policy.hotMs), source: "the policy's hot time" }
    : { span: formatDuration(olderThanMs), source: '--older-than' };
}

function shorterThanPolicy(
  set: PolicySet,
  tables: readonly TablePlan[],
  olderThanMs: number | null,
): string[] {
  if (olderThanMs === null) return [];
  return tables.flatMap(({ table }) => {
    const policy = getPolicy(set, table);
    if (policy === null || olderThanMs >= policy.hotMs) return [];
    const given = formatDuration(olderThanMs);
    return [
      `${table}: --older-than ${given} is shorter than its hot time of ${formatDuration(policy.hotMs)}`,
    ];
  });
}

function undatedRows(tables: readonly TablePlan[]): string[] {
  return tables.flatMap(({ table, undated, oddTimes }) => {
    const hint = oddTimes?.hint == null ? '' : ` (${oddTimes.hint})`;
    const invalid = `missing or invalid timestamp and will not be archived${hint}`;
    return [
      ...(undated === 0
        ? []
        : [undated === 1 ? `1 row has a ${invalid}` : `${undated} rows have a ${invalid}`]),
      ...oddTimesInWords(oddTimes).map((words) => `${words} and will not be archived`),
    ].map((warning) => `${table}: ${warning}`);
  });
}

function refusingTriggers(tables: readonly TablePlan[], inventory: Inventory): string[] {
  return tables.flatMap(({ table, status }) => {
    const found = inventory.get(table);
    if (status !== 'due' || found === undefined || found === 'missing' || 'error' in found) return [];
    return (found.refusals ?? []).map(
      (trigger) =>
        `${table}: the trigger ${trigger} may prevent the deletion of rows (RAISE). Firn keeps the rows of such a batch in the database.`,
    );
  });
}
