import { parseDuration } from '../../model/duration.ts';
import { FirnError } from '../../model/errors.ts';
import type { Parse } from '../frame/command.ts';

/** A retention time in milliseconds; `0d` is allowed and means everything. */
export const duration: Parse<number> = (word, name) => parseDuration(word, { what: name });

/** A time of minutes, hours or days in milliseconds, 0 allowed; a bare `m` is refused as ambiguous. */
export const shortDuration: Parse<number> = (word, name) => parseDuration(word, { what: name, short: true });

/** The same, and longer than 0. */
export const positiveDuration: Parse<number> = (word, name) => {
  const ms = shortDuration(word, name);
  if (ms > 0) return ms;
  throw new FirnError('usage', `${JSON.stringify(word)} is 0. Pass a time longer than 0.`, {
    operation: `read ${name}`,
    path: name,
  });
};
