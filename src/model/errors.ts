/**
 * What kind of failure this is; `cli/exit-status.ts` maps each to an exit status.
 *
 * usage: wrong arguments · config: wrong configuration · not_found: a database, table, file or row that is not there ·
 * locked: another run holds the lock · unavailable: a database or a file cannot be used just now (locked by others, too many open
 * files, no answer), and the same call may succeed later · integrity: an archive does not
 * hold what its receipt says · refused: Firn will not do this without being told · io: the disk · database: SQLite ·
 * interrupted: stop requested, a pause or a time budget.
 */
export type ErrorCode =
  | 'usage'
  | 'config'
  | 'not_found'
  | 'locked'
  | 'unavailable'
  | 'integrity'
  | 'refused'
  | 'io'
  | 'database'
  | 'interrupted';

export interface ErrorDetails {
  /** What was being done, as a verb phrase: `open the database`. */
  readonly operation: string;
  /** The file, table or setting it was done to. */
  readonly path?: string;
  /** What the user can do next, as a sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class of Firn. The message says why; operation, path and hint say what, where and what next. */
export class FirnError extends Error {
  override readonly name = 'FirnError';
  readonly code: ErrorCode;
  readonly operation: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.path = details.path;
    this.hint = details.hint;
  }
}

/** The reason of a failure and what to do next, in one text. */
export function inWords({ message, hint }: FirnError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
