import { FirnError } from '../../model/errors.ts';
import { escapedSign } from '../../model/visible-text.ts';

/** What a generated file cannot hold, and how it is called in a message. */
export interface Unfit {
  readonly pattern: RegExp;
  readonly what: string;
}

/** No line-based file has an escape for them that each of its readers knows: a line break in a path becomes a line of its own. */
const CONTROL: Unfit = { pattern: /\p{Cc}/u, what: 'a line break or another control character' };
/** How Node.js reads a name that is not UTF-8: the file of that name would not be found again. */
const UNREADABLE: Unfit = { pattern: /\ufffd/, what: 'a part that is not UTF-8' };

/**
 * Throws `refused` unless each word can stand in the generated file so that its reader gets exactly this word.
 * @param file what is generated, for the message: `a crontab`.
 */
export function requirePlain(words: readonly string[], file: string, unfit: readonly Unfit[] = []): void {
  for (const word of words) {
    const found = [CONTROL, UNREADABLE, ...unfit].find(({ pattern }) => pattern.test(word));
    if (found === undefined) continue;
    const shown = JSON.stringify(word).replaceAll(/\p{Cc}/gu, escapedSign);
    throw new FirnError('refused', `${shown} contains ${found.what}, which is not possible in ${file}`, {
      operation: 'write the schedule',
      path: shown,
      hint: 'Move the file or folder to a path without it, or start firn run in another way.',
    });
  }
}
