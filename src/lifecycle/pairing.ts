import { randomUUID } from 'node:crypto';
import type { ArchiveStore } from '../archive/archive-store.ts';
import { readIdentity, writeIdentity } from '../archive/identity.ts';
import type { Ledger } from '../hot/ledger.ts';
import { FirnError } from '../model/errors.ts';
import type { Instant } from '../model/instant.ts';

/**
 * Makes sure that this archive belongs to this database, and pairs the two at their first run. Throws `refused` when
 * they belong to others, unless told to `adopt`: the database then takes the archive's identity.
 */
export async function pair(
  ledger: Ledger,
  archive: ArchiveStore,
  now: Instant,
  adopt: boolean,
): Promise<string> {
  const [ours, theirs] = [await ledger.identity(), (await readIdentity(archive))?.database ?? null];
  if (ours !== null && ours === theirs) return ours;
  if (theirs === null) {
    if (ours !== null && !adopt) await refuseWhenEmptied(ledger, archive);
    const id = ours ?? randomUUID();
    await writeIdentity(archive, id, new Date(now / 1000).toISOString());
    if (ours === null) await ledger.identify(id);
    return id;
  }
  const unused = ours === null && (await archive.list('')).every((file) => !/^(warm|cold)\//.test(file.path));
  if (!adopt && !unused) {
    throw new FirnError(
      'refused',
      `the archive ${archive.location} belongs to another database, or to an older state of this one`,
      {
        operation: 'pair the database with its archive',
        path: archive.location,
        hint: 'Check --db-path and --archive-path. If they do belong together (a restored or rebuilt database), say so with --adopt.',
      },
    );
  }
  await ledger.identify(theirs);
  return theirs;
}

async function refuseWhenEmptied(ledger: Ledger, archive: ArchiveStore): Promise<void> {
  const held = await ledger.receipts({ state: ['draining', 'archived'] });
  if (held.length === 0) return;
  throw new FirnError(
    'refused',
    `this database has ${held.length} archived segments, and ${archive.location} is not the archive that holds them`,
    {
      operation: 'pair the database with its archive',
      path: archive.location,
      hint: 'Check --archive-path. To begin a new archive although the old one is lost, say --adopt.',
    },
  );
}
