import { FirnError } from './errors.ts';

/** What was opened or read; null when it is not there (any more). Every other failure is thrown. */
export async function ifThere<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}

export function isNotThere(error: unknown): error is FirnError {
  return error instanceof FirnError && error.code === 'not_found';
}

/** Of one file alone: bytes that are not what they should be, that the disk does not give, or (`refused`) that a later version of Firn has sealed. */
export function isUnreadableFile(error: unknown): error is FirnError {
  return error instanceof FirnError && ['integrity', 'io', 'refused'].includes(error.code);
}

/**
 * Of one table of the database alone (a collation or a module that only the application has, a damaged page), so that others can be read: not
 * about the whole database, and not for lack of time.
 */
export function isUnreadableTable(error: unknown): error is FirnError {
  return error instanceof FirnError && ['database', 'refused'].includes(error.code);
}
