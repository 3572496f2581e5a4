import type { JobName } from '../hot/run-log.ts';
import { DAY_MS } from '../model/duration.ts';
import type { ArchivePlan } from '../model/plan.ts';
import type { PolicySet } from '../model/policy.ts';
import { jobTables } from './job-tables.ts';
import type { JobTimes } from './schedule.ts';

/** A table's due rows may wait this much longer than from one start of its job to the next. */
const GRACE_MS = DAY_MS / 2;

/** How a table stands to its policy. */
export interface TableFigures {
  readonly table: string;
  /** The job that archives it. */
  readonly job: JobName;
  /** Why it cannot be looked at; null when it can. */
  readonly problem: string | null;
  /** Rows that should have left by now. */
  readonly due: number;
  readonly open: number;
  readonly held: number;
  readonly undated: number;
  /** How long the oldest due row has been due, counted from the end of its day, in milliseconds. */
  readonly behindMs: number;
  /** Longer than its job explains. */
  readonly overdue: boolean;
}

/** Tables that the database lacks have none. */
export function tableFigures(
  settings: { readonly policies: PolicySet; readonly weeklyTables: readonly string[] },
  times: readonly JobTimes[],
  plan: ArchivePlan,
  now: number,
): TableFigures[] {
  const weekly = new Set(jobTables(settings.policies, settings.weeklyTables, 'weekly'));
  const there = plan.tables.filter(({ status }) => status !== 'missing_table');
  return there.map((table) => {
    const job = weekly.has(table.table) ? 'weekly' : 'daily';
    const oldest = table.steps[0]?.day ?? null;
    const behindMs =
      oldest === null || table.cutoff === null
        ? 0
        : Math.max(0, table.cutoff / 1000 - Date.parse(`${oldest}T00:00:00Z`) - DAY_MS);
    return {
      table: table.table,
      job,
      problem: table.status === 'error' ? table.message : null,
      due: table.records,
      ...table.kept,
      undated: table.undated,
      behindMs,
      overdue: behindMs > intervalOf(times, job, now) + GRACE_MS,
    };
  });
}

/** From one start of a job to the next; a day for a job that is never scheduled. */
function intervalOf(times: readonly JobTimes[], job: JobName, now: number): number {
  const own = times.find((candidate) => candidate.job === job);
  const next = own?.next(now) ?? null;
  const after = next === null ? null : (own?.next(next) ?? null);
  return next === null || after === null ? DAY_MS : after - next;
}
