import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, matchesGlob, resolve, sep } from 'node:path';
import { belongsToDatabase } from '../../hot/own-path.ts';
import { FirnError } from '../../model/errors.ts';
import { expandPattern, isPattern } from './expand-pattern.ts';

/** The entries of `databases`, and where they start. */
export interface Wanted {
  readonly entries: readonly string[];
  /** Where relative ones start; absolute. */
  readonly folder: string;
  /** The folders of the archives that are on this machine, in which no database is looked for. */
  readonly archives: readonly string[];
}

/** A database file, or what should be one. */
export interface FoundDatabase {
  /** Absolute, as the entry names it. */
  readonly path: string;
  /** Why it must not be worked on; null when nothing is known against it. */
  readonly refused: FirnError | null;
}

export interface FoundDatabases {
  /** In the order of their paths, each file once. */
  readonly databases: readonly FoundDatabase[];
  /** What is wrong with entries: no match, a folder that cannot be read. */
  readonly problems: readonly FirnError[];
  /** Whether an entry with `!` names this path. */
  readonly isExcluded: (path: string) => boolean;
}

const OPERATION = 'find the databases';

/**
 * The databases of a configuration. A path stands for itself, also if nothing is there; a pattern for the files that it matches, without
 * those that SQLite and Firn keep beside a database. An entry with `!` takes matches away.
 */
export function findDatabases({ entries, folder, archives }: Wanted): FoundDatabases {
  const problems: FirnError[] = [];
  const excluded = entries.flatMap((entry) =>
    entry.startsWith('!') ? [resolve(folder, entry.slice(1))] : [],
  );
  const isExcluded = (path: string): boolean =>
    excluded.some((one) => one === path || (isPattern(one) && matchesGlob(path, one)));
  const paths = entries
    .filter((entry) => !entry.startsWith('!'))
    .flatMap((entry): readonly string[] => {
      const absolute = resolve(folder, entry);
      if (!isPattern(entry) || existsSync(absolute)) return [absolute];
      const { paths: matches, unread } = expandPattern(absolute, archives);
      for (const { folder: path, message } of unread)
        problems.push(new FirnError('io', message, { operation: OPERATION, path }));
      const found = matches.filter((path) => !belongsToDatabase(basename(path)));
      if (found.length === 0) problems.push(noMatch(entry, absolute));
      return found;
    })
    .filter((path) => !isExcluded(path));
  return { databases: onePerFile([...new Set(paths)].sort(), archives), problems, isExcluded };
}

function noMatch(entry: string, path: string): FirnError {
  return new FirnError('not_found', `no file matches ${entry}`, {
    operation: OPERATION,
    path,
    hint: 'Check the pattern, and that its disk is mounted.',
  });
}

/**
 * One name for each file. Symbolic links lead to one real path, which counts once. Hard links do not: SQLite keeps its journal under the
 * name that was opened, so nobody knows under which one the application's journal is.
 */
function onePerFile(paths: readonly string[], archives: readonly string[]): FoundDatabase[] {
  const files = Map.groupBy(paths, fileOf);
  return [...files.values()].flatMap((names): FoundDatabase[] => {
    const [path, ...others] = names as [string, ...string[]];
    if (archives.some((folder) => realOf(path).startsWith(realOf(folder) + sep)))
      return [{ path, refused: inArchives(path) }];
    if (new Set(names.map(realOf)).size === 1) return [{ path, refused: null }];
    return names.map((name) => ({ path: name, refused: hardLink(name, name === path ? others[0]! : path) }));
  });
}

/** Device and inode; the path of what is not there. */
function fileOf(path: string): string {
  if (!existsSync(path)) return path;
  const { dev, ino } = statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

function realOf(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function inArchives(path: string): FirnError {
  return new FirnError('refused', 'the database is in the folder of the archives', {
    operation: OPERATION,
    path,
    hint: 'Move it, or choose another folder for archives.',
  });
}

function hardLink(path: string, other: string): FirnError {
  return new FirnError('refused', `this file is also ${other} (a hard link)`, {
    operation: OPERATION,
    path,
    hint: 'SQLite keeps its journal under one name. Exclude the name that the application does not use: "!PATH".',
  });
}
