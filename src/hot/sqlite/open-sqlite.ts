import type { Milliseconds } from '../../model/instant.ts';
import type { HotReader, HotStore } from '../hot-store.ts';
import { openForReading, openForWriting } from './connection/connection.ts';
import { type ShortWaits, shortWaits } from './connection/lock-turns.ts';
import { sqliteReader } from './read/sqlite-reader.ts';
import { sqliteStore } from './sqlite-store.ts';

/**
 * Opens an SQLite database to be read: neither it nor its folder is changed.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export async function openSqliteReader(path: string): Promise<HotReader> {
  return sqliteReader(openForReading(path));
}

export interface StoreOptions {
  /** For tests: how long to wait for others' locks before giving up with `unavailable`. */
  readonly busyTimeoutMs?: Milliseconds;
  /** For tests: milliseconds of a clock that never jumps. */
  readonly monotonic?: () => number;
  /** For tests: waits that are too short for timers. */
  readonly pause?: ShortWaits['pause'];
  /** Whether triggers of a table may write what they like when its rows are deleted; none may when missing. */
  readonly allowsTriggers?: (table: string) => boolean;
}

/**
 * Opens an existing SQLite database for archiving. Only one run may do so at a time: see `acquireRunLock`.
 * @throws FirnError `not_found` when there is no such file, `database` when it is no SQLite database.
 */
export async function openSqliteStore(path: string, options: StoreOptions = {}): Promise<HotStore> {
  const { busyTimeoutMs = 10_000 } = options;
  const { monotonic = shortWaits.monotonic, pause = shortWaits.pause } = options;
  return sqliteStore(openForWriting(path, busyTimeoutMs, options.allowsTriggers), { monotonic, pause });
}
