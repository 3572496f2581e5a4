import type { Config } from '../../model/policy/config.ts';
import type { JobMode } from '../../operate/jobs/run-jobs.ts';
import type { AcknowledgedAlarm, StatusAnswer } from '../../operate/status/status-json.ts';
import type { CountsAnswer } from '../answers/finding/counts-answer.ts';
import type { ExplainAnswer } from '../answers/finding/explain-answer.ts';
import type { ExportAnswer } from '../answers/finding/export-answer.ts';
import type { RestoreAnswer, RestorePlanAnswer } from '../answers/finding/restore-answer.ts';
import type { CountAnswer } from '../answers/finding/search-answer.ts';
import type { TimelineAnswer } from '../answers/finding/timeline-answer.ts';
import type { EraseAnswer } from '../answers/keeping/erase-answer.ts';
import type { HoldAnswer } from '../answers/keeping/hold-answer.ts';
import type {
  LakeRebuildAnswer,
  LakeStatusAnswer,
  LakeVerifyAnswer,
} from '../answers/keeping/lake-answer.ts';
import type { RebuildAnswer } from '../answers/keeping/rebuild-answer.ts';
import type { VerifyAnswer } from '../answers/keeping/verify-answer.ts';
import type { ArchiveAnswer } from '../answers/moving/archive-answer.ts';
import type { CleanupAnswer } from '../answers/moving/cleanup-answer.ts';
import type { JobAnswer } from '../answers/moving/job-answer.ts';
import type { PlanAnswer } from '../answers/moving/plan-answer.ts';
import type { ReclaimAnswer } from '../answers/moving/reclaim-answer.ts';
import type { ArchiveStatisticsAnswer, SegmentAnswer } from '../answers/retention/archive-listing-answer.ts';
import type { FileDetailsAnswer } from '../answers/retention/file-details-answer.ts';
import type { FilesAnswer } from '../answers/retention/files-answer.ts';
import type { PoliciesAnswer } from '../answers/retention/policies-answer.ts';
import type { RetentionStatsAnswer } from '../answers/retention/retention-stats-answer.ts';
import type { RetentionStatusAnswer } from '../answers/retention/retention-status-answer.ts';
import type { HistoryAnswer, PauseAnswer } from '../answers/running/history-answer.ts';
import type { ArchiveFileReader } from '../files/read-archive-file.ts';
import type {
  CallOptions,
  EraseOptions,
  ExportOptions,
  FindOptions,
  HistogramOptions,
  KeyValue,
  RestoreOptions,
  SearchOptions,
  SqlOptions,
  TimelineOptions,
} from '../options/row-options.ts';
import type {
  ArchiveOptions,
  CleanupOptions,
  FilesOptions,
  HistoryOptions,
  JobOptions,
  PlanOptions,
  ReclaimOptions,
  SchedulerOptions,
  SegmentOptions,
  VerifyOptions,
} from '../options/run-options.ts';
import type { SearchResult } from './search-result.ts';
import type { SqlResult } from './sql-result.ts';

/**
 * One database and its archive. What a method returns is the JSON of the command of the same name, as an object.
 *
 * Every method rejects with `FirnError`: `usage` for options that cannot be read, `not_found` without a database, `locked` while another run holds the
 * lock, `unavailable` when the database stays busy, `integrity` for an archive of another database. What goes wrong with one table or one file is in
 * the answer, and hides no other.
 *
 * Changing calls of one instance wait for each other. Reading calls run at once.
 */
export interface Firn extends AsyncDisposable {
  /** The configuration in force. Durations are milliseconds. */
  readonly config: Config;

  /** Copies rows that are older than their hot time into archive files, verifies the files, and then deletes the rows. @param target `all`, a group or a table. */
  archive(target: string, options?: ArchiveOptions): Promise<ArchiveAnswer>;
  /** Moves warm files into monthly bundles (cold), and purges rows past their retention time. */
  cleanup(options?: CleanupOptions): Promise<CleanupAnswer>;
  /** Runs a job as the scheduler does, with its notifications. A job that failed does not reject: see its `outcome` and `message`. */
  job(mode: JobMode, options?: JobOptions): Promise<JobAnswer>;
  /** Runs the jobs when they are due, until the signal aborts. Rejects with `locked` when another scheduler works on this database. */
  run(options: SchedulerOptions): Promise<void>;
  /** Keeps jobs from starting, and stops a running one at its next batch. @param options `for`: resume after this time, such as `2h`. */
  pause(options?: PauseOptions): Promise<PauseAnswer>;
  /** Ends a pause. Resolves to it; null when the jobs were not paused. */
  resume(options?: CallOptions): Promise<PauseAnswer | null>;
  /** Shrinks the database file by its free pages. */
  reclaim(options?: ReclaimOptions): Promise<ReclaimAnswer>;
  /** Verifies the archive. Without `deep` and `sample` it reads no rows, and changes nothing but that it records each problem. */
  verify(options?: VerifyOptions): Promise<VerifyAnswer>;
  /** Rebuilds the ledger from the archive files, after the database was lost, replaced or restored. */
  rebuild(options?: CallOptions): Promise<RebuildAnswer>;
  /** Writes the lake again from the archive files. Rejects with `config` when the configuration asks for none. */
  lakeRebuild(options?: CallOptions): Promise<LakeRebuildAnswer>;

  /** Finds rows in the database and the archives. Nothing is opened before the first row is asked for. */
  search(options?: SearchOptions): SearchResult;
  /** Counts matching rows. */
  count(options?: FindOptions): Promise<CountAnswer>;
  /** Counts matching rows over time and by value. */
  histogram(options?: HistogramOptions): Promise<CountsAnswer>;
  /** All rows of one execution, one task or the like, from all tables, in time order. @param condition such as `execution_id=9f1c`. */
  timeline(condition: string, options?: TimelineOptions): Promise<TimelineAnswer>;
  /** Where one row is, when it moves next, and what keeps it. @param key the values of its primary key, in key order; the beginning of the last one is enough. */
  explain(table: string, key: KeyValue | readonly KeyValue[], options?: CallOptions): Promise<ExplainAnswer>;
  /** Queries all tiers with the SQL of DuckDB. Needs the package `@duckdb/node-api`. */
  sql(text: string, options?: SqlOptions): SqlResult;
  /** Writes the rows of a table, from all tiers, into a new file. */
  export(table: string, options: ExportOptions): Promise<ExportAnswer>;
  /** Copies archived rows into a database. With `dryRun`, tells how much that would be. @param target `all`, a group or a table. */
  restore(target: string, options: RestoreOptions & { readonly dryRun: true }): Promise<RestorePlanAnswer>;
  restore(target: string, options: RestoreOptions & { readonly dryRun?: false }): Promise<RestoreAnswer>;
  /** Deletes matching rows permanently from the database and the archives. The signal is looked at before the first row is erased. */
  erase(target: string, options: EraseOptions): Promise<EraseAnswer>;

  /** Health, schedule, alarms and sizes. */
  status(options?: CallOptions): Promise<StatusAnswer>;
  /** The same as metrics in the text format of Prometheus. */
  metrics(options?: CallOptions): Promise<string>;
  /** Rows and files of each tier, by table. */
  retentionStatus(options?: CallOptions): Promise<RetentionStatusAnswer>;
  /** Ingest rate and storage forecast, by table. */
  retentionStats(options?: CallOptions): Promise<RetentionStatsAnswer>;
  /** The retention policies. */
  policies(): PoliciesAnswer;
  /** What other retention times would move and purge, beside what the present ones do. */
  plan(options?: PlanOptions): Promise<PlanAnswer>;
  /** The recorded runs, newest first. */
  history(options?: HistoryOptions): Promise<HistoryAnswer>;

  /** The archive files in the ledger, newest first. */
  files(options?: FilesOptions): Promise<FilesAnswer>;
  /** What the ledger and the footer say of one archive file. */
  file(name: string, options?: CallOptions): Promise<FileDetailsAnswer>;
  /** The archive files as they are found. The database is not needed. */
  segments(options?: SegmentOptions): Promise<readonly SegmentAnswer[]>;
  /** Sums over the archive files, by table and by day. The database is not needed. */
  archiveStatistics(options?: SegmentOptions): Promise<ArchiveStatisticsAnswer>;
  /** Opens an archive file to read its rows. The database is not needed. @param segment as `segments` names it. */
  openSegment(segment: string): Promise<ArchiveFileReader>;

  /** How much of the archives the lake has, and what is wrong with its files. Reads none of them. */
  lakeStatus(options?: CallOptions): Promise<LakeStatusAnswer>;
  /** Reads every byte of the lake, and compares it with the ledger. Changes nothing. */
  lakeVerify(options?: CallOptions): Promise<LakeVerifyAnswer>;

  /** The holds. */
  holds(options?: CallOptions): Promise<readonly HoldAnswer[]>;
  /** Keeps matching rows where they are until the hold is removed. */
  addHold(hold: NewHoldOptions): Promise<HoldAnswer>;
  /** Removes a hold. Rejects with `not_found` when there is none of that number. */
  removeHold(id: number, options?: CallOptions): Promise<void>;
  /** Acknowledges the alarms about a file. They stay listed, but are alarms no more. Rejects with `not_found` when there is none. */
  acknowledge(path: string, how: AcknowledgeOptions): Promise<readonly AcknowledgedAlarm[]>;

  /** Stops running calls cleanly, and resolves when they have ended. `await using` does the same. Later calls reject. */
  close(): Promise<void>;
}

/** Options of `pause`. */
export interface PauseOptions extends CallOptions {
  readonly reason?: string | undefined;
  /** Resume automatically after this time: `30min`, `2h`, `1d`. */
  readonly for?: string | undefined;
}

/** Options of `addHold`. */
export interface NewHoldOptions extends CallOptions {
  readonly table: string;
  /** Conditions, at least one. A row is held that meets all of them. */
  readonly where: EraseOptions['where'];
  /** Shown in reports. */
  readonly reason: string;
}

/** Options of `acknowledge`. */
export interface AcknowledgeOptions extends CallOptions {
  readonly reason: string;
  /** Who decided it. */
  readonly by?: string | undefined;
}
