import { asInstant, earliest, type Instant } from '../../../model/instant.ts';
import { warmCutoff } from '../../../model/policy/thresholds.ts';
import type { StoredValue } from '../../../model/time/parse-instant.ts';
import { endOfTomorrow } from '../../../model/time/plausible.ts';
import type { DueRule } from '../../hot-store.ts';
import type { Connection } from '../connection/connection.ts';
import { statementCache } from '../connection/statement-cache.ts';
import { type DueSql, ownCutoffSql, pastOwnSql } from '../sql/due-sql.ts';
import type { Piece } from '../survey/table-walk.ts';
import { HINTED_ROWS, isNumberSql } from '../time/hint-sql.ts';
import { numbersOf } from './age-counts.ts';

/** What was found of the rows judged. */
export interface Tally {
  judged: number;
  /** At or before their cutoff; those of them that are younger than hot + warm. */
  past: number;
  warm: number;
  undated: number;
  /** Rows whose time stands for none; whose time is after tomorrow. */
  sentinel: number;
  future: number;
  /** Some numbers that are not understood as times. */
  unread: readonly StoredValue[];
  /** Rows past the cutoff that stay, each for one reason: open before held, held before leased. */
  open: number;
  held: number;
  leased: number;
  firstDue: Instant | null;
  oldest: Instant | null;
  newest: Instant | null;
}

export type Counts = Omit<Tally, 'judged' | 'firstDue' | 'oldest' | 'newest' | 'unread'>;

export function emptyTally(): Tally {
  return {
    ...{ judged: 0, past: 0, warm: 0, undated: 0, sentinel: 0, future: 0, open: 0, held: 0, leased: 0 },
    unread: [],
    ...{ firstDue: null, oldest: null, newest: null },
  };
}

/** Judges the rows of one piece. */
export type Judge = (piece: Piece, tally: Tally) => void;

/**
 * Judges rows piece by piece. Its statements are long: to prepare one takes as long as to judge thousands of rows. `LIMIT -1 OFFSET 0` keeps SQLite from computing an expression as often as it is named.
 * @param edges whether the oldest and the newest time are wanted too, of rows of any age.
 * @param amongNewest whether a row always stays as one of the newest, as SQL: see `newestSql`.
 */
export function judging(
  connection: Connection,
  column: string,
  due: DueSql,
  rule: DueRule,
  edges: boolean,
  amongNewest = '0',
): Judge {
  const prepared = statementCache(connection.db);
  const warmEnd = rule.policy.openUntil === 'never' ? warmCutoff(rule.policy, rule.now) : rule.openCutoff;
  const timesOf = ({ source, params }: Piece) =>
    numbersOf(
      prepared(
        `SELECT count(*), count(past), sum(past),
      sum(CASE WHEN past IS NULL THEN ${due.isSentinel(due.timeOf('value'))} END),
      sum(CASE WHEN past = 0 THEN NOT ${due.isPastOf('value', endOfTomorrow(rule.now))} END),
      min(at), max(at)
    FROM (SELECT ${pastHere(due, amongNewest)} AS past, ${column} AS value, ${edges ? due.instant : 'NULL'} AS at
      FROM ${source} LIMIT -1 OFFSET 0)`,
      ),
      params,
    );
  const keptOf = ({ source, params }: Piece) =>
    numbersOf(
      prepared(
        `SELECT sum(lukewarm), sum(open), sum(held AND NOT open), sum(leased AND NOT held AND NOT open),
      min(CASE WHEN past AND NOT open AND NOT held AND NOT leased AND NOT last THEN at END)
    FROM (SELECT past, past AND lukewarm AS lukewarm, past AND young AND opened AS open, past AND kept AS held,
      past AND leased AS leased, last, at FROM (
      SELECT ${pastHere(due, amongNewest)} AS past, NOT (${due.isPast(rule.openCutoff)}) AS young,
        NOT (${due.isPast(warmEnd)}) AS lukewarm, ${due.open} AS opened,
        ${due.onHold.sql} AS kept, ${due.leased} AS leased, ${due.last} AS last, ${asIfSql(due)} AS at
      FROM ${source} LIMIT -1 OFFSET 0) LIMIT -1 OFFSET 0)`,
      ),
      [...due.onHold.params, ...params],
    );
  return (piece, tally) => {
    const [judged, dated, past, sentinel, future, oldest, newest] = timesOf(piece);
    tally.judged += judged ?? 0;
    tally.sentinel += sentinel ?? 0;
    tally.future += future ?? 0;
    const undated = (judged ?? 0) - (dated ?? 0) - (sentinel ?? 0);
    tally.undated += undated;
    if (undated > 0 && tally.unread.length === 0)
      tally.unread = unreadNumbers(connection, column, due, piece);
    tally.oldest = least(tally.oldest, asInstant(oldest ?? null));
    tally.newest = newest == null ? tally.newest : asInstant(Math.max(newest, tally.newest ?? newest));
    if (!past) return;
    tally.past += past;
    const [warm, open, held, leased, firstDue] = keptOf(piece);
    tally.warm += warm ?? 0;
    tally.open += open ?? 0;
    tally.held += held ?? 0;
    tally.leased += leased ?? 0;
    tally.firstDue = least(tally.firstDue, asInstant(firstDue ?? null));
  };
}

/** 1 when the row has left its hot time and is not among the newest, which always stay; NULL when its time cannot be understood. */
function pastHere(due: DueSql, newest: string): string {
  const past = pastOwnSql(due);
  return newest === '0' ? past : `CASE WHEN ${newest} THEN 0 ELSE ${past} END`;
}

/** The row's time, moved by as much as its own hot time differs from its table's: what its waiting time counts from. */
function asIfSql(due: DueSql): string {
  return due.rules.length === 0 ? due.instant : `${due.instant} + ${due.otherwise} - ${ownCutoffSql(due)}`;
}

/** Some numbers of a piece that are not understood as times. */
function unreadNumbers(
  { db }: Connection,
  column: string,
  due: DueSql,
  { source, params }: Piece,
): readonly StoredValue[] {
  const found = db.prepare(
    `SELECT value FROM (SELECT ${column} AS value, ${due.timeOf(column)} AS time, ${isNumberSql(column)} AS number FROM ${source} LIMIT -1 OFFSET 0)
    WHERE time IS NULL AND number LIMIT ${HINTED_ROWS}`,
  );
  found.setReadBigInts(true);
  return (found.all(...params) as { value: StoredValue }[]).map(({ value }) => value);
}

/** The counts times a factor, and none of it where nothing was judged. */
export function scaled(tally: Tally, factor: number): Counts {
  const by = (count: number): number => Math.round(count * factor);
  return {
    ...{ past: by(tally.past), warm: by(tally.warm), undated: by(tally.undated) },
    ...{ sentinel: by(tally.sentinel), future: by(tally.future) },
    ...{ open: by(tally.open), held: by(tally.held), leased: by(tally.leased) },
  };
}

export function plus(a: Counts, b: Counts): Counts {
  return {
    ...{ past: a.past + b.past, warm: a.warm + b.warm, undated: a.undated + b.undated },
    ...{ sentinel: a.sentinel + b.sentinel, future: a.future + b.future },
    ...{ open: a.open + b.open, held: a.held + b.held, leased: a.leased + b.leased },
  };
}

export function least(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return earliest(a, b);
}
