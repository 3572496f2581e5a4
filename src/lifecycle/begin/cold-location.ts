import type { ArchiveStore } from '../../archive/archive-store.ts';
import { awayError } from '../../archive/away.ts';
import { IDENTITY_FILE, readIdentity, writeIdentity } from '../../archive/identity.ts';
import { FirnError } from '../../model/errors.ts';

/** Throws `unavailable` when a location is away: one that is adopted without the other would be another database's afterwards. */
export async function requireBoth({ apart }: ArchiveStore): Promise<void> {
  const [away] = (await apart?.away()) ?? [];
  if (away !== undefined) throw awayError(away, OPERATION);
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

/** Null where cold has no location of its own, and when it is away. */
async function coldHere({ apart }: ArchiveStore): Promise<ArchiveStore | null> {
  if (apart === null || (await apart.away()).some(({ tier }) => tier === 'cold')) return null;
  return apart.cold;
}

const OPERATION = 'pair the database with its archive';
