import type { Bound } from '../../hot/hot-stats.ts';
import type { JobName } from '../../hot/run-log.ts';
import { dueRows } from '../../lifecycle/report/status-overdue.ts';
import type { RetentionStatus } from '../../lifecycle/report/tier-report.ts';
import { type Milliseconds, msOf } from '../../model/instant.ts';
import { sameWord } from '../../model/names.ts';

/** How a table stands to its policy. */
export interface TableFigures {
  readonly table: string;
  /** The job that archives it. */
  readonly job: JobName;
  /** Why it cannot be looked at; null when it can. */
  readonly problem: string | null;
  /** Rows in the database. */
  readonly total: number;
  /** Rows that should have left by now. */
  readonly due: number;
  /** Between what the true number of due rows is for certain; null when `due` is exact. */
  readonly dueBound: Bound | null;
  /** The table is too large to be looked at in full: counts but the total may be estimates. */
  readonly estimated: boolean;
  /** Rows past their hot time that stay: open, held, or without an intelligible time. */
  readonly open: number;
  readonly held: number;
  /** Restored rows whose lease keeps them. */
  readonly leased: number;
  /** 1 when the row with the greatest id only stays so that its id is not used again. */
  readonly lastId: number;
  readonly undated: number;
  /** How long the oldest due row has been due, in milliseconds. */
  readonly behindMs: Milliseconds;
  /** Longer than the schedule explains. */
  readonly overdue: boolean;
}

/** Tables that the database lacks have none. */
export function tableFigures(
  retention: RetentionStatus,
  weeklyTables: readonly string[],
  now: number,
): TableFigures[] {
  const jobOf = (table: string): JobName =>
    weeklyTables.some((weekly) => sameWord(weekly, table)) ? 'weekly' : 'daily';
  const late = new Set(retention.overdue.filter(({ what }) => what === 'archive').map(({ table }) => table));
  const figures = retention.database.map(({ table, policy, stats }): TableFigures => {
    const due = dueRows(policy, stats);
    const { total, open, held, leased, lastId, undated, estimated } = stats;
    const dueBound = stats.bounds?.due ?? null;
    return {
      ...{ table, job: jobOf(table), problem: null, total, open, held, leased, lastId, undated },
      ...{ estimated, dueBound },
      due: due?.rows ?? 0,
      behindMs: due === null ? 0 : Math.max(0, now - msOf(due.since)),
      overdue: late.has(table),
    };
  });
  const nothing = {
    ...{ total: 0, due: 0, open: 0, held: 0, leased: 0, lastId: 0, undated: 0, behindMs: 0, overdue: false },
    ...{ estimated: false, dueBound: null },
  };
  const unreadable = retention.unreadable.map(({ table, message }) => ({
    ...{ table, job: jobOf(table), problem: message },
    ...nothing,
  }));
  return [...figures, ...unreadable];
}
