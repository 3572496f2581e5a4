import type { JobName } from '../../hot/run-log.ts';
import type { RunJson } from '../../operate/alarms/run-json.ts';
import type { OnProgress } from '../work/runs/run-progress.ts';
import type { ArchivesOnlyOption, CallOptions, RowOptions } from './row-options.ts';

/** Options of calls that can only tell what they would do. */
export interface DryRunOption {
  /** Only tell what would be done. Changes nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Options of `archive`. Durations are written as on the command line: `7d`, `2w`, `3m`, `1y`, `12h`. */
export interface ArchiveOptions extends CallOptions, DryRunOption {
  /** Use this age instead of the hot time; `0d` archives everything. */
  readonly olderThan?: string | undefined;
  /** Stop cleanly after this time; the next run continues. */
  readonly maxRuntime?: string | undefined;
  /** Pair this database with an archive of another database. */
  readonly adopt?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Options of `cleanup`. */
export interface CleanupOptions extends CallOptions, DryRunOption {
  /** Only move warm files to cold, or only purge expired rows; both when left out. */
  readonly only?: 'consolidate' | 'purge' | undefined;
  /** Move warm files older than this to cold, instead of using the policy. Does not affect purging. */
  readonly olderThan?: string | undefined;
  /** Allow a purge of more than half of all archived rows. */
  readonly allowLargePurge?: boolean | undefined;
  /** Pair this database with an archive of another database. */
  readonly adopt?: boolean | undefined;
}

/** Options of `verify`. */
export interface VerifyOptions extends CallOptions, ArchivesOnlyOption {
  /** Verify every byte, digest and key. Else names, sizes and footers are compared with the ledger. */
  readonly deep?: boolean | undefined;
  /** Verify this share of all bytes, above 0 and at most 1, the longest unverified first. */
  readonly sample?: number | undefined;
  /** Verify every byte of these files only, as alarms and `files` name them. */
  readonly files?: readonly string[] | undefined;
  /** Skip files that were verified within this time. */
  readonly notProvedFor?: string | undefined;
  readonly maxRuntime?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Options of `job`. */
export interface JobOptions extends CallOptions, DryRunOption {
  /** Stop cleanly after this time; the next run continues. */
  readonly maxRuntime?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Options of `reclaim`. */
export interface ReclaimOptions extends CallOptions, DryRunOption {
  /** Rebuild the whole file, while writers wait. */
  readonly full?: boolean | undefined;
}

/** Options of `plan`: retention times to try, such as `30d`; or a configuration file to compare with. */
export interface PlanOptions extends CallOptions {
  /** The table or group that the times are for; all when left out. */
  readonly target?: string | undefined;
  readonly hot?: string | undefined;
  readonly warm?: string | undefined;
  readonly cold?: string | undefined;
  readonly against?: string | undefined;
}

/** Options of `files`. */
export interface FilesOptions extends CallOptions, Pick<RowOptions, 'since' | 'until'> {
  /** Files of this table, group or bundle only. */
  readonly name?: string | undefined;
  readonly tier?: 'warm' | 'cold' | undefined;
  /** The most files; all when left out. */
  readonly limit?: number | undefined;
}

/** Options of `history`. */
export interface HistoryOptions extends CallOptions {
  /** The most runs; all when left out. */
  readonly limit?: number | undefined;
  readonly job?: JobName | undefined;
}

/** Options of `segments` and `archiveStatistics`. Days are the first days of files, both inclusive. */
export interface SegmentOptions extends CallOptions {
  readonly table?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Options of `run`. */
export interface SchedulerOptions {
  /** Ends the scheduler. A running job stops cleanly first. */
  readonly signal: AbortSignal;
  /** Stop each job cleanly after this time; the next run continues. */
  readonly maxRuntime?: string | undefined;
  /** Told what the scheduler does. It must not throw. */
  readonly onEvent?: ((event: SchedulerNews) => void) | undefined;
}

/** What the scheduler tells. */
export type SchedulerNews =
  /** It waits until this time (UTC ISO 8601); null for until something changes. */
  | { readonly event: 'waiting'; readonly until: string | null; readonly reason: string }
  | { readonly event: 'started'; readonly job: JobName; readonly reason: string }
  | { readonly event: 'ended'; readonly run: RunJson }
  /** Said once for each time that a job becomes overdue. */
  | { readonly event: 'overdue'; readonly jobs: readonly JobName[] }
  /** The history cannot be read just now, or a notification failed. */
  | { readonly event: 'problem'; readonly message: string };
