import { FirnError } from '../../model/errors.ts';
import { failedWith, reporting, systemError } from '../../model/system-error.ts';
import { parentOf } from '../archive-path.ts';
import type { PendingFile } from '../archive-store.ts';
import type { FileHandle } from '../disk/file-system.ts';
import { readExactly } from '../disk/read-exactly.ts';
import { moveToFreeName } from './naming.ts';
import type { FolderTree } from './tree.ts';

/** writing → synced → named; `failed` after any failed write or sync, whose bytes can no longer be trusted. */
type State = 'writing' | 'synced' | 'named' | 'failed' | 'abandoned';

/** A file under a temporary name. */
export class FolderPendingFile implements PendingFile {
  readonly #tree: FolderTree;
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #path: string;
  readonly #ended: () => void;
  #state: State = 'writing';
  #bytes = 0;

  constructor(tree: FolderTree, handle: FileHandle, temporary: string, path: string, ended: () => void) {
    this.#tree = tree;
    this.#handle = handle;
    this.#temporary = temporary;
    this.#path = path;
    this.#ended = ended;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#expect('writing', WRITE);
    const position = this.#bytes;
    this.#bytes += bytes.length;
    await this.#attempt(WRITE, async () => {
      const written = bytes.length === 0 ? 0 : await this.#handle.write(bytes, position);
      if (written === bytes.length) return;
      const cause = new Error(`wrote ${written} of ${bytes.length} bytes at ${position}`);
      throw systemError('ENOSPC', WRITE, this.#tree.root, this.#path, cause);
    });
  }

  async sync(): Promise<void> {
    if (this.#state === 'synced') return;
    this.#expect('writing', SYNC);
    await this.#attempt(SYNC, () => this.#handle.sync());
    this.#state = 'synced';
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#expect('synced', READ);
    return await reporting(READ, this.#tree.root, this.#path, () =>
      readExactly(this.#handle, this.#bytes, this.#tree.absolute(this.#path), offset, length),
    );
  }

  async publish(): Promise<void> {
    this.#expect('synced', PUBLISH);
    await reporting(PUBLISH, this.#tree.root, this.#path, async () => {
      if (!(await this.#inFolder(PUBLISH, () => moveToFreeName(this.#tree, this.#temporary, this.#path)))) {
        const holder = await this.#tree.look(this.#path, PUBLISH);
        throw this.#refused(
          holder === null || holder.kind === 'file'
            ? 'a file with this name exists, and Firn never overwrites archive files'
            : 'something other than a regular file has this name. Move it away.',
          PUBLISH,
        );
      }
      await this.#finish('named');
    });
  }

  async replace(): Promise<void> {
    this.#expect('synced', REPLACE);
    await reporting(REPLACE, this.#tree.root, this.#path, async () => {
      const holder = await this.#tree.look(this.#path, REPLACE);
      if (holder !== null && holder.kind !== 'file')
        throw this.#refused('something other than a regular file has this name', REPLACE);
      await this.#inFolder(REPLACE, () =>
        this.#tree.fs.rename(this.#tree.absolute(this.#temporary), this.#tree.absolute(this.#path)),
      );
      await this.#tree.sync(parentOf(this.#path));
      await this.#finish('named');
    });
  }

  async abandon(): Promise<void> {
    if (this.#state === 'named' || this.#state === 'abandoned') return;
    await reporting('remove a temporary file', this.#tree.root, this.#temporary, async () => {
      await this.#finish('abandoned');
      try {
        await this.#tree.fs.unlink(this.#tree.absolute(this.#temporary));
      } catch (error) {
        if (!failedWith(error, 'ENOENT')) throw error;
      }
    });
  }

  /** The folder may be empty, and so be removed with its last file, between the two calls: then it is made again. */
  async #inFolder<T>(operation: string, action: () => Promise<T>): Promise<T> {
    for (let attempts = 3; ; attempts--) {
      await this.#tree.ensure(parentOf(this.#path), operation);
      try {
        return await action();
      } catch (error) {
        if (attempts === 0 || !failedWith(error, 'ENOENT')) throw error;
      }
    }
  }

  async #attempt(operation: string, action: () => Promise<void>): Promise<void> {
    try {
      await reporting(operation, this.#tree.root, this.#path, action);
    } catch (error) {
      this.#state = 'failed';
      throw error;
    }
  }

  async #finish(state: 'named' | 'abandoned'): Promise<void> {
    this.#state = state;
    this.#ended();
    await this.#handle.close();
  }

  #expect(state: State, operation: string): void {
    if (this.#state !== state) throw this.#refused(`the file is ${this.#state}, not ${state}`, operation);
  }

  #refused(message: string, operation: string): FirnError {
    return new FirnError('refused', message, { operation, path: this.#tree.absolute(this.#path) });
  }
}

const WRITE = 'write an archive file';
const SYNC = 'make an archive file durable';
const READ = 'read an archive file back';
const PUBLISH = 'publish an archive file';
const REPLACE = 'replace an archive file';
