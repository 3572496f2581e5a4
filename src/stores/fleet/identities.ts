import { existsSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { IDENTITY_FILE } from '../../archive/identity.ts';
import { type Lineage, readLineage } from '../../archive/lineage.ts';
import type { ArchivesTemplate } from '../../config/archives-template.ts';
import type { Clock } from '../../model/clock.ts';
import { FirnError } from '../../model/errors.ts';
import { onePlace } from '../../model/policy/archive-places.ts';
import type { S3Settings } from '../../model/policy/s3-settings.ts';
import { openArchive } from '../open-archive.ts';
import type { Member } from './fleet-member.ts';

/**
 * Databases of one identity are copies: only the one that last changed the archive may go on, and none where nobody can tell which that is.
 */
export async function findCopies(
  members: readonly Member[],
  archives: ArchivesTemplate,
  clock: Clock,
): Promise<readonly Member[]> {
  const byIdentity = Map.groupBy(members, ({ identity }) => identity);
  const refusals = new Map<Member, FirnError>();
  for (const [identity, same] of byIdentity) {
    if (identity === null || same.length === 1) continue;
    const lineage = await lineageOf(identity, archives, clock, same[0]!.config.s3);
    const own = lineage?.host === hostname() ? same.find((one) => isAt(one, lineage)) : undefined;
    for (const one of same.filter((member) => member !== own))
      refusals.set(one, copyOf(one, own ?? same.find((other) => other !== one)!));
  }
  return members.map((one) => ({ ...one, refused: one.refused ?? refusals.get(one) ?? null }));
}

/** Archives of databases that are not there any more. Not those whose database cannot be read, or is excluded. */
export async function findLostArchives(
  members: readonly Member[],
  archives: ArchivesTemplate,
  isExcluded: (path: string) => boolean,
  clock: Clock,
): Promise<FirnError[]> {
  const { root } = archives;
  if (root === null || !existsSync(root)) return [];
  const known = new Set(members.map(({ identity }) => identity));
  const lost: FirnError[] = existsSync(join(root, IDENTITY_FILE)) ? [oneArchive(root)] : [];
  for (const { name } of readdirSync(root, { withFileTypes: true }).filter((one) => one.isDirectory())) {
    if (known.has(name) || !existsSync(join(root, name, IDENTITY_FILE))) continue;
    const lineage = await lineageOf(name, archives, clock);
    const database = lineage?.path ?? null;
    if (database !== null && (isExcluded(database) || members.some((one) => isAt(one, { path: database }))))
      continue;
    lost.push(lostDatabase(join(root, name), database));
  }
  return lost;
}

function lineageOf(
  identity: string,
  archives: ArchivesTemplate,
  clock: Clock,
  s3?: S3Settings,
): Promise<Lineage | null> {
  const place = onePlace(archives.of(identity).warm);
  return readLineage(openArchive(place, { clock, ...(s3 === undefined ? {} : { s3 }) }));
}

function isAt({ config }: Member, { path }: Pick<Lineage, 'path'>): boolean {
  return config.database.text === path;
}

function copyOf({ database }: Member, other: Member): FirnError {
  return new FirnError('refused', `this database and ${other.database} are copies with one identity`, {
    operation: 'find the archives of the database',
    path: database,
    hint: 'Only one database can use an archive. Exclude the copy in databases ("!PATH"), or give it a configuration and archives of its own.',
  });
}

function lostDatabase(path: string, database: string | null): FirnError {
  const which =
    database === null ? 'no database' : `no database: ${database} is not there, or not in databases`;
  return new FirnError('not_found', `these archives belong to ${which}`, {
    operation: 'find the databases',
    path,
    hint: 'Bring the database back. If it was deleted on purpose, exclude it in databases ("!PATH"), or move the archives away.',
  });
}

function oneArchive(path: string): FirnError {
  return new FirnError('refused', 'this folder is the archive of one database', {
    operation: 'find the databases',
    path,
    hint: `With databases, each has a folder named by its identity. Make the folder that ${IDENTITY_FILE} names as "database", and move all files into it.`,
  });
}
