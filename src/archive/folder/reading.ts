import { FirnError } from '../../model/errors.ts';
import { reporting } from '../../model/system-error.ts';
import type { OpenFile } from '../archive-store.ts';
import type { FileHandle } from './file-system.ts';

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

/** Reads exactly `length` bytes of a file of `size` bytes; nothing is allocated for what it cannot hold. */
export async function readExactly(
  handle: FileHandle,
  size: number,
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw endsBefore(path, size, offset, length);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = await handle.read(bytes.subarray(done), offset + done);
    if (count === 0) throw endsBefore(path, offset + done, offset, length);
    done += count;
  }
  return bytes;
}

function endsBefore(path: string, end: number, offset: number, length: number): FirnError {
  return new FirnError('integrity', `the file ends at byte ${end}, before the ${length} bytes at ${offset}`, {
    operation: 'read an archive file',
    path,
    hint: 'Run firn verify --deep to find the damage.',
  });
}
