import { chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FirnError } from '../model/errors.ts';

/**
 * Puts a file in the place of what stands there: a reader sees the old text or the new, never half. The temporary name begins with a dot, so that a
 * collector of `*.prom` files does not read it.
 */
export async function writeAtomically(path: string, text: string, mode = 0o644): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.firn-tmp`);
  try {
    await using file = await open(temporary, 'w', mode);
    await file.writeFile(text);
    await file.sync();
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new FirnError('io', (error as Error).message, { operation: 'write the file', path, cause: error });
  }
}
