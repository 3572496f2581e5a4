import type { Tier } from '../../lookup/read/query.ts';
import type { BucketWidth } from '../../lookup/search/time-buckets.ts';
import type { Condition } from '../../model/filter.ts';
import type { OnProgress } from '../work/runs/run-progress.ts';

/** What every call takes. */
export interface CallOptions {
  /** Ends the call. A call that had changed nothing yet rejects with `interrupted`; a run that had stops cleanly, and its answer reports it. */
  readonly signal?: AbortSignal | undefined;
}

/** Which rows are wanted. All parts must hold. */
export interface RowOptions {
  /** Conditions such as `task_id=T-042` or `{ column: 'task_id', op: '=', value: 'T-042' }`. */
  readonly where?: readonly (string | Condition)[] | undefined;
  /** Earliest time: a day (`2026-03-31`), a time (`2026-03-31T08:00:00Z`), an age (`14d`, `12h`) or a date. */
  readonly since?: string | Date | undefined;
  /** Latest time, in the same forms. A day includes its last moment. */
  readonly until?: string | Date | undefined;
}

/** Options of calls that read the archive. */
export interface ArchivesOnlyOption {
  /** Read the archive files only. The database is not needed. */
  readonly archivesOnly?: boolean | undefined;
}

/** Options of `count` and `histogram`, and the rows of `search`. */
export interface FindOptions extends CallOptions, RowOptions, ArchivesOnlyOption {
  /** Tables and groups; all when left out. */
  readonly tables?: readonly string[] | undefined;
  /** Text that a value of the row contains. ASCII letters match in upper and lower case. */
  readonly text?: string | undefined;
  /** The tiers to look in; all when left out. */
  readonly tiers?: readonly Tier[] | undefined;
}

/** Options of `search`. */
export interface SearchOptions extends FindOptions {
  /** `newest` (default) or `oldest` first. */
  readonly order?: 'newest' | 'oldest' | undefined;
  /** The most rows; all when left out. */
  readonly limit?: number | undefined;
  /** Only these columns of each row. */
  readonly columns?: readonly string[] | undefined;
  /** Set `same_key_in_database` (default true). This asks the database about each archived row: without it, a search of many rows is several times faster. */
  readonly markReusedKeys?: boolean | undefined;
}

/** Options of `histogram`. */
export interface HistogramOptions extends FindOptions {
  /** The width of a bucket; as fits the time range when left out. */
  readonly bucket?: BucketWidth | undefined;
  /** Columns whose most frequent values are counted. */
  readonly facets?: readonly string[] | undefined;
}

/** Options of `timeline`. */
export interface TimelineOptions extends CallOptions, ArchivesOnlyOption {
  /** The most rows (default 10,000). */
  readonly limit?: number | undefined;
}

/** Options of `sql`. */
export interface SqlOptions extends CallOptions, ArchivesOnlyOption {}

/** Options of `export`. */
export interface ExportOptions extends CallOptions, RowOptions, ArchivesOnlyOption {
  /** The new file. It gets its name only when it is complete. */
  readonly output: string;
  /** `jsonl` (default) has the values exactly as they are archived. `parquet` needs DuckDB. */
  readonly format?: 'jsonl' | 'csv' | 'parquet' | undefined;
}

/** Options of `restore`. */
export interface RestoreOptions extends CallOptions, RowOptions, ArchivesOnlyOption {
  /** A database file, which is created if it does not exist; or `hot` for the live database. */
  readonly into: string;
  /** How long rows stay with `into: 'hot'` (default `14d`). */
  readonly for?: string | undefined;
  /** Also restore the rows that belong to these rows, and the rows that they belong to (units). */
  readonly withChildren?: boolean | undefined;
  readonly withParents?: boolean | undefined;
  /** Replace rows that have the same key but other values. */
  readonly overwrite?: boolean | undefined;
  /** Skip values of columns that the table no longer has. */
  readonly dropColumns?: boolean | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** Options of `erase`: which rows, and at least one condition. */
export interface EraseOptions extends CallOptions, RowOptions {
  readonly where: readonly (string | Condition)[];
  /** Also erase the rows that belong to these rows (units). */
  readonly withChildren?: boolean | undefined;
  /** Only tell what would be erased. */
  readonly dryRun?: boolean | undefined;
}

/** A value of a primary key. */
export type KeyValue = string | number | bigint | Uint8Array;
