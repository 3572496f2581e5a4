import { closeSync, openSync } from 'node:fs';
import { resultCode } from '../../../lock/result-code.ts';
import { type ErrorCode, FirnError } from '../../../model/errors.ts';
import { kindOf, systemError } from '../../../model/system-error.ts';

const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const FULL = 13;
const CANTOPEN = 14;
const TOOBIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;
const AUTH = 23;
const NOTADB = 26;

/** A value or a result would be larger than SQLite can hold. */
export function isTooBig(error: unknown): boolean {
  return resultCode(error) === TOOBIG;
}

/** The table does not take a row: a constraint, its size, or the type of its key. The transaction goes on without it. */
export function isRefusedRow(error: unknown): boolean {
  return [CONSTRAINT, TOOBIG, MISMATCH].includes(resultCode(error) ?? 0);
}

/** Whether SQLite raised it. */
export function isSqliteError(error: unknown): boolean {
  return resultCode(error) !== null;
}

/** An SQLite error as a FirnError that says what was being done to which database; other errors come back as they are. */
export function asFirnError(error: unknown, operation: string, path: string): unknown {
  const code = resultCode(error);
  if (code === null || error instanceof FirnError) return error;
  const { kind, why, hint } = explain(code, (error as Error).message);
  return new FirnError(kind, why, { operation, path, cause: error, ...(hint === undefined ? {} : { hint }) });
}

/** The same of a database that could not be opened. SQLite does not say why; the system does, when it is asked for the file once more. */
export function asOpeningError(error: unknown, operation: string, path: string): unknown {
  if (resultCode(error) !== CANTOPEN) return asFirnError(error, operation, path);
  try {
    closeSync(openSync(path, 'r'));
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (kindOf(code) === 'unavailable') return systemError(code, operation, path, '', cause);
  }
  return asFirnError(error, operation, path);
}

function explain(code: number, message: string): { kind: ErrorCode; why: string; hint?: string } {
  switch (code) {
    case BUSY:
    case LOCKED:
      return {
        kind: 'unavailable',
        why: 'the database is locked by other processes',
        hint: 'Nothing is lost. Run again when the database is less busy.',
      };
    case NOTADB:
      return {
        kind: 'database',
        why: 'the file is not an SQLite database, or it is encrypted',
        hint: 'Check --db-path.',
      };
    case CANTOPEN:
    case IOERR:
    case FULL:
      return { kind: 'io', why: message };
    case READONLY:
      return { kind: 'io', why: message, hint: 'Check the permissions of the database and of its folder.' };
    case AUTH:
      return { kind: 'refused', why: `${message}: the connection is read-only` };
    default:
      return { kind: 'database', why: message };
  }
}

/** Runs `action`, and turns an SQLite error into a FirnError. */
export function guard<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asFirnError(error, operation, path);
  }
}
