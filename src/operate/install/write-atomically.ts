import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FirnError } from '../../model/errors.ts';

/** Where a file is written until it is whole. The name begins with a dot, so that a collector of `*.prom` files does not read it. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${basename(path)}.firn-tmp`);
}

/** Creates an empty temporary file. What a process that died left under its name is removed; a link of that name is not followed. */
export async function openTemporary(temporary: string): Promise<FileHandle> {
  await rm(temporary, { force: true });
  return await open(temporary, 'wx', 0o600);
}

/**
 * Puts a file in the place of what stands there: a reader sees the old text or the new, never half.
 * @param mode of a new file, whatever the umask. One that is there keeps its own.
 */
export async function writeAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    const present = await stat(path).catch(() => null);
    await using file = await openTemporary(temporary);
    await file.writeFile(text);
    await file.chmod(present === null ? mode : present.mode & 0o777);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FirnError('io', (error as Error).message, { operation: 'write the file', path, cause: error });
  }
}
