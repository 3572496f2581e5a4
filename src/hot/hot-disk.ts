import type { DatabaseFile, DiskRoom } from './hot-stats.ts';

/** Gives disk space of the hot store's file back. Never touches a row. */
export interface HotDisk extends AsyncDisposable {
  file(): Promise<DatabaseFile>;
  room(): Promise<DiskRoom>;
  /**
   * Cuts up to `pages` free pages off the file, in one short write transaction. Does nothing unless the file allows it
   * (`autoVacuum` incremental). Returns how many were cut off, and how long the write lock was held, in milliseconds.
   */
  vacuumStep(pages: number): Promise<{ readonly freed: number; readonly heldMs: number }>;
  /** Rebuilds the whole file without its free pages; writers wait until it is done. Settings of the file stay. Throws `unavailable`, `io`. */
  vacuumFull(): Promise<void>;
  /** Moves what the write-ahead log has into the file, so that it shrinks; makes nobody wait. */
  checkpoint(): Promise<void>;
  /** True when another connection committed since the last call. */
  othersWrote(): Promise<boolean>;
}
