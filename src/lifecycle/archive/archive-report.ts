import type { Day, Milliseconds } from '../../model/instant.ts';
import type { ArchivePlan, TablePlan } from '../../model/policy/archive-plan.ts';
import type { OddTimes } from '../../model/time/odd-times.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';

/** How an archive run ended for one table. no_records: nothing to archive. partial: it was stopped; the next run continues. paused: it was not reached. */
export type TableStatus =
  | 'archived'
  | 'dry_run'
  | 'no_records'
  | 'exempt'
  | 'no_policy'
  | 'missing_table'
  | 'paused'
  | 'partial'
  | 'error';

/** What became of one table. */
export interface TableReport {
  readonly table: string;
  readonly status: TableStatus;
  /** Rows that left the hot store (that would leave, for a dry run). */
  readonly records: number;
  /** Rows of `records` that left before their hot time had ended, as the database is larger than its limit. Missing: none. */
  readonly early?: number;
  /** Due rows that stayed: changed while they were copied, still open, held, or with the greatest id, which would be used again. */
  readonly kept: { readonly changed: number } & TablePlan['kept'];
  readonly undated: number;
  /** Missing when there are none. */
  readonly oddTimes?: OddTimes;
  /** See `TablePlan`. */
  readonly orphans?: number;
  readonly dangling?: TablePlan['dangling'];
  readonly cutoffDate: Day | null;
  /** Paths of the segments, as in the archive. */
  readonly archiveFiles: readonly string[];
  /** Sealed size, and size of the lines, in bytes. */
  readonly bytes: number;
  readonly rawBytes: number;
  readonly durationMs: Milliseconds;
  readonly message?: string;
}

export interface ArchiveReport {
  readonly command: 'archive';
  readonly dryRun: boolean;
  /** The one `now` of the run, UTC ISO 8601. */
  readonly asOf: string;
  readonly total: number;
  readonly tables: readonly TableReport[];
  readonly warnings: readonly string[];
  /** What had to be put right first; empty after a run that ended well. Not there for a dry run. */
  readonly reconciled: readonly Reconciled[];
}

/** The report of a table as far as the plan knows it. */
export function plannedReport(plan: TablePlan): TableReport {
  return {
    table: plan.table,
    status: plan.status === 'due' ? 'dry_run' : plan.status,
    records: plan.records,
    kept: { changed: 0, ...plan.kept },
    undated: plan.undated,
    ...(plan.oddTimes === undefined ? {} : { oddTimes: plan.oddTimes }),
    ...(plan.orphans === undefined ? {} : { orphans: plan.orphans }),
    ...(plan.dangling === undefined ? {} : { dangling: plan.dangling }),
    cutoffDate: plan.cutoffDate,
    archiveFiles: [],
    bytes: 0,
    rawBytes: 0,
    durationMs: 0,
    ...(plan.message === null ? {} : { message: plan.message }),
  };
}

/** What a dry run prints: the plan, in the shape of the run's own report. */
export function dryRunReport(plan: ArchivePlan): ArchiveReport {
  const tables = plan.tables.map(plannedReport);
  return {
    command: 'archive',
    dryRun: true,
    asOf: plan.asOf,
    total: plan.total,
    tables,
    warnings: plan.warnings,
    reconciled: [],
  };
}
