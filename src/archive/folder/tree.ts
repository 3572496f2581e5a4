import { dirname, resolve } from 'node:path';
import { FirnError } from '../../model/errors.ts';
import { failedWith } from '../../model/system-error.ts';
import { lineage, parentOf } from '../archive-path.ts';
import type { FileStatus, FileSystem } from '../disk/file-system.ts';
import { ifPresent } from '../disk/if-present.ts';

/**
 * The folders of an archive. Paths are the archive's own; '' is its root. No link below the root is ever followed; the
 * root itself may be one, since the user chose it.
 */
export class FolderTree {
  readonly root: string;
  readonly fs: FileSystem;
  /** Folders whose entry in their parent this process knows to be durable. */
  readonly #settled = new Set<string>();

  constructor(root: string, fs: FileSystem) {
    this.root = resolve(root);
    this.fs = fs;
  }

  absolute(path: string): string {
    return path === '' ? this.root : `${this.root}/${path}`;
  }

  /** What stands at the path, null when nothing does. Throws `refused` when the way there is not all folders. */
  async look(path: string, operation: string): Promise<FileStatus | null> {
    const root = await ifPresent(() => this.fs.stat(this.root));
    if (root === null) return null;
    if (root.kind !== 'folder') throw notAFolder(this.root, root, operation);
    for (const folder of lineage(parentOf(path))) {
      const status = await ifPresent(() => this.fs.lstat(this.absolute(folder)));
      if (status === null) return null;
      if (status.kind !== 'folder') throw notAFolder(this.absolute(folder), status, operation);
    }
    return path === '' ? root : await ifPresent(() => this.fs.lstat(this.absolute(path)));
  }

  /** Makes sure, durably, that the folder is there. */
  async ensure(folder: string, operation: string): Promise<void> {
    await this.#ensureRoot(operation);
    for (const path of lineage(folder)) {
      const status = await ifPresent(() => this.fs.lstat(this.absolute(path)));
      if (status === null) {
        this.#settled.delete(path);
        await this.#mkdir(this.absolute(path), operation);
      } else if (status.kind !== 'folder') {
        throw notAFolder(this.absolute(path), status, operation);
      }
      await this.#settleEntry(path);
    }
  }

  /** Makes the folder's entries durable, and its own and its parents' entries too. */
  async settle(folder: string): Promise<void> {
    await this.#settleRoot();
    for (const path of lineage(folder)) await this.#settleEntry(path);
    await this.sync(folder);
  }

  /** Makes the folder's entries durable, as far as its file system can (tmpfs and some overlays cannot). */
  async sync(folder: string): Promise<void> {
    await this.#syncAbsolute(this.absolute(folder));
  }

  /** After an entry of the folder went away: removes the folder when it is empty now, and makes all that durable. */
  async tidy(folder: string): Promise<void> {
    if (folder !== '' && (await this.#rmdir(folder))) await this.sync(parentOf(folder));
    else await this.sync(folder);
  }

  /** Makes durable that nothing stands at the path, which an earlier process may have removed just before it died. */
  async settleAbsence(path: string): Promise<void> {
    for (const folder of ['', ...lineage(parentOf(path))].reverse()) {
      const status = await ifPresent(() => this.fs.stat(this.absolute(folder)));
      if (status !== null) return await this.sync(folder);
    }
  }

  async #rmdir(folder: string): Promise<boolean> {
    try {
      await this.fs.rmdir(this.absolute(folder));
      this.#settled.delete(folder);
      return true;
    } catch (error) {
      if (failedWith(error, 'ENOTEMPTY', 'EEXIST', 'EBUSY')) return false;
      if (failedWith(error, 'ENOENT')) return true;
      throw error;
    }
  }

  /** Two processes may make the same folder at once. */
  async #mkdir(absolute: string, operation: string): Promise<void> {
    try {
      await this.fs.mkdir(absolute);
    } catch (error) {
      if (!failedWith(error, 'EEXIST')) throw error;
      const status = await ifPresent(() => this.fs.lstat(absolute));
      if (status !== null && status.kind !== 'folder') throw notAFolder(absolute, status, operation);
    }
  }

  async #ensureRoot(operation: string): Promise<void> {
    const missing: string[] = [];
    for (let at = this.root; (await ifPresent(() => this.fs.stat(at))) === null; at = dirname(at))
      missing.push(at);
    for (const path of missing.reverse()) {
      this.#settled.clear();
      await this.#mkdir(path, operation);
      await this.#syncAbsolute(dirname(path));
    }
    await this.#settleRoot();
  }

  /** Any folder on the way to the root may be one that an earlier process made, too. */
  async #settleRoot(): Promise<void> {
    if (this.#settled.has('')) return;
    for (let at = this.root; at !== dirname(at); at = dirname(at)) {
      try {
        await this.#syncAbsolute(dirname(at));
      } catch (error) {
        // We never made a folder in one that we may not read: its entries are not ours to settle.
        if (!failedWith(error, 'EACCES', 'EPERM')) throw error;
      }
    }
    this.#settled.add('');
  }

  /** An earlier process may have made the folder and died before its entry was durable: so once for every process. */
  async #settleEntry(folder: string): Promise<void> {
    if (this.#settled.has(folder)) return;
    await this.sync(parentOf(folder));
    this.#settled.add(folder);
  }

  async #syncAbsolute(absolute: string): Promise<void> {
    try {
      await this.fs.syncFolder(absolute);
    } catch (error) {
      if (!failedWith(error, 'EINVAL', 'ENOTSUP', 'EOPNOTSUPP')) throw error;
    }
  }
}

export function notFound(tree: FolderTree, path: string, operation: string): FirnError {
  return new FirnError('not_found', 'file not found', { operation, path: tree.absolute(path) });
}

export function isNoFile(tree: FolderTree, path: string, operation: string): FirnError {
  return new FirnError('refused', 'it is not a regular file. Firn does not follow links.', {
    operation,
    path: tree.absolute(path),
    hint: 'Remove it, or replace it with the regular file.',
  });
}

function notAFolder(path: string, status: FileStatus, operation: string): FirnError {
  const what = status.kind === 'link' ? 'a symbolic link, which Firn does not follow' : 'not a folder';
  return new FirnError('refused', `${path} is ${what}`, {
    operation,
    path,
    hint: 'Replace it with a folder, or pass another archive folder with --archive-path. For cold archives elsewhere, set archives: {warm: PATH, cold: PATH}.',
  });
}
