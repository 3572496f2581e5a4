import { FirnError } from '../model/errors.ts';

/** The error of bytes that are not what a sealed file holds. */
export function damaged(path: string, operation: string, why: string, cause?: unknown): FirnError {
  return new FirnError('integrity', why, {
    operation,
    path,
    hint: 'Do not delete the file. Run firn verify --deep to see what can still be read.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The errors of a file that a later version of Firn has written: by its format, or by what it says. */
export function tooNew(path: string, operation: string, format: number, newest: number): FirnError {
  const why = `it has format ${format}; this version of Firn supports only formats 1 to ${newest}`;
  return laterVersion(path, operation, why);
}

export function laterVersion(path: string, operation: string, why: string): FirnError {
  return new FirnError('refused', why, {
    operation,
    path,
    hint: 'Use a newer version of Firn.',
    isLater: true,
  });
}
