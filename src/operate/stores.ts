import type { ArchiveStore } from '../archive/archive-store.ts';
import type { BucketCheckup } from '../archive/bucket/bucket-checkup.ts';
import type { Thawing } from '../archive/bucket/thawing.ts';
import type { Traffic } from '../archive/traffic.ts';
import type { Copier } from '../copying/copier.ts';
import type { HotCapabilities } from '../hot/hot-capabilities.ts';
import type { HotCheckup } from '../hot/hot-checkup.ts';
import type { HotLookup } from '../hot/hot-lookup.ts';
import type { HotDisk, HotStats } from '../hot/hot-stats.ts';
import type { HotReader, HotStore } from '../hot/hot-store.ts';
import type { AlarmLog } from '../hot/recorded-alarm.ts';
import type { RestoreTarget } from '../hot/restore-target.ts';
import type { RunLog, RunLogReader } from '../hot/run-log.ts';
import type { LockHolder } from '../lock/lock-holder.ts';
import type { Places } from '../lookup/places/places.ts';
import type { Clock } from '../model/clock.ts';
import type { Instant } from '../model/instant.ts';
import type { Config } from '../model/policy/config.ts';
import type { PolicySet } from '../model/policy/policy.ts';
import type { TableShape } from '../model/shape.ts';
import type { TimeSource } from '../model/time/time-format.ts';

/** A database and its archive, opened to be read. Opening them changes nothing. */
export interface Reading extends AsyncDisposable {
  readonly config: Config;
  readonly policies: PolicySet;
  readonly clock: Clock;
  readonly reader: HotReader;
  readonly archive: ArchiveStore;
}

/** The same, opened for the one run that may change them. The locks of database and archive are held until it is disposed of. */
export interface Writing extends Reading {
  readonly store: HotStore;
  /** The share of the time that the run may hold the database's write lock, above 0 and at most 1. */
  readonly pace: number;
  /** Whether the configuration asks for a lake. */
  readonly lake: boolean;
  /** Starts the copying thread, which ends with the session. */
  startCopier(): Promise<Copier>;
}

/** A database and its archive, opened to find rows in both. Opening them changes nothing. */
export interface Searching extends Places, AsyncDisposable {}

export interface SearchingOptions {
  /** Do without the database, when it is lost; the archive's files are searched as they are. */
  readonly archivesOnly?: boolean;
  /** Only rows of the database are wanted: it does not matter whose archive it is. */
  readonly hotOnly?: boolean;
}

/** Who holds the locks of a database now. */
export interface Holders {
  /** The changing run. */
  readonly lock: LockHolder | null;
  /** `firn run`. */
  readonly scheduler: LockHolder | null;
}

/**
 * Opens the stores of one configuration. All methods reject with `not_found` when there is no database, `database` when it is damaged or none.
 * What is opened is disposed of by the caller.
 */
export interface Stores {
  readonly config: Config;
  readonly clock: Clock;
  /** What was asked of the server of the archives up to now; null for archives on this machine. */
  traffic(): Traffic | null;
  /** What the database can do. */
  readonly capabilities: HotCapabilities;
  openReading(): Promise<Reading>;
  /** Rejects with `locked` when another run holds the lock of the database or the archive. `command` is what others are told. */
  openWriting(command: string): Promise<Writing>;
  /** Rejects with `integrity` when the archive is not this database's. */
  openSearching(options?: SearchingOptions): Promise<Searching>;
  /** What a run that restores or erases needs. Disposed of before the session. */
  openRowRun(session: Writing): Promise<Writing & { readonly lookup: HotLookup }>;
  openArchive(): Promise<ArchiveStore>;
  /** Looks at the buckets of the archives, one for each location on S3. Nothing is sent yet. */
  openBucketCheckups(): Promise<readonly BucketCheckup[]>;
  /** Thaws files of the archives. */
  openThawing(): Promise<Thawing>;
  openStats(): Promise<HotStats>;
  openCheckup(): Promise<HotCheckup>;
  /** Opens the database to shrink its file. The caller holds the run lock where it changes anything. Rejects with `refused` without `capabilities.reclaim`. */
  openDisk(): Promise<HotDisk>;
  /** The run history and the pause. */
  openRunLogReader(): Promise<RunLogReader>;
  /** The same, to be written to; needs no lock. */
  openRunLog(): Promise<RunLog>;
  /** The recorded alarms, to be written to; needs no lock. */
  openAlarmLog(): Promise<AlarmLog & AsyncDisposable>;
  /** Takes the lock of the one scheduler, which is held between its runs. Rejects with `locked` naming the holder. */
  lockScheduler(command: string): Promise<AsyncDisposable>;
  holders(): Promise<Holders>;
  /** A database file for restored rows; it is created when it does not exist. */
  openRestoreFile(path: string): Promise<RestoreTarget>;
  /** The same of an empty file under a temporary name, which is worth nothing unless it is closed. @param name of the file to be, for messages. */
  openNewRestoreFile(temporary: string, name: string): Promise<RestoreTarget>;
  /** The shape of a table in such a file; null when the file or the table does not exist. */
  shapeInFile(path: string, table: string): Promise<TableShape | null>;
  /** Whether a table has a column that the age of its rows can be taken from, as `firn init` judges it. A table that cannot be read has none. */
  hasTimeColumn(reader: Pick<HotReader, 'shape' | 'sideEffects'>, table: string): Promise<boolean>;
  /** What a sample says of a column of times; null when the table has no such column. */
  sampleTimes(
    reader: Pick<HotReader, 'shape'>,
    table: string,
    source: TimeSource,
  ): Promise<TimeSample | null>;
  /** The column that `firn init` would propose, and the newest time in a sample of it; null where there is none. */
  newestTime(
    reader: Pick<HotReader, 'shape' | 'sideEffects'>,
    table: string,
  ): Promise<{ readonly column: string; readonly newest: Instant } | null>;
}

/** The values of a column of times in a sample of rows: the first ones, the last ones, and some between. */
export interface TimeSample {
  readonly rows: number;
  /** NULL. */
  readonly missing: number;
  /** Values that are no times. */
  readonly invalid: number;
  /** Times before 1990, or more than a day in the future. */
  readonly implausible: number;
  /** What the numbers seem to be instead, in words; null where nothing tells. */
  readonly form: string | null;
}
