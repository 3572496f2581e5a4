import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { LOCK_FILE } from '../../archive/archive-path.ts';
import { takeLockFile } from '../../lock/lock-file.ts';
import { describeHolder } from '../../lock/lock-holder.ts';
import { FirnError } from '../../model/errors.ts';
import { kindOf } from '../../model/system-error.ts';

const OPERATION = 'take the lock of the databases';

/** The lock of `firn run`, which is held between its jobs. */
export const SCHEDULER_LOCK = '.firn-scheduler';

/**
 * Takes the lock of the one run that goes over all databases of a configuration: a lock file in the folder of their archives.
 * @throws FirnError `locked` naming the holder.
 */
export function lockFleet(
  root: string,
  { command, since }: { readonly command: string; readonly since: string },
  file: string = LOCK_FILE,
): AsyncDisposable {
  const taken = take(root, file, { pid, host: hostname(), command, since });
  if (!('heldBy' in taken)) return taken;
  throw new FirnError('locked', `${describeHolder(taken.heldBy)} holds the lock`, {
    operation: OPERATION,
    path: root,
    hint: 'Wait until the other run ends. Its lock ends with its process.',
  });
}

function take(
  root: string,
  file: string,
  holder: Parameters<typeof takeLockFile>[1],
): ReturnType<typeof takeLockFile> {
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    return takeLockFile(join(root, file), holder, root);
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new FirnError(kindOf(code), message, {
      operation: OPERATION,
      path: root,
      hint: 'Run Firn as a user who can write to the folder of the archives.',
      cause: error,
    });
  }
}
