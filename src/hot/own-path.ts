import { existsSync, lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { FirnError } from '../model/errors.ts';

/** What a file that Firn is told to write must not be. */
export interface Guarded {
  /** The database file; null when it is not on this machine. */
  readonly database: string | null;
  /** The folder of the archive; null when it is not on this machine. */
  readonly archives?: string | null;
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
  if (status?.isDirectory()) refuse('this is a folder', 'Name a file.');
  if (status !== undefined && !status.isFile())
    refuse('this is a device, a pipe or a socket, and no file', 'Name a file.');
  if (guarded.database !== null && isFile(real, status, guarded.database))
    refuse('this is the live database itself', 'Name another file. To restore into it: --into hot.');
  const archives = guarded.archives == null ? null : realOr(guarded.archives);
  if (archives !== null && (real === archives || real.startsWith(archives + sep)))
    refuse(`this is in the archive ${archives}, where only Firn's own files are`, 'Name a file elsewhere.');
  const [, owner] = BESIDE.exec(real) ?? [];
  const database = guarded.database === null ? null : realOr(guarded.database);
  if (owner !== undefined && (owner === database || existsSync(owner)))
    refuse(`files of this name belong to the database ${owner}`, 'Name another file.');
  if (guarded.config && isFile(real, status, guarded.config))
    refuse('this is the configuration file', 'Name another file.');
  if (use.inPlace && status !== undefined && status.nlink > 1) {
    refuse(
      `this file has ${status.nlink} names (hard links), and all of them would change`,
      'Name a file of its own.',
    );
  }
}

/** The path without links. What it leads to need not be there, its folder must. */
function realPath(path: string, { operation }: OutputUse): string {
  const folder = dirname(path);
  const status = statSync(folder, { throwIfNoEntry: false });
  if (!status?.isDirectory()) {
    const what = status === undefined ? 'there is no folder' : 'this is no folder:';
    throw new FirnError('not_found', `${what} ${folder}`, {
      operation,
      path,
      hint: 'Check the path, or make the folder first.',
    });
  }
  const named = join(realpathSync(folder), basename(path));
  const own = lstatSync(named, { throwIfNoEntry: false });
  if (own === undefined || !own.isSymbolicLink()) return named;
  if (existsSync(named)) return realpathSync(named);
  throw new FirnError('refused', 'this is a link to a file that is not there', {
    operation,
    path,
    hint: 'Name the file itself.',
  });
}

/** Whether both are one file, under whatever name. */
function isFile(real: string, status: Stats | undefined, other: string): boolean {
  if (real === realOr(other)) return true;
  const there = statSync(other, { throwIfNoEntry: false });
  return status !== undefined && there?.ino === status.ino && there.dev === status.dev;
}

function realOr(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const folder = dirname(path);
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path;
}
