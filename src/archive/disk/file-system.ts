import type { HeldLock, LockHolder } from '../../lock/lock-holder.ts';

/**
 * What the stores ask of the operating system: POSIX calls that fail with POSIX codes (`error.code` is `ENOENT`,
 * `ENOSPC` …). Narrow, so that tests can put a simulated disk below the real ones.
 */
export interface FileSystem {
  /** A new file of mode 0600, open for reading and writing. `EEXIST` when anything has the name, a link too. */
  create(path: string): Promise<FileHandle>;
  /** Open for reading. `ELOOP` when the last component is a link. */
  open(path: string): Promise<FileHandle>;
  /** The bytes of a file that nobody changes any more, read as they are asked for. */
  blob(path: string): Promise<Blob>;
  /** What stands at the path itself, links not followed. */
  lstat(path: string): Promise<FileStatus>;
  /** The same of many paths, null where nothing stands: a list of an archive has tens of thousands. */
  lstatAll(paths: readonly string[]): Promise<readonly (FileStatus | null)[]>;
  /** What the path leads to. */
  stat(path: string): Promise<FileStatus>;
  readdir(path: string): Promise<readonly FolderEntry[]>;
  /** A new folder of mode 0700. */
  mkdir(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** A second name for a file. `EEXIST` when the new name is taken. */
  link(from: string, to: string): Promise<void>;
  /** Takes the place of whatever file has the new name. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes the folder's entries durable (fsync of the folder). */
  syncFolder(path: string): Promise<void>;
  /** Takes the lock file at the path, which appears when it is not there; see `takeLockFile`. */
  lock(
    path: string,
    holder: LockHolder,
    ownedLike: string,
  ): Promise<HeldLock | { readonly heldBy: LockHolder | null }>;
}

export interface FileHandle {
  /** Returns how many bytes were written, which may be fewer than given. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  /** Fills the buffer from its start; returns how many bytes were read, 0 at the end of the file. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Makes the bytes and the size durable. */
  sync(): Promise<void>;
  stat(): Promise<FileStatus>;
  close(): Promise<void>;
}

export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface FileStatus {
  readonly kind: FileKind;
  readonly bytes: number;
  /** When it was last written to, in milliseconds with fractions; absent where that is not known. */
  readonly modifiedMs?: number;
}

export interface FolderEntry {
  readonly name: string;
  readonly kind: FileKind;
}
