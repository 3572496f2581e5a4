import { setImmediate } from 'node:timers/promises';
import { sizes } from '../../../model/sizes.ts';
import { timeHint } from '../../../model/time/likely-format.ts';
import { AUTO } from '../../../model/time/time-format.ts';
import type { Bound, TableStats } from '../../hot-stats.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { leasedSql } from '../ledger/leases.ts';
import { type DueSql, dueSql, pastOwnSql } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import { ageIndex } from '../survey/age-index.ts';
import { ageBounds, orderedKinds, pastWindows, rangesToExamine } from '../survey/age-ranges.ts';
import { columnNamed } from '../survey/due-keys.ts';
import { newestSql } from '../survey/newest.ts';
import { walkIndex } from '../survey/table-walk.ts';
import { countUpTo, edges, type IndexedAge, numbers, one } from './age-counts.ts';
import { type LateStats, lateStats } from './late-stats.ts';
import { EFFORT, type Effort, looksAt } from './looks.ts';
import { type Counts, emptyTally, judging, scaled, type Tally } from './tally.ts';

/** What all the ways of counting a table need. */
interface Counting {
  readonly connection: Connection;
  readonly table: Table;
  readonly due: DueSql;
  readonly rule: DueRule;
  readonly total: number;
  readonly effort: Effort;
}

/** See `HotStats.table`. */
export async function tableStats(
  connection: Connection,
  table: Table,
  rule: DueRule,
  effort: Effort = EFFORT,
): Promise<TableStats> {
  const due = dueSql(table, rule, leasedSql(connection, table));
  const name = columnNamed(table, rule.policy.timeColumn);
  const { access } = table;
  const isChild = table.shape.timeOf !== undefined;
  const column = isChild ? due.instant : table.column(name);
  const textual = table.textual.has(name);
  const total = one(connection, `SELECT count(*) AS n FROM ${table.from}`) ?? 0;
  const counting = { connection, table, due, rule, total, effort };
  const kinds = orderedKinds(ageBounds(rule, !textual));
  const index = access.kind === 'key' || kinds === null || isChild ? null : ageIndex(connection, table, name);
  const { hotRules, keepLast } = rule.policy;
  const amongNewest = await newestSql(connection, table, rule);
  const lastId = lastIdStays(connection, table, due, rule, amongNewest);
  // Where values or ranks decide, no range of the index is past for certain.
  const isRuled = hotRules !== undefined || (keepLast !== undefined && amongNewest !== '0');
  if (index === null || kinds === null || access.kind === 'key' || total <= effort.past || isRuled)
    return await byRows(counting, column, lastId, amongNewest);
  const age = { column, textual, index, rowid: access.rowid };
  const ends = edges(connection, table, age, due, kinds);
  const tally = await recentlyPast(counting, age);
  if (tally !== null)
    return exact(total, tally, { ...ends, firstDue: tally.firstDue, lastId, timeHint: hintOf(tally, rule) });
  const late = await lateStats(connection, table, age, due, rule, total, effort);
  return estimated(total, late, {
    ...ends,
    firstDue: late.firstDue,
    lastId,
    timeHint: hintOf(late.judged, rule),
  });
}

/** Judges every row, or a sample of them where there are too many. */
async function byRows(
  { connection, table, due, rule, total, effort }: Counting,
  column: string,
  lastId: number,
  amongNewest: string,
): Promise<TableStats> {
  let tally = emptyTally();
  let complete = false;
  const judge = judging(connection, column, due, rule, true, amongNewest);
  for (const look of looksAt(connection, table, total, effort)) {
    tally = emptyTally();
    complete = look.everything;
    for (const piece of look.pieces) {
      if (tally.judged >= look.most) {
        complete = false;
        break;
      }
      judge(piece, tally);
      await setImmediate();
    }
    if (tally.judged >= look.least) break;
  }
  const { oldest, newest, firstDue } = tally;
  const times = { oldest, newest, firstDue, lastId, timeHint: hintOf(tally, rule) };
  if (complete) return exact(total, tally, times);
  const stale = tally.past + tally.undated + tally.sentinel;
  const counts = scaled(tally, total / Math.max(1, tally.judged));
  const bound: [number, number] = [stale, stale + Math.max(0, total - tally.judged)];
  return estimated(total, { counts, stale: bound, judged: tally, openExact: false, firstDue }, times);
}

/** Judges every row that may be past, through the index; null where there are too many. */
async function recentlyPast(
  { connection, table, due, rule, effort }: Counting,
  age: IndexedAge & { readonly rowid: string },
): Promise<Tally | null> {
  const bounds = ageBounds(rule, !age.textual);
  const past = pastWindows(bounds);
  if (countUpTo(connection, table, age, past, effort.past + 1) > effort.past) return null;
  const tally = emptyTally();
  const judge = judging(connection, age.column, due, rule, false);
  const ranges = rangesToExamine(bounds);
  for (const piece of walkIndex(connection, table, age, ranges, sizes.countedRows)) {
    if (tally.judged >= effort.judged) return null;
    judge(piece, tally);
    await setImmediate();
  }
  return tally;
}

/** Whether the row with the greatest id would be due, and only stays because of its id: 1 or 0. */
function lastIdStays(
  connection: Connection,
  table: Table,
  due: DueSql,
  rule: DueRule,
  amongNewest: string,
): number {
  if (table.reusedId === null) return 0;
  const sql = `SELECT ${pastOwnSql(due)} AND NOT ${amongNewest} AND NOT ${due.held.sql}
      AND (${due.isPast(rule.openCutoff)} OR NOT ${due.open}) AS n FROM ${table.from} WHERE ${due.last}`;
  return numbers(connection, sql, due.held.params)[0] ?? 0;
}

/** What the times that are not understood look like; null when nothing is known. */
function hintOf({ unread }: Tally, { now, policy }: DueRule): string | null {
  return (policy.timeFormat ?? AUTO) === AUTO ? timeHint(unread, now) : null;
}

type Times = Pick<TableStats, 'oldest' | 'newest' | 'firstDue' | 'lastId' | 'timeHint'>;

function exact(total: number, counts: Counts, times: Times): TableStats {
  const { past, warm, undated, sentinel, future, open, held, leased } = counts;
  const stale = past + undated + sentinel;
  const kept = open + held + leased + times.lastId;
  return {
    ...{ total, hot: total - stale, stale, warm, undated, sentinel, future, open, held, leased, ...times },
    ...{ due: past - kept, estimated: false, bounds: null },
  };
}

/** Estimates within their bounds, so that no two of them contradict each other. */
function estimated(
  total: number,
  { counts, stale: [low, high], judged, openExact }: LateStats,
  times: Times,
): TableStats {
  const unjudged = Math.max(0, high - judged.past - judged.undated - judged.sentinel);
  const bound = (count: number): Bound => ({ atLeast: count, atMost: count + unjudged });
  const within = (count: number, { atLeast, atMost }: Bound): number =>
    Math.min(atMost, Math.max(atLeast, count));
  const stale = within(counts.past + counts.undated + counts.sentinel, { atLeast: low, atMost: high });
  const kept = judged.open + judged.held + judged.leased + times.lastId;
  const bounds = {
    stale: { atLeast: low, atMost: high },
    hot: { atLeast: total - high, atMost: total - low },
    warm: bound(judged.warm),
    undated: bound(judged.undated),
    sentinel: bound(judged.sentinel),
    future: { atLeast: judged.future, atMost: judged.future + Math.max(0, total - low - judged.future) },
    open: openExact ? { atLeast: counts.open, atMost: counts.open } : bound(judged.open),
    held: bound(judged.held),
    leased: bound(judged.leased),
    due: {
      atLeast: Math.max(0, judged.past - kept),
      atMost: Math.max(0, high - judged.undated - judged.sentinel - kept),
    },
  };
  const [undated, open] = [within(counts.undated, bounds.undated), within(counts.open, bounds.open)];
  const [held, leased] = [within(counts.held, bounds.held), within(counts.leased, bounds.leased)];
  const [sentinel, future] = [within(counts.sentinel, bounds.sentinel), within(counts.future, bounds.future)];
  const due = within(stale - undated - sentinel - open - held - leased - times.lastId, bounds.due);
  return {
    ...{
      total,
      hot: total - stale,
      stale,
      warm: within(counts.warm, bounds.warm),
      undated,
      sentinel,
      future,
      open,
      held,
      leased,
    },
    ...{ due, ...times, estimated: true, bounds },
  };
}
