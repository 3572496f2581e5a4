import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../model/instant.ts';
import type { DueRule } from '../hot-store.ts';
import type { TableStats } from '../stats.ts';
import { type Age, countOpen, countPast, edge, numbers, one } from './age-counts.ts';
import { ageIndex } from './age-index.ts';
import type { Connection } from './connection.ts';
import { columnNamed } from './due-keys.ts';
import { type DueSql, dueSql } from './due-sql.ts';
import { leasedSql } from './leases.ts';
import { EFFORT, type Effort, looksAt } from './looks.ts';
import { pastSql } from './past-sql.ts';
import type { Table } from './table.ts';
import type { Piece } from './walk.ts';

/** What was found of the rows judged. */
interface Tally {
  judged: number;
  past: number;
  warm: number;
  undated: number;
  open: number;
  held: number;
  firstDue: Instant | null;
  oldest: Instant | null;
  newest: Instant | null;
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
  const index = table.access.kind === 'key' ? null : ageIndex(connection, table, name);
  const age = { column: table.column(name), textual: table.textual.has(name), index };
  const total = one(connection, `SELECT count(*) AS n FROM ${table.from}`) ?? 0;
  let tally = emptyTally();
  let complete = false;
  for (const look of looksAt(connection, table, rule, age, total, effort)) {
    tally = emptyTally();
    complete = look.everything;
    for (const piece of look.pieces) {
      judge(connection, age, due, rule, piece, tally);
      if (tally.judged >= look.most) {
        complete = false;
        break;
      }
      await setImmediate();
    }
    if (tally.judged >= look.least) break;
  }
  const [oldest, newest] =
    index === null
      ? [tally.oldest, tally.newest]
      : ['ASC', 'DESC'].map((order) => edge(connection, table, { ...age, index }, due, order));
  const lastId = lastIdStays(connection, table, age, due, rule);
  const times = { oldest: oldest ?? null, newest: newest ?? null, firstDue: tally.firstDue, lastId };
  if (complete) return settled(total, tally, times, false);
  if (index === null) return settled(total, scaled(tally, total / Math.max(1, tally.judged)), times, true);
  const stale = Math.max(
    tally.past + tally.undated,
    countPast(connection, table, { ...age, index }, rule, total),
  );
  const factor = stale / Math.max(1, tally.past + tally.undated);
  const younger = countPast(
    connection,
    table,
    { ...age, index },
    { ...rule, cutoff: rule.openCutoff },
    total,
  );
  const rest = { ...scaled(tally, factor), warm: Math.max(0, stale - younger) };
  const open = countOpen(connection, table, age, due, rule) ?? rest.open;
  return settled(total, { ...rest, open, past: stale - rest.undated }, times, true);
}

/** Whether the row with the greatest id would be due, and only stays because of its id: 1 or 0. */
function lastIdStays(connection: Connection, table: Table, age: Age, due: DueSql, rule: DueRule): number {
  if (table.reusedId === null) return 0;
  const sql = `SELECT ${pastSql(age.column, rule.cutoff)} AND NOT ${due.held.sql}
      AND (${pastSql(age.column, rule.openCutoff)} OR NOT ${due.open}) AS n FROM ${table.from} WHERE ${due.last}`;
  return numbers(connection, sql, due.held.params)[0] ?? 0;
}

/** Judges the rows of one piece. `LIMIT -1 OFFSET 0` keeps SQLite from computing an expression as often as it is named. */
function judge(
  connection: Connection,
  age: Age,
  due: DueSql,
  rule: DueRule,
  piece: Piece,
  tally: Tally,
): void {
  const { source, params } = piece;
  const times = age.index === null ? `, ${due.instant} AS at` : ', NULL AS at';
  const [judged = 0, dated = 0, past = 0, oldest, newest] = numbers(
    connection,
    `SELECT count(*), count(past), sum(past), min(at), max(at)
    FROM (SELECT ${pastSql(age.column, rule.cutoff)} AS past${times} FROM ${source} LIMIT -1 OFFSET 0)`,
    params,
  );
  tally.judged += judged ?? 0;
  tally.undated += (judged ?? 0) - (dated ?? 0);
  tally.oldest = least(tally.oldest, oldest ?? null);
  tally.newest = newest == null ? tally.newest : Math.max(newest, tally.newest ?? newest);
  if (!past) return;
  tally.past += past;
  // In the order of the index the first due row is the oldest; without one all are compared.
  const compare = age.index === null || tally.firstDue === null;
  const [warm, open, held, firstDue] = numbers(
    connection,
    `SELECT sum(young), sum(open), sum(held AND NOT open), min(CASE WHEN past AND NOT open AND NOT held AND NOT last THEN at END)
    FROM (SELECT past, past AND young AS young, past AND young AND opened AS open, past AND kept AS held, last, at FROM (
      SELECT ${pastSql(age.column, rule.cutoff)} AS past, NOT (${pastSql(age.column, rule.openCutoff)}) AS young,
        ${due.open} AS opened, ${due.held.sql} AS kept, ${due.last} AS last, ${compare ? due.instant : 'NULL'} AS at
      FROM ${source} LIMIT -1 OFFSET 0) LIMIT -1 OFFSET 0)`,
    [...due.held.params, ...params],
  );
  tally.warm += warm ?? 0;
  tally.open += open ?? 0;
  tally.held += held ?? 0;
  tally.firstDue = least(tally.firstDue, firstDue ?? null);
}

function settled(
  total: number,
  tally: Pick<Tally, 'past' | 'warm' | 'undated' | 'open' | 'held'>,
  times: Pick<TableStats, 'oldest' | 'newest' | 'firstDue' | 'lastId'>,
  estimated: boolean,
): TableStats {
  const stale = Math.min(total, tally.past + tally.undated);
  const { warm, undated, open, held } = tally;
  return { total, hot: total - stale, stale, warm, undated, open, held, ...times, estimated };
}

function scaled(tally: Tally, factor: number): Tally {
  const by = (count: number) => Math.round(count * factor);
  return {
    ...tally,
    past: by(tally.past),
    warm: by(tally.warm),
    undated: by(tally.undated),
    open: by(tally.open),
    held: by(tally.held),
  };
}

function emptyTally(): Tally {
  return {
    ...{ judged: 0, past: 0, warm: 0, undated: 0, open: 0, held: 0 },
    ...{ firstDue: null, oldest: null, newest: null },
  };
}

function least(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
