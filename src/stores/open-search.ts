import { openFolder } from '../archive/folder/folder-archive.ts';
import type { Config } from '../config/config.ts';
import { openSqliteLookup } from '../hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader } from '../hot/sqlite/open-sqlite.ts';
import { requireOwnArchive } from '../lookup/places/own-archive.ts';
import type { Places } from '../lookup/places/places.ts';
import { FirnError } from '../model/errors.ts';

/** A database and its archive, opened to find rows in both. Nothing appears and nothing changes by it. */
export interface Searching extends Places, AsyncDisposable {}

export interface SearchingOptions {
  /** Do without the database, for when it is lost; the archive's files are searched then, as they are. */
  readonly archivesOnly?: boolean;
  /** Only rows of the database are wanted: it does not matter whose archive it is. */
  readonly hotOnly?: boolean;
}

/**
 * @throws FirnError `not_found` when there is no database, `database` when the file is none, `integrity` when the archive is not this database's.
 */
export async function openSearching(config: Config, options: SearchingOptions = {}): Promise<Searching> {
  const archive = openFolder(config.archives);
  const { policies } = config;
  if (options.archivesOnly)
    return { hot: null, archive, policies, [Symbol.asyncDispose]: async () => undefined };
  await using opening = new AsyncDisposableStack();
  const reader = opening.use(await naming(() => openSqliteReader(config.database)));
  const lookup = opening.use(openSqliteLookup(config.database));
  const own = options.hotOnly ? {} : await requireOwnArchive(reader.ledger, archive);
  const opened = opening.move();
  return {
    ...{ hot: { reader, lookup }, archive, policies, ...own },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function naming<T>(open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'not_found') throw error;
    throw new FirnError('not_found', error.message, {
      operation: error.operation,
      ...(error.path === undefined ? {} : { path: error.path }),
      hint: 'Check --db-path. If the database is lost, --archives-only searches the archive without it.',
      cause: error,
    });
  }
}
