import { readFileSync } from 'node:fs';
import { FirnError } from '../model/errors.ts';

/**
 * The text of a UTF-8 file; null when there is none.
 * @throws FirnError `io` when it cannot be read, `config` when it is not UTF-8.
 */
export function readTextFile(path: string): string | null {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new FirnError('io', message, { operation: 'read the configuration', path, cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FirnError('config', 'the file is not UTF-8', {
      operation: 'read the configuration',
      path,
      cause,
    });
  }
}
