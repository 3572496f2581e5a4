import type { FileHandle, FileSystem } from '../../../../src/archive/disk/file-system.ts';
import { ifPresent } from '../../../../src/archive/disk/if-present.ts';

/** A call of the file system, or of one of its open files. */
export type FileAction = keyof FileSystem | 'write' | 'read' | 'sync' | 'fstat' | 'close';

/** The calls that change what is on the disk, or make it durable. */
export const CHANGING: ReadonlySet<FileAction> = new Set<FileAction>([
  'create',
  'write',
  'sync',
  'mkdir',
  'rmdir',
  'link',
  'rename',
  'unlink',
  'syncFolder',
]);

export interface Interception {
  /** Runs the call, or fails in its place. */
  readonly around: <T>(action: FileAction, path: string, run: () => Promise<T>) => Promise<T>;
  /** What of the bytes of a write reaches the file. */
  readonly cut?: (bytes: Uint8Array) => Uint8Array;
}

/** The same file system, with every call passing through `around`. */
export function interceptFileSystem(inner: FileSystem, interception: Interception): FileSystem {
  const { around } = interception;
  const opened = (file: FileHandle, path: string): FileHandle => interceptHandle(file, path, interception);
  return {
    create: (path) => around('create', path, async () => opened(await inner.create(path), path)),
    open: (path) => around('open', path, async () => opened(await inner.open(path), path)),
    blob: (path) => around('blob', path, () => inner.blob(path)),
    lstat: (path) => around('lstat', path, () => inner.lstat(path)),
    // As many calls of one path each.
    lstatAll: (paths) =>
      Promise.all(paths.map((path) => ifPresent(() => around('lstat', path, () => inner.lstat(path))))),
    stat: (path) => around('stat', path, () => inner.stat(path)),
    readdir: (path) => around('readdir', path, () => inner.readdir(path)),
    mkdir: (path) => around('mkdir', path, () => inner.mkdir(path)),
    rmdir: (path) => around('rmdir', path, () => inner.rmdir(path)),
    link: (from, to) => around('link', to, () => inner.link(from, to)),
    rename: (from, to) => around('rename', to, () => inner.rename(from, to)),
    unlink: (path) => around('unlink', path, () => inner.unlink(path)),
    syncFolder: (path) => around('syncFolder', path, () => inner.syncFolder(path)),
    lock: (path, holder, ownedLike) => around('lock', path, () => inner.lock(path, holder, ownedLike)),
  };
}

function interceptHandle(inner: FileHandle, path: string, { around, cut }: Interception): FileHandle {
  return {
    write: (bytes, position) => around('write', path, () => inner.write(cut?.(bytes) ?? bytes, position)),
    read: (into, position) => around('read', path, () => inner.read(into, position)),
    sync: () => around('sync', path, () => inner.sync()),
    stat: () => around('fstat', path, () => inner.stat()),
    close: () => around('close', path, () => inner.close()),
  };
}
