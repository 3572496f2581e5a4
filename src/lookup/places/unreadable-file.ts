import { FirnError } from '../../model/errors.ts';

/**
 * Whether an error is about one table that cannot be read (a collation or a module that only the application has, a damaged page), so that others can be: not
 * about the whole database, and not for lack of time.
 */
export function isUnreadable(error: unknown): error is FirnError {
  return error instanceof FirnError && (error.code === 'database' || error.code === 'refused');
}
