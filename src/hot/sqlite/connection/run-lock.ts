import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid } from 'node:process';
import { lockFileHolder, takeLockFile } from '../../../lock/lock-file.ts';
import { describeHolder, type HeldLock, type LockHolder } from '../../../lock/lock-holder.ts';
import { FirnError } from '../../../model/errors.ts';
import { kindOf } from '../../../model/system-error.ts';
import { asFirnError, guard } from './sqlite-error.ts';

/** lock: of the one run at a time. scheduler: of the one `firn run`, which lives on between its runs. */
type LockName = 'lock' | 'scheduler';

const OPERATION = 'take the run lock';

/**
 * Takes the run lock of a database: the lock file `<database>.firn-lock` beside it.
 * @throws FirnError `locked` naming the holder, `not_found` when there is no such database.
 */
export async function acquireRunLock(
  databasePath: string,
  { command, since }: Pick<LockHolder, 'command' | 'since'>,
  name: LockName = 'lock',
): Promise<HeldLock> {
  const path = lockPath(databasePath, name);
  const holder: LockHolder = { pid, host: hostname(), command, since, database: realpathSync(databasePath) };
  const taken = take(path, holder, databasePath);
  if (!('heldBy' in taken)) return taken;
  throw new FirnError('locked', `${describeHolder(taken.heldBy)} holds the lock`, {
    operation: OPERATION,
    path: databasePath,
    hint: 'Wait until the other run ends. Its lock ends with its process.',
  });
}

/** Who holds the run lock, null when nobody does. Nothing appears by asking. */
export async function lockHolder(databasePath: string, name: LockName = 'lock'): Promise<LockHolder | null> {
  const path = lockPath(databasePath, name);
  return guard('read the holder of the run lock', path, () => lockFileHolder(path));
}

function take(path: string, holder: LockHolder, databasePath: string): ReturnType<typeof takeLockFile> {
  try {
    return takeLockFile(path, holder, databasePath);
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw asFirnError(error, OPERATION, path);
    throw new FirnError(kindOf(code), message, {
      operation: OPERATION,
      path,
      hint: 'Run Firn as the user who owns the database; that user must be able to write to its folder.',
      cause: error,
    });
  }
}

function lockPath(databasePath: string, name: LockName): string {
  if (existsSync(databasePath)) return `${realpathSync(databasePath)}.firn-${name}`;
  throw new FirnError('not_found', 'database not found', {
    operation: OPERATION,
    path: databasePath,
    hint: 'Check --db-path. Firn never creates a database.',
  });
}
