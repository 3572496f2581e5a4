import { failedWith } from '../../model/system-error.ts';

/** What a call of the file system gives; null where the file or folder is not there (any more). */
export async function ifPresent<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (failedWith(error, 'ENOENT')) return null;
    throw error;
  }
}
