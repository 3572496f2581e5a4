import { reporting } from '../../model/system-error.ts';
import type { OpenFile } from '../archive-store.ts';
import type { FileHandle } from '../disk/file-system.ts';
import { readExactly } from '../disk/read-exactly.ts';

/** A file of the archive, open for reading. */
export class FolderFile implements OpenFile {
  readonly bytes: number;
  readonly #handle: FileHandle;
  readonly #location: string;
  readonly #path: string;
  #closed = false;

  constructor(handle: FileHandle, bytes: number, location: string, path: string) {
    this.bytes = bytes;
    this.#handle = handle;
    this.#location = location;
    this.#path = path;
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    return reporting('read an archive file', this.#location, this.#path, () =>
      readExactly(this.#handle, this.bytes, `${this.#location}/${this.#path}`, offset, length),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }
}
