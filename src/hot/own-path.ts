import { existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { FirnError } from '../model/errors.ts';

/** What a file that Firn is told to write must not be. */
export interface Guarded {
  /** The database file; null when it is not on this machine. */
  readonly database: string | null;
  /** The folders of the archive that are on this machine. */
  readonly archives?: readonly string[];
  /** The configuration file; null when there is none. */
  readonly config?: string | null;
}

export interface OutputUse {
  /** For the message: `write the export`. */
  readonly operation: string;
  /** The file that is there is changed, not replaced: its other names (hard links) would change with it. */
  readonly inPlace?: boolean;
}

/** What SQLite and Firn put beside a database, under its name. */
const BESIDE = /^(.+?)(-wal|-shm|-journal|\.firn-(?:lock|scheduler)(?:-journal)?)$/;

/** Whether a file of this name belongs to a database beside it: a journal or a lock. */
export function belongsToDatabase(name: string): boolean {
  return BESIDE.test(name);
}

/**
 * Throws unless a file of the user's own may be written at the path: its folder is there, what has the name (if anything) is an ordinary file,
 * and it is neither the database, nor one of the files that belong to a database, nor in the archive, nor the configuration.
 */
export function requireOwnPath(path: string, guarded: Guarded, use: OutputUse): void {
  const refuse = (message: string, hint: string): never => {
    throw new FirnError('refused', message, { operation: use.operation, path, hint });
  };
  const real = realPath(path, use);
  const status = statSync(real, { throwIfNoEntry: false });
  if (status?.isDirectory()) refuse('the path is a folder', 'Pass a file.');
  if (status !== undefined && !status.isFile())
    refuse('the path is a device, a pipe or a socket', 'Pass a file.');
  if (guarded.database !== null && isFile(real, status, guarded.database))
    refuse(
      'the path is the live database',
      'Pass another file. To restore into the live database, pass --into hot.',
    );
  const archives = guarded.archives
    ?.map(realOr)
    .find((folder) => real === folder || real.startsWith(folder + sep));
  if (archives !== undefined)
    refuse(
      `the path is in the archive folder ${archives}, which is reserved for Firn's files`,
      'Pass a file in another folder.',
    );
  const [, owner] = BESIDE.exec(real) ?? [];
  const database = guarded.database === null ? null : realOr(guarded.database);
  if (owner !== undefined && (owner === database || existsSync(owner)))
    refuse(`this file name belongs to the database ${owner}`, 'Pass another file.');
  if (guarded.config && isFile(real, status, guarded.config))
    refuse('the path is the configuration file', 'Pass another file.');
  if (use.inPlace && status !== undefined && status.nlink > 1) {
    refuse(
      `the file has ${status.nlink} hard links, and all of them would change`,
      'Pass a file without other hard links.',
    );
  }
}

/** The path without links. What it leads to need not be there, its folder must. */
function realPath(path: string, { operation }: OutputUse): string {
  const folder = dirname(path);
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status?.isDirectory()) {
    const what = status === undefined ? 'folder not found:' : 'not a folder:';
    throw new FirnError('not_found', `${what} ${folder}`, {
      operation,
      path,
      hint: 'Check the path, or create the folder first.',
    });
  }
  const named = join(realpathSync(folder), basename(path));
  const own = lstatSync(named, { throwIfNoEntry: false });
  if (own === undefined || !own.isSymbolicLink()) return named;
  if (existsSync(named)) return realpathSync(named);
  throw new FirnError('refused', 'the path is a link to a file that does not exist', {
    operation,
    path,
    hint: 'Pass the path of the file itself.',
  });
}

/** Whether both are one file, under whatever name. */
function isFile(real: string, status: Stats | undefined, other: string): boolean {
  if (real === realOr(other)) return true;
  const there = statSync(other, { throwIfNoEntry: false });
  return status !== undefined && there?.ino === status.ino && there.dev === status.dev;
}

/** The real path, also of what does not exist yet. */
export function realOr(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realOr(dirname(path)), basename(path));
  }
}
