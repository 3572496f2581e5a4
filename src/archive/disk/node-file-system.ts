import { constants, lstatSync, openAsBlob } from 'node:fs';
import * as fs from 'node:fs/promises';
import { takeLockFile } from '../../lock/lock-file.ts';
import type { FileHandle, FileKind, FileStatus, FileSystem } from './file-system.ts';

/** The operating system's own file system. */
export const nodeFileSystem: FileSystem = {
  create: async (path) =>
    handle(
      await fs.open(
        path,
        constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
        0o600,
      ),
    ),
  // Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
  open: async (path) =>
    handle(await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)),
  blob: (path) => openAsBlob(path),
  lstat: async (path) => status(await fs.lstat(path)),
  // A call that waits takes 3 µs, one on the thread pool 40.
  lstatAll: async (paths) =>
    paths.map((path) => {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats === undefined ? null : status(stats);
    }),
  stat: async (path) => status(await fs.stat(path)),
  readdir: async (path) => {
    const entries = await fs.readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) }));
  },
  mkdir: async (path) => {
    await fs.mkdir(path, { mode: 0o700 });
  },
  rmdir: (path) => fs.rmdir(path),
  link: (from, to) => fs.link(from, to),
  rename: (from, to) => fs.rename(from, to),
  unlink: (path) => fs.unlink(path),
  syncFolder: async (path) => {
    await using folder = await fs.open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync();
  },
  lock: async (path, holder, ownedLike) => takeLockFile(path, holder, ownedLike),
};

function handle(file: fs.FileHandle): FileHandle {
  return {
    write: async (bytes, position) => (await file.write(bytes, 0, bytes.length, position)).bytesWritten,
    read: async (into, position) => (await file.read(into, 0, into.length, position)).bytesRead,
    // fdatasync also writes the metadata that reading needs, the size among it.
    sync: () => file.datasync(),
    stat: async () => status(await file.stat()),
    close: () => file.close(),
  };
}

interface Kinds {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: Kinds): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

function status(stats: Kinds & { readonly size: number; readonly mtimeMs: number }): FileStatus {
  return { kind: kindOf(stats), bytes: stats.size, modifiedMs: stats.mtimeMs };
}
