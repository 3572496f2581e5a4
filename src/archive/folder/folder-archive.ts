import { randomBytes } from 'node:crypto';
import type { LockHolder } from '../../lock/lock-holder.ts';
import { failedWith, reporting } from '../../model/system-error.ts';
import { checkPath, parentOf, TEMPORARY } from '../archive-path.ts';
import type {
  ArchiveCapabilities,
  ArchiveStore,
  AwayLocation,
  OpenFile,
  PendingFile,
  StoredFile,
} from '../archive-store.ts';
import type { FileHandle, FileSystem } from '../disk/file-system.ts';
import { nodeFileSystem } from '../disk/node-file-system.ts';
import { FolderLock } from './folder-lock.ts';
import { FolderPendingFile } from './pending.ts';
import { moveToQuarantine } from './quarantine.ts';
import { FolderFile } from './reading.ts';
import { FolderTree, isNoFile, notFound } from './tree.ts';
import { emptyFolders, temporaries, walk } from './walk-files.ts';

/**
 * An archive in a folder, which appears with the first `create`. Files have mode 0600, folders 0700. Temporary files
 * are in `.tmp/` at the root, so everything below the root must be on one file system.
 */
export function openFolder(folder: string, fileSystem: FileSystem = nodeFileSystem): ArchiveStore {
  return new FolderArchive(new FolderTree(folder, fileSystem));
}

class FolderArchive implements ArchiveStore {
  readonly location: string;
  readonly capabilities: ArchiveCapabilities;
  readonly apart = null;
  readonly #tree: FolderTree;
  readonly #lock: FolderLock;
  /** Temporary files of this process. */
  readonly #pending = new Set<string>();

  constructor(tree: FolderTree) {
    this.#tree = tree;
    this.location = this.#tree.root;
    this.capabilities = {
      localPath: (path) => this.#tree.absolute(path),
      erasesInPlace: true,
      isRemote: false,
    };
    this.#lock = new FolderLock(tree);
  }

  traffic(): null {
    return null;
  }

  async away(): Promise<readonly AwayLocation[]> {
    return [];
  }

  lock(holder: LockHolder): Promise<AsyncDisposable> {
    return this.#do('lock the archive', '', (operation) => this.#lock.take(holder, operation));
  }

  list(prefix: string): Promise<readonly StoredFile[]> {
    return this.#do('list the archive', prefix, async (operation) => {
      if (prefix !== '') checkPath(prefix, operation);
      const status = await this.#tree.look(prefix, operation);
      if (status?.kind === 'link') throw isNoFile(this.#tree, prefix, operation);
      if (status?.kind !== 'folder') return [];
      const { files } = await walk(this.#tree, prefix);
      return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    });
  }

  strays(): Promise<readonly string[]> {
    return this.#do('list the archive', '', async (operation) => {
      if ((await this.#tree.look('', operation)) === null) return [];
      return (await walk(this.#tree, '')).strays.sort();
    });
  }

  create(path: string): Promise<PendingFile> {
    return this.#do('create an archive file', path, async (operation) => {
      checkPath(path, operation);
      await this.#tree.look(path, operation);
      await this.#lock.takeLate();
      await this.#tree.ensure(TEMPORARY, operation);
      const temporary = `${TEMPORARY}/${randomBytes(16).toString('hex')}.tmp`;
      this.#pending.add(temporary);
      const handle = await this.#tree.fs.create(this.#tree.absolute(temporary));
      return new FolderPendingFile(this.#tree, handle, temporary, path, () =>
        this.#pending.delete(temporary),
      );
    });
  }

  open(path: string): Promise<OpenFile> {
    return this.#do('open an archive file', path, async (operation) => {
      const handle = await this.#openFile(path, operation);
      return new FolderFile(handle, (await handle.stat()).bytes, this.location, path);
    });
  }

  settle(path: string): Promise<void> {
    return this.#do('make an archive file durable', path, async (operation) => {
      const handle = await this.#openFile(path, operation);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#tree.settle(parentOf(path));
    });
  }

  remove(path: string): Promise<void> {
    return this.#do('remove an archive file', path, async (operation) => {
      checkPath(path, operation);
      const status = await this.#tree.look(path, operation);
      if (status === null) return await this.#tree.settleAbsence(path);
      if (status.kind !== 'file') throw isNoFile(this.#tree, path, operation);
      await this.#unlink(path);
      await this.#tree.tidy(parentOf(path));
    });
  }

  quarantine(path: string, note: string): Promise<string> {
    return this.#do('quarantine an archive file', path, async (operation) => {
      checkPath(path, operation);
      return await moveToQuarantine(this, this.#tree, path, note, operation);
    });
  }

  sweep(): Promise<readonly string[]> {
    return this.#do('remove temporary files', TEMPORARY, async (operation) => {
      for (const folder of await emptyFolders(this.#tree)) await this.#tree.tidy(folder);
      if ((await this.#tree.look(TEMPORARY, operation)) === null) return [];
      const left = (await temporaries(this.#tree)).ours.filter((path) => !this.#pending.has(path));
      for (const path of left) await this.#unlink(path);
      if (left.length > 0) await this.#tree.sync(TEMPORARY);
      return left;
    });
  }

  /** Opens a file that is really a file; the caller closes it. */
  async #openFile(path: string, operation: string): Promise<FileHandle> {
    checkPath(path, operation);
    const status = await this.#tree.look(path, operation);
    if (status === null) throw notFound(this.#tree, path, operation);
    if (status.kind !== 'file') throw isNoFile(this.#tree, path, operation);
    const handle = await this.#tree.fs.open(this.#tree.absolute(path)).catch((error: unknown) => {
      if (failedWith(error, 'ENOENT')) throw notFound(this.#tree, path, operation);
      if (failedWith(error, 'ELOOP')) throw isNoFile(this.#tree, path, operation);
      throw error;
    });
    // Somebody may have put something else there since we looked.
    if ((await handle.stat()).kind === 'file') return handle;
    await handle.close();
    throw isNoFile(this.#tree, path, operation);
  }

  async #unlink(path: string): Promise<void> {
    try {
      await this.#tree.fs.unlink(this.#tree.absolute(path));
    } catch (error) {
      if (!failedWith(error, 'ENOENT')) throw error;
    }
  }

  #do<T>(operation: string, path: string, action: (operation: string) => Promise<T>): Promise<T> {
    return reporting(operation, this.location, path, () => action(operation));
  }
}
