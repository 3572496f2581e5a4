import type { ArchiveStore } from '../archive/archive-store.ts';
import { openFolder } from '../archive/folder/folder-archive.ts';
import type { Config } from '../config/config.ts';
import type { Sampler } from '../config/look.ts';
import type { Copier } from '../copying/copier.ts';
import type { HotReader, HotStore } from '../hot/hot-store.ts';
import { acquireRunLock } from '../hot/sqlite/connection/run-lock.ts';
import { openSqliteReader, openSqliteStore } from '../hot/sqlite/open-sqlite.ts';
import { readSqliteSamples } from '../hot/sqlite/stats/samples.ts';
import type { Clock } from '../model/clock.ts';
import { getPolicy } from '../model/policy/policies.ts';
import type { PolicySet } from '../model/policy/policy.ts';
import { startCopier } from './start-copier.ts';

/** A database and its archive, opened to be looked at. Nothing appears and nothing changes by it. */
export interface Reading extends AsyncDisposable {
  readonly config: Config;
  readonly policies: PolicySet;
  readonly clock: Clock;
  readonly reader: HotReader;
  readonly archive: ArchiveStore;
}

/** The same, opened for the one run that may change them. The locks of the database and of the archive are held until it is disposed of. */
export interface Writing extends Reading {
  readonly store: HotStore;
  /** The share of the time that the run may hold the database's write lock, above 0 and at most 1. */
  readonly pace: number;
  /** Starts the copying thread; it ends with the session. */
  startCopier(): Promise<Copier>;
}

/** Throws `not_found` when there is no database, `database` when the file is none. */
export async function openReading(config: Config, clock: Clock): Promise<Reading> {
  const reader = await openSqliteReader(config.database);
  return {
    ...{ config, policies: config.policies, clock, reader },
    archive: openFolder(config.archives),
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

/** Besides, throws `locked` when another run holds the lock of the database or of the archive. `command` is what others are told holds it. */
export async function openWriting(config: Config, clock: Clock, command: string): Promise<Writing> {
  await using opened = new AsyncDisposableStack();
  const since = new Date(clock.now()).toISOString();
  const archive = openFolder(config.archives);
  const { holder } = opened.use(await acquireRunLock(config.database, { command, since }));
  // Two databases may name one archive.
  opened.use(await archive.lock(holder));
  const allowsTriggers = (table: string): boolean => getPolicy(config.policies, table)?.triggers === 'allow';
  const store = opened.use(await openSqliteStore(config.database, { allowsTriggers }));
  const all = opened.move();
  return {
    ...{ config, policies: config.policies, clock, reader: store, store, archive, pace: config.pace },
    startCopier: async () => all.use(startCopier(config.database, config.archives)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

/** Reads some rows of a table, for a look at a database. */
export function sampler(config: Config, rows: number): Sampler {
  return (table) => readSqliteSamples(config.database, table, rows);
}
