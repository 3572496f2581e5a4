import { FirnError } from '../../model/errors.ts';

/** Bytes that are not what they should be, that the disk does not give, or (`refused`) that a later version of Firn has sealed: of one file alone. */
export function isUnreadable(error: unknown): error is FirnError {
  return error instanceof FirnError && ['integrity', 'io', 'refused'].includes(error.code);
}

/** The rows of one table in the database cannot be read: a collation or a module that only the application has, a damaged page. */
export function isTableUnread(error: unknown): error is FirnError {
  return error instanceof FirnError && ['database', 'refused'].includes(error.code);
}
