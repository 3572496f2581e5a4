import type { ArchiveStore } from '../../archive/archive-store.ts';
import { AwayError, awayTiers } from '../../archive/away.ts';
import { IDENTITY_FILE, readIdentity, writeIdentity } from '../../archive/identity.ts';
import { readLineage } from '../../archive/lineage.ts';
import type { LedgerReader } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';

/**
 * Throws `unavailable` when a location is away: one that is adopted without the other would be another database's afterwards. Where neither is
 * marked, a new archive begins.
 */
export async function requireBoth(archive: ArchiveStore): Promise<void> {
  const [away] = await archive.away();
  if (away === undefined) return;
  const { warm, cold } = archive.apart ?? { warm: archive, cold: archive };
  if ((await readIdentity(warm)) === null && (await readIdentity(cold)) === null) return;
  throw new AwayError(away, OPERATION);
}

/** Throws `refused` when the bundles' own location is another database's. */
export async function requireOwnCold(archive: ArchiveStore, database: string | null): Promise<void> {
  const cold = await coldHere(archive);
  const theirs = cold === null ? null : await readIdentity(cold);
  if (cold === null || theirs === null || theirs.database === database) return;
  throw new FirnError(
    'refused',
    `the location of the cold archives, ${cold.location}, is another database's`,
    {
      operation: OPERATION,
      path: cold.location,
      hint: 'Check archives in the configuration. If it belongs to this database (restored or rebuilt), pass --adopt.',
    },
  );
}

/** Marks the bundles' own location as the database's, when it is there. The location of warm is marked before. */
export async function markCold(
  archive: ArchiveStore,
  database: string,
  created: string,
  adopt: boolean,
): Promise<void> {
  const cold = await coldHere(archive);
  if (cold === null) return;
  const theirs = await readIdentity(cold);
  if (theirs?.database === database) return;
  if (theirs !== null && adopt) {
    const note = `It belonged to the database ${theirs.database}. It was paired with ${database} at ${created}.`;
    await cold.quarantine(IDENTITY_FILE, note);
  }
  await writeIdentity(cold, database, created);
}

/**
 * Throws `unavailable` when the location of cold is away and the database is not the one that changed the archive last: a bundle may then have
 * segments that the ledger does not know, and their names must not be given out a second time. A ledger that took part in
 * every run knows each name: a file has a receipt before it has its name.
 */
export async function requireAllNames(ledger: LedgerReader, archive: ArchiveStore): Promise<void> {
  const away = (await awayTiers(archive)).get('cold');
  if (away === undefined) return;
  const newest = (await readLineage(archive))?.generations.at(-1)?.generation ?? null;
  if (newest !== null && newest === (await ledger.generation())) return;
  throw new FirnError(
    'unavailable',
    `${new AwayError(away, OPERATION).message}. This database is older than the archive, so Firn needs the bundles to know which names were used`,
    { operation: OPERATION, path: away.location, hint: away.remedy },
  );
}

/** The location of cold; null where it has none of its own, and when it is away. */
export async function coldHere(archive: ArchiveStore): Promise<ArchiveStore | null> {
  if (archive.apart === null || (await awayTiers(archive)).has('cold')) return null;
  return archive.apart.cold;
}

const OPERATION = 'pair the database with its archive';
