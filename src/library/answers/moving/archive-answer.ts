import type { ArchiveReport, TableReport, TableStatus } from '../../../lifecycle/archive/archive-report.ts';
import type { Reconciled } from '../../../lifecycle/reconcile/reconcile-plan.ts';
import type { Day } from '../../../model/instant.ts';
import type { OddTimes } from '../../../model/time/odd-times.ts';

/** What an archive run did, or would do: the JSON of `firn archive`. */
export interface ArchiveAnswer {
  readonly command: 'archive';
  readonly dry_run: boolean;
  /** The one `now` of the run, UTC ISO 8601. */
  readonly as_of: string;
  /** Rows that were archived (that would be archived, in a dry run). */
  readonly total: number;
  readonly tables: readonly ArchivedTable[];
  readonly warnings: readonly string[];
  /** What an earlier, interrupted run had left and this run completed, and what it found wrong (`action` is `alarm`). */
  readonly reconciled: readonly Reconciled[];
}

/** What became of one table in an archive run. */
export interface ArchivedTable extends OddTimesAnswer {
  readonly table: string;
  readonly status: TableStatus;
  /** Rows that were archived (that would be archived, in a dry run). */
  readonly records: number;
  readonly kept: KeptRows;
  /** Rows of `records` that left before their hot time ended, because the database is larger than its limit. */
  readonly early: number;
  /** Rows with a missing or invalid timestamp. They stay. */
  readonly undated: number;
  /** Rows of a child table whose parent row does not exist. They stay. */
  readonly orphans?: number;
  /** References of remaining rows to rows that leave; at least so many unless `dangling_exact`. */
  readonly dangling?: number;
  readonly dangling_exact?: boolean;
  /** The UTC day of the cutoff; null for tables that do not age. */
  readonly cutoff_date: Day | null;
  /** Paths of the new archive files, relative to the archive. */
  readonly archive_files: readonly string[];
  /** Size of the new archive files, and of the text in them. */
  readonly bytes: number;
  readonly raw_bytes: number;
  readonly duration_ms: number;
  /** Why there was nothing to do, or what went wrong. */
  readonly message?: string;
}

/** Rows past their hot time that stayed, by reason. */
export interface KeptRows {
  /** They changed while they were copied. */
  readonly changed: number;
  /** Unfinished by the policy's `open_while`. */
  readonly open: number;
  readonly held: number;
  /** Restored rows whose lease has not ended. */
  readonly leased: number;
  /** 1 when the row with the highest id stays, because SQLite would assign that id again. */
  readonly last_id: number;
  /** By the policy's `hot_rules` and `keep_last`. */
  readonly rule: number;
  readonly keep_last: number;
  /** A remaining row refers to them; another row of their unit stays. Only of tables with relations. */
  readonly referenced?: number;
  readonly with_unit?: number;
}

/** Rows whose time is understood and that stay because of it. */
export interface OddTimesAnswer {
  /** A placeholder stands for no time: 0001-01-01, 1970-01-01, 9999-12-31. */
  readonly sentinel: number;
  /** The time is after tomorrow. */
  readonly future: number;
  /** What the times that are not understood look like; null when nothing is known. */
  readonly time_hint: string | null;
}

/** The report in the shape of Firn's JSON. @internal */
export function archiveReportJson(report: ArchiveReport): ArchiveAnswer {
  return {
    command: report.command,
    dry_run: report.dryRun,
    as_of: report.asOf,
    total: report.total,
    tables: report.tables.map(tableJson),
    warnings: report.warnings,
    reconciled: report.reconciled,
  };
}

function tableJson(table: TableReport): ArchivedTable {
  return {
    table: table.table,
    status: table.status,
    records: table.records,
    kept: keptJson(table),
    early: table.early ?? 0,
    undated: table.undated,
    ...oddTimesJson(table.oddTimes),
    ...(table.orphans === undefined ? {} : { orphans: table.orphans }),
    ...danglingJson(table),
    cutoff_date: table.cutoffDate,
    archive_files: table.archiveFiles,
    bytes: table.bytes,
    raw_bytes: table.rawBytes,
    duration_ms: table.durationMs,
    ...(table.message === undefined ? {} : { message: table.message }),
  };
}

function oddTimesJson({ sentinel, future, hint }: OddTimes = NONE): OddTimesAnswer {
  return { sentinel, future, time_hint: hint };
}

const NONE: OddTimes = { sentinel: 0, future: 0, hint: null };

function danglingJson({ dangling }: TableReport): Pick<ArchivedTable, 'dangling' | 'dangling_exact'> {
  if (dangling === undefined) return {};
  return { dangling: dangling.rows, dangling_exact: dangling.isExact };
}

function keptJson({ kept: { lastId, keepLast, withUnit, ...kept } }: TableReport): KeptRows {
  return {
    ...kept,
    last_id: lastId,
    keep_last: keepLast,
    ...(withUnit === undefined ? {} : { with_unit: withUnit }),
  };
}
