import { bundleOf } from '../../archive/stored-segment.ts';
import { InvalidText, type Row } from '../../format/line/line.ts';
import { lineClock } from '../../format/match/line-match.ts';
import { warmPath } from '../../format/segment-names.ts';
import type { ReferringRow } from '../../hot/hot-lookup.ts';
import { FirnError, isUnreadableTable } from '../../model/errors.ts';
import type { Condition, Hold } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import { getPolicy } from '../../model/policy/policies.ts';
import type { Policy } from '../../model/policy/policy.ts';
import { lastDay } from '../../model/policy/span.ts';
import { purgeInstant, warmEnd } from '../../model/policy/thresholds.ts';
import { type TableShape, TIME } from '../../model/shape.ts';
import { judgeTime } from '../../model/time/judge-time.ts';
import { timeSourceOf } from '../places/age-column.ts';
import { erasedOf } from '../places/erased.ts';
import type { Places } from '../places/places.ts';
import { emptyReport, type Problem, type SearchReport } from '../places/search-report.ts';
import type { SegmentRef } from '../places/segment-ref.ts';
import { archivedLines } from '../read/archived-lines.ts';
import { everything } from '../read/query.ts';
import { rowOf } from './hit.ts';
import { holdReasons, stayOf } from './hot-reasons.ts';
import { keptBy } from './kept-by.ts';
import { type UnitOfRow, unitOfRow } from './unit-of-row.ts';

/** One place where the row is. */
export interface RowPlace {
  readonly tier: 'hot' | 'warm' | 'cold';
  readonly segment: string | null;
  /** The file, within the archive. */
  readonly path: string | null;
  /** When it came there (UTC ISO 8601); null for hot. */
  readonly since: string | null;
  readonly time: Instant | null;
  readonly row: Row;
  /** Whether an archived row is the hot row of its key: true where it was restored, false where another row has the key. Null for hot, and where there is no hot row. */
  readonly sameRow: boolean | null;
  /** What happens to it next, and the instant from which it may. */
  readonly next: {
    readonly action: 'archive' | 'consolidate' | 'purge';
    readonly from: Instant;
    readonly rule: string;
  } | null;
  /** Why it stays where it is although its time may be over. */
  readonly kept: readonly string[];
}

export interface Explanation {
  readonly table: string;
  readonly policy: Policy | null;
  /** The columns of the primary key, in key order. */
  readonly keyColumns: readonly string[];
  /** Where rows of the key are, hot first; several where one was restored, was archived more than once, or where the key was used again. */
  readonly places: readonly RowPlace[];
  /** Where references are kept: rows of the database that keep the row there, as they refer to it and are not of its unit. Some of them. */
  readonly referredBy: readonly ReferringRow[];
  /** Null for a row that belongs to none and none to it, and for one that was not found. */
  readonly unit: UnitOfRow | null;
  /** When it is nowhere: what is known. */
  readonly traces: readonly string[];
  readonly problems: Problem[];
  readonly unread: SearchReport['unread'];
}

/**
 * Tells where a row is, since when, under which rule, when it moves next and what keeps it.
 * @param key the values of the primary key, in key order.
 * @throws FirnError `usage` when the number of values is not that of the key.
 */
export async function explainRow(
  places: Places,
  table: string,
  key: readonly string[],
  now: Instant,
): Promise<Explanation> {
  const { hot, policies, dialect } = places;
  const policy = getPolicy(policies, table);
  const report = emptyReport();
  const shape = await readHot(table, report, async () => (await hot?.reader.shape(table)) ?? null);
  const columns = shape?.primaryKey ?? (await archivedKey(places, table));
  if (columns.length !== key.length) {
    const wanted = columns.length === 0 ? 'has no primary key' : `has the primary key ${columns.join(', ')}`;
    throw new FirnError('usage', `${table} ${wanted}, but ${key.length} values were given`, {
      operation: 'explain the row',
      path: table,
      ...(columns.length === 0 ? { hint: 'Look for its rows with: firn search' } : {}),
    });
  }
  const where = columns.map((column, at): Condition => ({ column, op: '=', value: key[at]! }));
  const holds = ((await hot?.reader.ledger.holds()) ?? []).filter((hold) =>
    dialect.sameName(hold.table, table),
  );
  const found: (RowPlace & { readonly isLeased: boolean })[] = [];
  const leases: Instant[] = [];
  for await (const { ref, tier, footer, lines } of archivedLines(
    places,
    { ...everything([table]), where },
    {
      ...{ newestFirst: true, report },
    },
  )) {
    for await (const line of lines) {
      const row = rowOf({ line, table });
      const lease =
        shape === null ? null : ((await hot?.lookup.leaseOf(shape, footer.timeColumn, line)) ?? null);
      const isLeased = lease?.found === 'same' || lease?.found === 'edited';
      if (isLeased) leases.push(lease.until);
      found.push({
        ...{ isLeased, sameRow: null },
        ...{ tier, segment: ref.segment, row, since: footer.archivedAt },
        path: tier === 'warm' ? warmPath(ref.segment) : bundleOf(ref.segment),
        time: lineClock(footer.timeFormat)(row[footer.timeColumn] ?? null),
        next: nextOfSegment(policy, ref, tier),
        kept: holdReasons(holds, row, dialect),
      });
    }
  }
  const live = await readHot(table, report, async () =>
    shape === null ? null : lookIntoHot(places, policy, shape, where, holds, leases[0] ?? null, now),
  );
  const archived = found.map(({ isLeased, ...place }) => ({
    ...place,
    sameRow: live === null ? null : isLeased,
  }));
  const all = live === null ? archived : [live, ...archived];
  const { problems, unread } = report;
  const traces = all.length === 0 ? await tracesOf(places, table, where, problems.length === 0) : [];
  const row = all[0]?.row ?? null;
  return {
    ...{ table: shape?.table ?? table, policy, keyColumns: columns, places: all, traces, problems, unread },
    referredBy: live === null ? [] : await keptBy(places, policy, table, where),
    unit: row === null ? null : await unitOfRow(places, table, row, where, problems),
  };
}

/** Null, and a note in the report, when the database rows of the table cannot be read: its archived rows can. */
async function readHot<T>(
  table: string,
  report: SearchReport,
  read: () => Promise<T | null>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!isUnreadableTable(error)) throw error;
    report.unread.push({ table, why: error.message });
    return null;
  }
}

async function archivedKey(places: Places, table: string): Promise<readonly string[]> {
  const report = emptyReport();
  for await (const { footer } of archivedLines(places, everything([table]), { newestFirst: true, report })) {
    return footer.primaryKey;
  }
  const [problem] = report.problems;
  if (problem !== undefined) {
    throw new FirnError('integrity', problem.why, { operation: 'explain the row', path: problem.path });
  }
  throw new FirnError('not_found', 'no such table in the database or the archive', {
    operation: 'explain the row',
    path: table,
  });
}

async function lookIntoHot(
  places: Places,
  policy: Policy | null,
  shape: TableShape,
  where: readonly Condition[],
  holds: readonly Hold[],
  lease: Instant | null,
  now: Instant,
): Promise<RowPlace | null> {
  const { hot } = places;
  const own = await timeSourceOf(places, shape.table);
  const isChild = shape.timeOf !== undefined;
  const timeColumn = isChild
    ? TIME
    : (shape.columns.find(({ name }) => own !== null && places.dialect.sameName(name, own.timeColumn))
        ?.name ?? null);
  await using finding = await hot!.lookup.find(shape.table, shape, {
    erased: [],
    ...{
      where,
      among: null,
      text: null,
      timeColumn,
      timeFormat: own?.timeFormat,
      since: null,
      until: null,
      order: 'oldest',
      limit: 1,
    },
  });
  for await (const { line, time } of finding.rows()) {
    const row = rowOf({ line, table: shape.table });
    const value = timeColumn === null ? null : (row[timeColumn] ?? null);
    const judged =
      policy === null || isChild
        ? { instant: time, why: null }
        : judgeTime(value instanceof InvalidText ? null : value, policy, now);
    const found = { shape, where, row, time: judged.instant, untimely: judged.why, lease };
    const { next, kept } = await stayOf(hot!.lookup, policy, found, holds, now, places.dialect);
    return {
      ...{ tier: 'hot', segment: null, path: null, since: null, time, row, sameRow: null, kept },
      next: next === null ? null : { action: 'archive', ...next },
    };
  }
  return null;
}

function nextOfSegment(policy: Policy | null, ref: SegmentRef, tier: 'warm' | 'cold'): RowPlace['next'] {
  if (policy === null) return null;
  const cold = warmEnd(policy, ref);
  const purge = purgeInstant(policy, ref);
  if (tier === 'warm' && cold !== null && cold < purge)
    return { action: 'consolidate', from: cold, rule: `end of its ${ref.span} + hot + warm time` };
  return { action: 'purge', from: purge, rule: `end of its ${ref.span} + hot + warm + cold time` };
}

/** @param isWhole everything was read. */
async function tracesOf(
  places: Places,
  table: string,
  where: readonly Condition[],
  isWhole: boolean,
): Promise<string[]> {
  const { hot, dialect } = places;
  if (hot === null) return [];
  const receipts = await hot.reader.ledger.receipts({ table });
  const purged = receipts.filter(({ state }) => state === 'purged');
  const days = purged.flatMap((segment) => [segment.day, lastDay(segment)]).sort();
  const agrees = ({ column, value }: Condition): boolean | null => {
    const own = where.find((key) => dialect.sameName(key.column, column));
    return own === undefined ? null : own.value === value;
  };
  const orders = (await erasedOf(places)).orders
    .filter((order) => dialect.sameName(order.table, table))
    .map(({ erasedAt, where: wanted, among }) => {
      return { erasedAt, answers: [...wanted.map(agrees), ...(among === undefined ? [] : [null])] };
    })
    .filter(({ answers }) => !answers.includes(false));
  const erasures = orders.filter(({ answers }) => !answers.includes(null));
  const others = new Set(orders.filter((order) => !erasures.includes(order)).map(({ erasedAt }) => erasedAt));
  return [
    ...erasures.map(({ erasedAt }) => `it matches an erasure of ${erasedAt}`),
    ...[...others].map(
      (erasedAt) => `it may have been erased at ${erasedAt}, by a condition on other columns`,
    ),
    ...(purged.length > 0
      ? [
          `${purged.length} segments of the table were purged or erased in part (days ${days[0]} to ${days.at(-1)}). It may have been in one of them`,
        ]
      : []),
    ...(isWhole && erasures.length === 0 && others.size === 0 && purged.length === 0
      ? ['no row with this key was archived, and no row of the table was purged']
      : []),
  ];
}
