import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FleetConfig } from '../../config/fleet-config.ts';
import { lockFileHolder } from '../../lock/lock-file.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { localPath, parseLocation } from '../../model/location.ts';
import { chooseDatabase } from '../../operate/fleet/choose-database.ts';
import { fileState } from '../../operate/fleet/file-state.ts';
import { type FoundDatabase, findDatabases } from '../../operate/fleet/find-databases.ts';
import { SCHEDULER_LOCK } from '../../operate/fleet/fleet-lock.ts';
import { withIdleRuns, writtenWithIdleRuns } from '../../operate/fleet/idle-runs.ts';
import { Visits } from '../../operate/fleet/visits.ts';
import type { Stores } from '../../operate/stores.ts';
import { hotBackend } from '../open-hot.ts';
import { storesOf } from '../stores-of.ts';
import type { Member } from './fleet-member.ts';
import { findCopies, findLostArchives } from './identities.ts';

/** The databases of a configuration, looked at but not open. */
export interface Fleet {
  readonly config: FleetConfig;
  /** In the order of their paths. */
  readonly members: readonly Member[];
  /** What is wrong with entries of `databases`, and with archives that belong to none of them. */
  readonly problems: readonly FirnError[];
  readonly visits: Visits;
}

const IDENTITY = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One database of a configuration: the one that an option names. Throws `usage` when it names none or several, and why it must not be used. */
export async function openMember(
  config: FleetConfig,
  clock: Clock,
  name: string | null,
  cwd: string,
): Promise<Member> {
  const { databases } = findDatabases({
    entries: config.databases,
    folder: config.folder,
    archives: config.archives.folders,
  });
  const path = name === null ? config.only! : chooseDatabase(databases, name, cwd);
  const found = databases.find((one) => one.path === path) ?? { path, refused: null };
  const member = await memberOf(found, config, new Visits(config.archives.root), clock);
  if (member.refused !== null) throw member.refused;
  return member;
}

/** Finds the databases of a configuration and whose archive is whose. A database that cannot be read is among them, with the reason. */
export async function openFleet(config: FleetConfig, clock: Clock): Promise<Fleet> {
  const { folder, archives } = config;
  const found = findDatabases({ entries: config.databases, folder, archives: archives.folders });
  const visits = new Visits(archives.root);
  const members: Member[] = [];
  for (const one of found.databases) members.push(await memberOf(one, config, visits, clock));
  const distinct = await findCopies(members, archives, clock);
  const lost = await findLostArchives(distinct, archives, found.isExcluded, clock);
  return { config, members: distinct, problems: [...found.problems, ...lost], visits };
}

/** The stores of one of them. Their history has the jobs that were left out, too, and the scheduler of all is theirs. */
export function memberStores({ config, visit }: Pick<Member, 'config' | 'visit'>, clock: Clock): Stores {
  const stores = storesOf(config, clock);
  const archives = localPath(config.archives.warm);
  return {
    ...stores,
    openRunLogReader: async () => withIdleRuns(await stores.openRunLogReader(), visit),
    openRunLog: async () => writtenWithIdleRuns(await stores.openRunLog(), visit),
    holders: async () => {
      const { lock, scheduler } = await stores.holders();
      const ofAll = archives === null ? null : lockFileHolder(join(dirname(archives), SCHEDULER_LOCK));
      return { lock, scheduler: scheduler ?? ofAll };
    },
  };
}

async function memberOf(
  { path: database, refused }: FoundDatabase,
  fleet: FleetConfig,
  visits: Visits,
  clock: Clock,
): Promise<Member> {
  const visit = visits.of(database);
  const archives = visit?.identity == null ? null : localPath(fleet.archives.of(visit.identity).warm);
  const state = refused === null ? fileState(database, archives) : null;
  const known = { database, visit, state };
  // Archives that do not exist are empty: what reads finds nothing there, and the first run makes them.
  const unnamed = { identity: null, config: fleet.configOf(database, randomUUID()) };
  if (refused !== null) return { ...known, ...unnamed, refused };
  try {
    const isUnchanged = visit?.settled === true && state?.text === visit.file;
    const identity = isUnchanged ? visit.identity : await readIdentity(database, fleet, clock);
    if (identity === null) return { ...known, ...unnamed, refused };
    return { ...known, identity, config: fleet.configOf(database, identity), refused };
  } catch (error) {
    if (!(error instanceof FirnError)) throw error;
    return { ...known, ...unnamed, refused: error };
  }
}

/** It becomes part of a path: a damaged one must lead nowhere else. */
async function readIdentity(database: string, fleet: FleetConfig, clock: Clock): Promise<string | null> {
  await using reader = await hotBackend(parseLocation(database, '/', 'databases'), clock).reader();
  const identity = await reader.ledger.identity();
  if (identity === null) return null;
  if (!IDENTITY.test(identity)) {
    throw new FirnError('database', 'the identity in the ledger is not a UUID', {
      operation: 'find the archives of the database',
      path: database,
      hint: 'Pass its archives with --db-path and --archive-path.',
    });
  }
  const archives = localPath(fleet.archives.of(identity).warm);
  if (archives === null || existsSync(archives)) return identity;
  const { length } = await reader.ledger.receipts({ state: ['draining', 'archived'] });
  if (length > 0) throw archivesElsewhere(database, archives, length);
  return identity;
}

function archivesElsewhere(path: string, archives: string, segments: number): FirnError {
  return new FirnError('refused', `its ${segments} archived segments are not in ${archives}`, {
    operation: 'find the archives of the database',
    path,
    hint: 'Bring the archives back, or move the folder in which they are to this path (docs/many-databases.md).',
  });
}
