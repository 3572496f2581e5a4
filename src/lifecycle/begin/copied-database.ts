import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { descendsFrom, readLineage, writeLineage } from '../../archive/lineage.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';

/**
 * Why the database must not change the archive although both have one identity: another copy of the database is at work on it. Null when
 * there is no sign of one. A database that was restored to an older state is none.
 */
export async function signOfCopy(store: HotStore, archive: ArchiveStore): Promise<string | null> {
  const [lineage, identity] = [await readLineage(archive), await store.ledger.identity()];
  if (lineage === null || lineage.database !== identity) return null;
  const newest = lineage.generations.at(-1)?.generation ?? null;
  const samePlace = lineage.host === hostname() && lineage.archive === archive.location;
  if (samePlace && lineage.path !== store.location) {
    const other = await store.lookAtOther(lineage.path);
    if (other !== null && other.identity === identity && other.generation === newest)
      return `this database is a copy of ${lineage.path}, which was the last to change the archive`;
  }
  const generation = await store.ledger.generation();
  if (generation === null || descendsFrom(lineage, generation) !== false) return null;
  return `this database and a copy of it (last ${lineage.path} on ${lineage.host}) both changed the archive`;
}

/** Gives database and archive the generation of a run that begins. Killed between the two, the next run finds the database one older. */
export async function beginGeneration(store: HotStore, archive: ArchiveStore): Promise<void> {
  const [lineage, database] = [await readLineage(archive), await store.ledger.identity()];
  const before = await store.ledger.generation();
  const cold = (await awayTiers(archive)).has('cold') ? lineage?.cold : archive.apart?.cold.location;
  const generation = randomBytes(8).toString('hex');
  const known = lineage?.database === database ? lineage.generations : [];
  await writeLineage(archive, {
    ...{ format: 1, database: database!, path: store.location, archive: archive.location, host: hostname() },
    ...(cold === undefined ? {} : { cold }),
    generations: [...known, { generation, before }],
  });
  await store.ledger.setGeneration(generation);
}

export function copyRefused(archive: ArchiveStore, sign: string): FirnError {
  return new FirnError('refused', sign, {
    operation: 'pair the database with its archive',
    path: archive.location,
    hint:
      'Only one database can use an archive. Pass another archive folder for the copy with --archive-path. Or pair the archive with ' +
      'this database with firn archive all --adopt; Firn then refuses the other database.',
  });
}
