import { constants } from 'node:os';
import { FirnError } from './errors.ts';

/** True when the operating system failed with one of these codes. */
export function failedWith(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(codeOf(error) ?? '');
}

/**
 * Runs an operation of the folder store at `location`; a failure of the system becomes an `io` or `unavailable` error, everything else
 * passes as it is.
 */
export async function reporting<T>(
  operation: string,
  location: string,
  path: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    throw systemError(code, operation, location, path, error);
  }
}

/** Codes of the system after which the same call may succeed: it is short of something, or a file server does not answer. */
const PASSING = new Set(['EAGAIN', 'EBUSY', 'EINTR', 'EMFILE', 'ENFILE', 'ESTALE', 'ETIMEDOUT']);

/** What a failure of the system with this code is. */
export function kindOf(code: string): 'io' | 'unavailable' {
  return PASSING.has(code) ? 'unavailable' : 'io';
}

/** An `io` or `unavailable` error for a code of the operating system, with what the user can do about it. */
export function systemError(
  code: string,
  operation: string,
  location: string,
  path: string,
  cause?: unknown,
): FirnError {
  const [words, hint] = EXPLANATIONS[code] ?? [cause instanceof Error ? cause.message : 'system error', null];
  return new FirnError(kindOf(code), `${words} (${code})`, {
    operation,
    path: path === '' ? location : `${location}/${path}`,
    ...(hint === null ? {} : { hint: hint.replace('{}', location) }),
    ...(cause === undefined ? {} : { cause }),
  });
}

const FULL = 'Free disk space for {} and run again. No row of this file was deleted from the database.';
const LATER = 'Nothing is lost. Run again when Firn can read and write {}.';
const RIGHTS = 'Give the user that runs Firn read and write permission for {}.';
const LIMIT = 'Increase the limit of open files (ulimit -n) and run again.';

const EXPLANATIONS: Readonly<Record<string, readonly [words: string, hint: string | null]>> = {
  ENOSPC: ['the disk is full', FULL],
  EDQUOT: ['the disk quota is exceeded', FULL],
  EFBIG: ['the file is too large for the file system', 'Move {} to a file system without that limit.'],
  EIO: ['disk input/output error', 'Check the disk that holds {} before running again.'],
  EROFS: ['the file system is read-only', 'Mount the file system of {} read-write and run again.'],
  EACCES: ['permission denied', RIGHTS],
  EPERM: ['operation not permitted', RIGHTS],
  EXDEV: [
    'a part of the archive is on another file system',
    'Keep all files of {} on one file system. For cold archives on another disk, set archives: {warm: PATH, cold: PATH}.',
  ],
  ENOTDIR: ['a part of the path is not a folder', null],
  ENAMETOOLONG: ['the file name is too long for the file system', null],
  EMFILE: ['too many open files', LIMIT],
  ENFILE: ['too many open files in the system', LIMIT],
  EAGAIN: ['the system is short of resources', LATER],
  EBUSY: ['the file is in use', LATER],
  EINTR: ['the call was interrupted', LATER],
  ESTALE: ['the file server has replaced or removed the file', LATER],
  ETIMEDOUT: ['the file server does not answer', LATER],
};

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof FirnError) return null;
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || typeof syscall !== 'string') return null;
  // Node.js has no name for it: its code is `Unknown system error -116`.
  return errno === -constants.errno.ESTALE ? 'ESTALE' : code;
}
