import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayTiers } from '../../archive/away.ts';
import { descendsFrom, readLineage, writeLineage } from '../../archive/lineage.ts';
import type { HotStore } from '../../hot/hot-store.ts';
import { FirnError } from '../../model/errors.ts';
import { coldHere } from './cold-location.ts';

/**
 * Why the database must not change the archive although both have one identity: another copy of the database is at work on it, or on one of its
 * locations. Null when there is no sign of one. A database that was restored to an older state is none.
 */
export async function signOfCopy(store: HotStore, archive: ArchiveStore): Promise<string | null> {
  const identity = await store.ledger.identity();
  const cold = await coldHere(archive);
  return (
    (await signAt(store, archive, identity)) ?? (cold === null ? null : await signAt(store, cold, identity))
  );
}

async function signAt(
  store: HotStore,
  archive: ArchiveStore,
  identity: string | null,
): Promise<string | null> {
  const lineage = await readLineage(archive);
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
  const [lineage, database] = [await readLineage(archive), (await store.ledger.identity())!];
  const cold = await coldHere(archive);
  const coldPlace = cold?.location ?? ((await awayTiers(archive)).has('cold') ? lineage?.cold : undefined);
  const begun = { generation: randomBytes(8).toString('hex'), before: await store.ledger.generation() };
  const known = lineage?.database === database ? lineage.generations : [];
  const own = { format: 1, database, path: store.location, host: hostname() } as const;
  await writeLineage(archive, {
    ...{ ...own, archive: archive.location, ...(coldPlace === undefined ? {} : { cold: coldPlace }) },
    generations: [...known, begun],
  });
  if (cold !== null) {
    const there = await readLineage(cold);
    const ours = new Set(known.map(({ generation }) => generation));
    const others = there?.database === database ? there.generations : [];
    // Two copies with warm archives of their own meet here alone.
    const strange = others.filter(({ generation }) => !ours.has(generation));
    await unlessDiskFails(() =>
      writeLineage(cold, {
        ...{ ...own, archive: cold.location },
        generations: [...known.slice(-MOST), ...strange.slice(-MOST), begun],
      }),
    );
  }
  await store.ledger.setGeneration(begun.generation);
}

/** Of each branch, in the record of a location that two copies may share. */
const MOST = 140;

/** What cannot be written to gets no bundles either, and keeps nothing else from being done. */
async function unlessDiskFails(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'io') throw error;
  }
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
