import type { Row } from '../../format/line/line.ts';
import { rowMatches } from '../../format/match/line-match.ts';
import type { HotLookup } from '../../hot/hot-lookup.ts';
import type { Dialect } from '../../model/database/dialect.ts';
import { formatDuration } from '../../model/duration.ts';
import { type Condition, formatCondition, type Hold } from '../../model/filter.ts';
import { formatInstant, type Instant } from '../../model/instant.ts';
import { timeInWords } from '../../model/policy/families.ts';
import type { HotRule, Policy } from '../../model/policy/policy.ts';
import { dueInstant, openEnd, spanOfPolicy } from '../../model/policy/thresholds.ts';
import type { TableShape } from '../../model/shape.ts';

/** A row in the database, found by its key (`where`). */
export interface FoundRow {
  readonly shape: TableShape;
  readonly where: readonly Condition[];
  readonly row: Row;
  /** The time that its age counts from; null when it never moves. */
  readonly time: Instant | null;
  /** Why it never moves; null when it has a time. */
  readonly untimely: string | null;
  /** Until when it is leased; null when it is not. */
  readonly lease: Instant | null;
}

/** When a row may leave the database, and what keeps it: sentences of the form `stays until …, because …`. */
export interface Stay {
  readonly next: { readonly from: Instant; readonly rule: string } | null;
  readonly kept: readonly string[];
}

export async function stayOf(
  lookup: HotLookup,
  policy: Policy | null,
  found: FoundRow,
  holds: readonly Hold[],
  now: Instant,
  dialect: Dialect,
): Promise<Stay> {
  if (policy === null) return { next: null, kept: ['stays forever, because the table has no policy'] };
  const { shape, where, time, untimely, lease } = found;
  const rule = await ruleOf(lookup, policy, found);
  const open = policy.openWhile !== null && (await lookup.isOpen(shape, policy.openWhile, where));
  const isNewest = policy.keepLast !== undefined && (await lookup.isKeptAsNewest(shape, policy, where, now));
  const hotMs = rule === null ? policy.hotMs : rule.hotMs;
  const due = time === null || hotMs === null ? null : dueInstant(policy, time, hotMs);
  const kept = [
    ...(untimely === null
      ? []
      : [`stays until its ${policy.timeColumn} is a valid timestamp, because ${untimely}`]),
    ...(rule === null ? [] : [ruleInWords(rule, due)]),
    ...(isNewest
      ? [
          `stays until ${policy.keepLast} newer rows exist, because it is one of the newest ${policy.keepLast} rows (keep_last)`,
        ]
      : []),
    ...(open
      ? [
          `stays until it is finished${openUntil(policy, time)}, because it is unfinished (${policy.openWhile})`,
        ]
      : []),
    ...((await lookup.hasLastId(shape, where))
      ? [
          'stays until a newer row is inserted, because it has the highest id of its table, and SQLite would assign that id again',
        ]
      : []),
    ...(lease === null
      ? []
      : [
          `stays until ${formatInstant(lease)}, because it was restored and has a lease until ${formatInstant(lease)}`,
        ]),
    ...holdReasons(holds, found.row, dialect),
  ];
  if (due === null) return { next: null, kept };
  const words = `${ageInWords(policy)} + ${rule === null ? 'hot time' : `hot time by its rule (${rule.where})`}`;
  return { next: { from: due, rule: due <= now ? `${words}: ready to move` : words }, kept };
}

/** The holds that keep a row, in any tier. */
export function holdReasons(holds: readonly Hold[], row: Row, dialect: Dialect): string[] {
  return holds
    .filter(({ conditions }) => rowMatches({ where: conditions, text: null }, row, dialect))
    .map(({ id, conditions, reason }) => {
      const what = conditions.map(formatCondition).join(' and ');
      return `stays until hold ${id} is removed, because the hold matches it (${what}): ${reason}`;
    });
}

async function ruleOf(lookup: HotLookup, { hotRules }: Policy, found: FoundRow): Promise<HotRule | null> {
  if (hotRules === undefined) return null;
  const at = await lookup.hotRuleOf(found.shape, hotRules, found.where);
  return at === null ? null : hotRules[at]!;
}

function ruleInWords({ where, hotMs }: HotRule, due: Instant | null): string {
  if (hotMs === null) return `stays forever, because a rule of hot_rules keeps it forever (${where})`;
  const until = due === null ? '' : ` until ${formatInstant(due)}`;
  return `stays${until}, because a rule of hot_rules gives it a hot time of ${formatDuration(hotMs)} (${where})`;
}

/** In words, after when it is finished. */
function openUntil(policy: Policy, time: Instant | null): string {
  const end = time === null ? null : openEnd(policy, time);
  return end === null ? '' : `, or at ${formatInstant(end)}`;
}

function ageInWords(policy: Policy): string {
  const span = spanOfPolicy(policy);
  return span === 'day' ? timeInWords(policy) : `end of the ${span} of ${timeInWords(policy)}`;
}
