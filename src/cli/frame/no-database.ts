import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { FirnError } from '../../model/errors.ts';
import { localPath } from '../../model/location.ts';
import { archiveFolders } from '../../model/policy/archive-places.ts';
import type { Config } from '../../model/policy/config.ts';

/** The first bytes of every SQLite database. */
const MAGIC = 'SQLite format 3\0';
const MOST_NAMED = 3;

/**
 * Explains the error of a first run: no database is configured, and the default one does not exist. Any other error is returned unchanged, also
 * where an archive folder shows that the database is lost.
 * @param config null when it could not be read
 * @param cwd where database files are looked for, to suggest one
 */
export function explainNoDatabase(error: unknown, config: Config | null, cwd: string): unknown {
  if (!(error instanceof FirnError) || error.code !== 'not_found' || config === null) return error;
  const { database, archives, origins } = config;
  const path = localPath(database);
  if (origins.database.from !== 'default' || path === null || error.path !== path) return error;
  if (archiveFolders(archives).some((folder) => existsSync(folder))) return error;
  const given = origins.file === null ? 'no database is configured' : `${origins.file} names no database`;
  return new FirnError('not_found', `${given}, and the default ${relative(cwd, path)} does not exist`, {
    operation: '',
    hint:
      origins.file === null ? firstStep(cwd) : `Add "database: PATH" to ${origins.file}, or pass --db-path.`,
    cause: error,
  });
}

function firstStep(cwd: string): string {
  const found = databasesIn(cwd);
  const [only] = found;
  if (only === undefined)
    return 'Run: firn init PATH (the path of your SQLite database). To try Firn first: firn demo';
  if (found.length === 1) return `Run: firn init ${only}`;
  const named = found.slice(0, MOST_NAMED).join(', ');
  const more = found.length - MOST_NAMED;
  return `Run: firn init PATH, where PATH is one of ${named}${more > 0 ? ` (${more} more)` : ''}`;
}

/** The SQLite databases of a folder, by what they begin with. */
function databasesIn(folder: string): string[] {
  const named = /\.(db3?|sqlite3?)$/i;
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && named.test(entry.name) && isDatabase(join(folder, entry.name)))
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}

function isDatabase(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(MAGIC.length);
      return readSync(file, start) === MAGIC.length && start.toString('latin1') === MAGIC;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
