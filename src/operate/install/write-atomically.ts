import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FirnError } from '../../model/errors.ts';

/**
 * Puts a file in the place of what stands there: a reader sees the old text or the new, never half. The temporary name begins with a dot, so that a
 * collector of `*.prom` files does not read it.
 * @param mode of a new file, whatever the umask. One that is there keeps its own.
 */
export async function writeAtomically(path: string, text: string, mode = 0o600): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.firn-tmp`);
  try {
    const present = await stat(path).catch(() => null);
    // Of a process that died; a link of that name is not followed.
    await rm(temporary, { force: true });
    await using file = await open(temporary, 'wx', 0o600);
    await file.writeFile(text);
    await file.chmod(present === null ? mode : present.mode & 0o777);
    await file.sync();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FirnError('io', (error as Error).message, { operation: 'write the file', path, cause: error });
  }
}
