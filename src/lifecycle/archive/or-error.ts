import { FirnError, inWords } from '../../model/errors.ts';
import { isUnavailable } from '../../model/retry.ts';

/** Why something could not be looked at, in words. */
export interface Failed {
  readonly error: string;
}

/** What an action gives, or why it failed: one table that cannot be read does not hide the others. Temporary failures are thrown. */
export async function orError<T>(action: () => Promise<T>): Promise<T | Failed> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FirnError && !isUnavailable(error)) return { error: inWords(error) };
    throw error;
  }
}
