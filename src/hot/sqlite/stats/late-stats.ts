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
  type ValueRange,
  type Window,
} from '../survey/age-ranges.ts';
import { walkIndex } from '../survey/table-walk.ts';
import { countOpen, countRanges, countUpTo, type IndexedAge, one } from './age-counts.ts';
import type { Effort } from './looks.ts';
import { type Counts, emptyTally, type Judge, judging, least, plus, scaled, type Tally } from './tally.ts';

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
 * lies between them is judged row by row. So the number of stale rows is exact unless there are too many rows near the cutoff: of these a sample is judged. What keeps rows is
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
  const judge = judging(connection, age.column, due, rule, false);
  const near = await judgeNear(connection, table, age, judge, outside, effort);
  const inPast = countPast(connection, table, age, past, hotWindows(bounds), total - near.rows);

  let { estimate, judged } = near;
  const kinds = kindsOf(past);
  for (const kind of kinds) {
    const rows = kinds.length === 1 ? inPast : countUpTo(connection, table, age, kind);
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
      judge(piece, sample);
      if (sample.judged >= effort.sample) break;
      await setImmediate();
    }
    estimate = plus(estimate, scaled(sample, rows / Math.max(1, sample.judged)));
    judged = sum(judged, sample);
  }
  const open = countOpen(connection, table, due, rule);
  const { past: nearPast, undated, sentinel } = near.judged;
  const stale = inPast + nearPast + undated + sentinel;
  return {
    counts: open === null ? estimate : { ...estimate, open },
    stale: [stale, stale + near.rows - near.judged.judged],
    judged: open === null ? judged : { ...judged, open },
    openExact: open !== null,
    firstDue: judged.firstDue,
  };
}

/** Rows that are neither past nor hot for certain. */
interface Near {
  readonly rows: number;
  readonly judged: Tally;
  readonly estimate: Counts;
}

/** Judges these rows; where they are too many, a tenth of that many, from places all over their range. */
async function judgeNear(
  connection: Connection,
  table: Table,
  age: IndexedAge & { readonly rowid: string },
  judge: Judge,
  ranges: readonly ValueRange[],
  effort: Effort,
): Promise<Near> {
  const inRanges = countRanges(connection, table, age, ranges, null);
  const nulls = one(connection, `SELECT count(*) FROM ${table.from} WHERE ${age.column} IS NULL`) ?? 0;
  const isWhole = inRanges <= effort.judged;
  const piece = Math.ceil(effort.sample / effort.places);
  const size = isWhole ? sizes.countedRows : piece;
  const skipped = isWhole ? 0 : Math.max(0, Math.floor((inRanges / effort.judged) * 10 * piece) - piece);
  const judged = emptyTally();
  for (const source of walkIndex(connection, table, age, ranges, size, false, skipped)) {
    judge(source, judged);
    if (!isWhole && judged.judged >= effort.judged) break;
    await setImmediate();
  }
  const factor = isWhole ? 1 : inRanges / Math.max(1, judged.judged);
  const estimate = scaled(judged, factor);
  return {
    rows: nulls + inRanges,
    // No time is in no range: such a row needs no look.
    judged: { ...judged, judged: judged.judged + nulls, undated: judged.undated + nulls },
    estimate: { ...estimate, undated: estimate.undated + nulls },
  };
}

/** Rows that are past for certain, of those that are past or hot for certain. The smaller side is counted. */
function countPast(
  connection: Connection,
  table: Table,
  age: IndexedAge,
  past: readonly Window[],
  hot: readonly Window[],
  certain: number,
): number {
  for (let limit = FIRST_LIMIT; ; limit *= 4) {
    const inPast = countUpTo(connection, table, age, past, limit);
    if (inPast < limit) return inPast;
    const inHot = countUpTo(connection, table, age, hot, limit);
    if (inHot < limit) return Math.max(0, certain - inHot);
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
