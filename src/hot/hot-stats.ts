import type { Day, Instant, Milliseconds } from '../model/instant.ts';
import type { Policy } from '../model/policy/policy.ts';
import type { TableShape } from '../model/shape.ts';
import type { BesideOthers } from './hot-capabilities.ts';
import type { DueRule } from './hot-store.ts';

/** Where the rows of one table stand. */
export interface TableStats {
  readonly total: number;
  /** total − stale. */
  readonly hot: number;
  /** Rows past the cutoff, and rows whose time cannot be understood or stands for none. */
  readonly stale: number;
  /** Stale rows that are younger than hot + warm. */
  readonly warm: number;
  /** Stale rows whose time stands for none (0001-01-01, 1970-01-01, 9999-12-31): they stay. */
  readonly sentinel: number;
  /** Hot rows whose time is after tomorrow. */
  readonly future: number;
  /** Stale rows that stay: no intelligible time; still open; held. A row that is both open and held counts as open. */
  readonly undated: number;
  readonly open: number;
  readonly held: number;
  /** Stale rows that were restored under a lease and that nothing else keeps. */
  readonly leased: number;
  /** Stale rows that nothing keeps. */
  readonly due: number;
  /** 1 when the row with the greatest id is past the cutoff and only stays because SQLite would give its id out again; else 0. */
  readonly lastId: number;
  /** Of tables that are bound to others: rows that stay because a remaining row refers to them, or another row of their unit stays. */
  readonly referenced?: number;
  readonly withUnit?: number;
  /** Rows of a child table whose parent does not exist. */
  readonly orphans?: number;
  readonly oldest: Instant | null;
  readonly newest: Instant | null;
  /** The time of the oldest row that nothing keeps and that is here past the cutoff. */
  readonly firstDue: Instant | null;
  /** What the times that are not understood look like, for people; null when nothing is known. */
  readonly timeHint: string | null;
  /** True when the table is too large to be looked at in full; `total` is exact all the same. */
  readonly estimated: boolean;
  /** Between what the true counts are for certain; null when all of them are exact. */
  readonly bounds: Readonly<Record<CountName, Bound>> | null;
}

/** The counts of a table that may be estimated. */
export type CountName =
  | 'hot'
  | 'stale'
  | 'warm'
  | 'undated'
  | 'sentinel'
  | 'future'
  | 'open'
  | 'held'
  | 'leased'
  | 'due';

export interface Bound {
  readonly atLeast: number;
  readonly atMost: number;
}

/** The database file as the disk sees it. */
export interface DatabaseFile {
  readonly path: string;
  /** Size of the file; of its write-ahead log, 0 when there is none. */
  readonly bytes: number;
  readonly walBytes: number;
  readonly pageBytes: number;
  readonly pages: number;
  /** Pages that hold nothing: new rows will use them, or `firn reclaim` gives them back. */
  readonly freePages: number;
  readonly journalMode: string;
  readonly autoVacuum: 'none' | 'full' | 'incremental';
}

/** Room on the disks that a full rebuild of the file uses, in bytes. */
export interface DiskRoom {
  /** Where the file is. */
  readonly database: number;
  /** Where the system keeps temporary files. */
  readonly temporary: number;
  /** Both are the same disk. */
  readonly shared: boolean;
}

/** Counts for reports, fast on tables of ten million rows: through indexes where there are any. Changes nothing. */
export interface HotStats extends AsyncDisposable {
  /** Throws `config` when the table lacks the policy's age column. */
  table(shape: TableShape, rule: DueRule): Promise<TableStats>;
  /**
   * Rows of each of these days, without those that were restored, which their segments count; null for a large table without an index on its
   * age column. Of a large table with one, zones are left aside. Throws `config` when the table lacks the policy's age column.
   */
  perDay(shape: TableShape, policy: Policy, days: readonly Day[]): Promise<readonly number[] | null>;
  file(): Promise<DatabaseFile>;
  room(): Promise<DiskRoom>;
}

/** Gives disk space of the hot store's file back. Never touches a row. */
export interface HotDisk extends AsyncDisposable, BesideOthers {
  file(): Promise<DatabaseFile>;
  room(): Promise<DiskRoom>;
  /**
   * Cuts up to `pages` free pages off the file, in one short write transaction. Does nothing unless the file allows it
   * (`autoVacuum` incremental). Returns how many were cut off, and how long the write lock was held, in milliseconds.
   */
  vacuumStep(pages: number): Promise<{ readonly freed: number; readonly heldMs: Milliseconds }>;
  /** Rebuilds the whole file without its free pages; writers wait until it is done. Settings of the file stay. Throws `unavailable`, `io`. */
  vacuumFull(): Promise<void>;
  /** Moves what the write-ahead log has into the file, so that it shrinks; makes nobody wait. */
  checkpoint(): Promise<void>;
}
