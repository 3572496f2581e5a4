import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../../model/instant.ts';
import { sizes } from '../../../model/sizes.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import type { DueSql } from '../sql/due-sql.ts';
import type { Table } from '../sql/sqlite-table.ts';
import {
  ageBounds,
  certainWindows,
  hotWindows,
  pastWindows,
  rangesOutside,
  type Window,
} from '../survey/age-ranges.ts';
import { walkIndex } from '../survey/table-walk.ts';
import { countOpen, countUpTo, type IndexedAge } from './age-counts.ts';
import type { Effort } from './looks.ts';
import { type Counts, emptyTally, judge, least, plus, scaled, type Tally } from './tally.ts';

/** What is known of a table that has too many past rows to be looked at one by one. */
export interface LateStats {
  /** Estimates, but for those whose bounds are equal. */
  readonly counts: Counts;
  /** Rows past the cutoff or without an intelligible time: at least, at most. */
  readonly stale: readonly [number, number];
  /** What was judged row by row: a lower bound of each count. */
  readonly judged: Tally;
  /** The count of open rows is exact. */
  readonly openExact: boolean;
  readonly firstDue: Instant | null;
}

const FIRST_LIMIT = 100_000;

/**
 * Counts a table through the index on its age column. Ranges of the index that are past or hot for certain are counted without a look at their rows; what
 * lies between them is judged row by row. So the number of stale rows is exact unless there are too many rows near the cutoff. What keeps rows is
 * estimated from the first rows of each kind of value.
 */
export async function lateStats(
  connection: Connection,
  table: Table,
  age: IndexedAge & { readonly rowid: string },
  due: DueSql,
  rule: DueRule,
  total: number,
  effort: Effort,
): Promise<LateStats> {
  const bounds = ageBounds(rule, !age.textual);
  const past = pastWindows(bounds);
  const outside = rangesOutside(certainWindows(bounds));
  const near = emptyTally();
  let whole = true;
  for (const piece of walkIndex(connection, table, age, outside, sizes.countedRows)) {
    if (near.judged >= effort.judged) {
      whole = false;
      break;
    }
    judge(connection, age.column, due, rule, piece, near, false);
    await setImmediate();
  }
  const { inPast, unjudged } = countCertain(
    connection,
    table,
    age,
    rule,
    past,
    total,
    whole ? near.judged : null,
  );

  let estimate = scaled(near, 1 + unjudged / Math.max(1, near.judged));
  let judged = near;
  for (const kind of kindsOf(past)) {
    const rows = countUpTo(connection, table, age, kind);
    const sample = emptyTally();
    const ranges = kind.map(([from, to]) => ({ from, to }));
    for (const piece of walkIndex(
      connection,
      table,
      age,
      ranges,
      Math.min(sizes.countedRows, effort.sample),
      false,
    )) {
      judge(connection, age.column, due, rule, piece, sample, false);
      if (sample.judged >= effort.sample) break;
      await setImmediate();
    }
    estimate = plus(estimate, scaled(sample, rows / Math.max(1, sample.judged)));
    judged = sum(judged, sample);
  }
  const open = countOpen(connection, table, due, rule);
  const least0 = inPast + near.past + near.undated + near.sentinel;
  return {
    counts: open === null ? estimate : { ...estimate, open },
    stale: [least0, least0 + unjudged],
    judged: open === null ? judged : { ...judged, open },
    openExact: open !== null,
    firstDue: judged.firstDue,
  };
}

/** Rows that are past for certain, and those that are neither that nor hot for certain and were not judged. The smaller side is counted. */
function countCertain(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  rule: DueRule,
  past: readonly Window[],
  total: number,
  judged: number | null,
): { readonly inPast: number; readonly unjudged: number } {
  const hot = hotWindows(ageBounds(rule, !age.textual));
  if (judged === null) {
    const inPast = countUpTo(connection, table, age, past);
    const rest = total - inPast - countUpTo(connection, table, age, hot);
    return { inPast, unjudged: Math.max(0, rest) };
  }
  for (let limit = FIRST_LIMIT; ; limit *= 4) {
    const inPast = countUpTo(connection, table, age, past, limit);
    if (inPast < limit) return { inPast, unjudged: 0 };
    const inHot = countUpTo(connection, table, age, hot, limit);
    if (inHot < limit) return { inPast: Math.max(0, total - judged - inHot), unjudged: 0 };
  }
}

/** Seconds, milliseconds, microseconds and texts: within one kind the index is in the order of time. */
function kindsOf(windows: readonly Window[]): (readonly Window[])[] {
  const isText = ([from]: Window): boolean => from.startsWith("'");
  const texts = windows.filter(isText);
  return [
    ...windows.filter((window) => !isText(window)).map((window) => [window]),
    ...(texts.length > 0 ? [texts] : []),
  ];
}

function sum(a: Tally, b: Tally): Tally {
  return {
    ...plus(a, b),
    judged: a.judged + b.judged,
    unread: a.unread.length > 0 ? a.unread : b.unread,
    ...{ firstDue: least(a.firstDue, b.firstDue), oldest: null, newest: null },
  };
}
