import { parseDuration } from '../model/duration.ts';
import { FirnError } from '../model/errors.ts';
import type { Parse } from './command.ts';

/** A `DUR` of the command line in milliseconds; `0d` is allowed and means everything. */
export const duration: Parse<number> = (word, name) => parseDuration(word, { what: name });

/** A `DUR` that must be some time. */
export const positiveDuration: Parse<number> = (word, name) => {
  const ms = duration(word, name);
  if (ms > 0) return ms;
  throw new FirnError('usage', `${JSON.stringify(word)} is no time at all`, { operation: `read ${name}` });
};
