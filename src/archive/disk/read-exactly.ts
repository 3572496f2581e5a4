import { FirnError } from '../../model/errors.ts';
import type { FileHandle } from './file-system.ts';

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
