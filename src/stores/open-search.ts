import { archiveDialect } from '../archive/found-segments.ts';
import { readIndex } from '../archive/index/lookup-index-file.ts';
import type { TrafficCounter } from '../archive/traffic.ts';
import { requireOwnArchive } from '../lookup/places/own-archive.ts';
import type { Clock } from '../model/clock.ts';
import { FirnError } from '../model/errors.ts';
import type { Config } from '../model/policy/config.ts';
import type { Searching, SearchingOptions } from '../operate/stores.ts';
import { datedReader } from './dated-reader.ts';
import { openArchive, openingOptions } from './open-archive.ts';
import { hotBackend } from './open-hot.ts';

export async function openSearching(
  config: Config,
  clock: Clock,
  options: SearchingOptions = {},
  traffic?: TrafficCounter,
): Promise<Searching> {
  const hot = hotBackend(config.database, clock);
  const { policies } = config;
  if (options.archivesOnly) {
    const archive = openArchive(config.archives, openingOptions(config, clock, traffic));
    const dialect = await archiveDialect(archive);
    return { hot: null, archive, dialect, policies, [Symbol.asyncDispose]: async () => undefined };
  }
  await using opening = new AsyncDisposableStack();
  const reader = opening.use(await naming(() => hot.reader()));
  const archive = openArchive(config.archives, {
    ...openingOptions(config, clock, traffic),
    ledger: () => reader.ledger,
  });
  const lookup = opening.use(await hot.lookup());
  // Every search asks a server for this list; the answer is on its way by then.
  if (archive.capabilities.isRemote && !options.hotOnly) archive.list('erasures').catch(() => undefined);
  const own = options.hotOnly ? {} : await requireOwnArchive(reader.ledger, archive);
  const opened = opening.move();
  return {
    ...{ hot: { reader: datedReader(reader, policies), lookup }, archive, policies, ...own },
    index: async () => {
      const record = await reader.ledger.index();
      return record === null ? null : await readIndex(archive, record.digest);
    },
    dialect: reader.dialect,
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
      hint: 'Check --db-path. If the database is lost, pass --archives-only to read the archive without it.',
      cause: error,
    });
  }
}
