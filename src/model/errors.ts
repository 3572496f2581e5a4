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

/** What a failure says besides its message. */
export interface ErrorDetails {
  /** What was being done, as a verb phrase: `open the database`. */
  readonly operation: string;
  /** The file, table or setting it was done to. */
  readonly path?: string;
  /** What the user can do next, as a sentence. */
  readonly hint?: string;
  /** A later version of Firn made the file: this one cannot read it. */
  readonly isLater?: boolean;
  readonly cause?: unknown;
}

/** The one error class of Firn. The message has the reason; `operation`, `path` and `hint` tell what failed, where, and what to do next. */
export class FirnError extends Error {
  override readonly name = 'FirnError';
  readonly code: ErrorCode;
  readonly operation: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;
  readonly isLater: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.operation = details.operation;
    this.path = details.path;
    this.hint = details.hint;
    this.isLater = details.isLater ?? false;
  }
}

/** The reason of a failure and what to do next, in one text. */
export function inWords({ message, hint }: FirnError): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

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
