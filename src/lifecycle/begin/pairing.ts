import { randomUUID } from 'node:crypto';
import type { ArchiveStore } from '../../archive/archive-store.ts';
import { IDENTITY_FILE, readIdentity, writeIdentity } from '../../archive/identity.ts';
import { isOfTier, listFiles } from '../../archive/listed-files.ts';
import { RECORD_FOLDERS } from '../../archive/records.ts';
import type { Ledger, LedgerReader } from '../../hot/ledger.ts';
import { FirnError } from '../../model/errors.ts';
import { type Instant, msOf } from '../../model/instant.ts';
import { markCold, requireBoth, requireOwnCold } from './cold-location.ts';

/**
 * Makes sure that this archive belongs to this database, and pairs the two at their first run. Throws `refused` when
 * they belong to others, unless told to `adopt`: then both get a new identity, so that whoever they were paired with before is refused from now on.
 * Safe to be killed anywhere and run again.
 * @param anew when adopting: give both a new identity although they have one in common, as another copy of the database has it too.
 */
export async function pair(
  ledger: Ledger,
  archive: ArchiveStore,
  now: Instant,
  adopt: boolean,
  anew = false,
): Promise<string> {
  if (adopt) await requireBoth(archive);
  const [ours, theirs] = [await ledger.identity(), await whoseMark(archive, adopt)];
  if (!adopt) await requirePairable(ledger, archive);
  const created = new Date(msOf(now)).toISOString();
  const id = await pairWarm(ledger, archive, { ours, theirs, created, anew });
  await markCold(archive, id, created, adopt);
  return id;
}

interface Marks {
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly created: string;
  readonly anew: boolean;
}

async function pairWarm(
  ledger: Ledger,
  archive: ArchiveStore,
  { ours, theirs, created, anew }: Marks,
): Promise<string> {
  if (ours !== null && ours === theirs && !anew) return ours;
  if (theirs === null) {
    const id = ours ?? randomUUID();
    await writeIdentity(archive, id, created);
    if (ours === null) await ledger.identify(id);
    return id;
  }
  // A first run that died between the two marks.
  if (ours === null && (await isUnused(archive))) {
    await ledger.identify(theirs);
    return theirs;
  }
  const id = randomUUID();
  await archive.quarantine(
    IDENTITY_FILE,
    `It belonged to the database ${theirs}. It was paired with ${id} at ${created}.`,
  );
  await writeIdentity(archive, id, created);
  await ledger.identify(id);
  return id;
}

/** Throws `refused` where a changing run would, and changes nothing: dry runs say what the run would say. */
export async function requirePairable(ledger: LedgerReader, archive: ArchiveStore): Promise<void> {
  const [ours, theirs] = [await ledger.identity(), (await readIdentity(archive))?.database ?? null];
  await requireOwnCold(archive, ours ?? theirs);
  if (ours !== null && ours === theirs) return;
  if (theirs === null) {
    if (ours !== null) await refuseWhenEmptied(ledger, archive);
  } else if (ours !== null || !(await isUnused(archive))) throw refused(archive);
}

/** Whose archive it is; null when nobody's. A marker that cannot be understood is set aside when adopting. */
async function whoseMark(archive: ArchiveStore, adopt: boolean): Promise<string | null> {
  try {
    return (await readIdentity(archive))?.database ?? null;
  } catch (error) {
    if (!adopt || !(error instanceof FirnError) || error.code !== 'integrity') throw error;
    await archive.quarantine(IDENTITY_FILE, `${error.message}. The archive was paired with this database.`);
    return null;
  }
}

async function isUnused(archive: ArchiveStore): Promise<boolean> {
  await requireBoth(archive);
  const files = await listFiles(archive);
  return !files.some((file) => isOfTier(file) || RECORD_FOLDERS.some((folder) => folder === file.folder));
}

function refused(archive: ArchiveStore): FirnError {
  return new FirnError(
    'refused',
    `the archive ${archive.location} belongs to another database, or to an older state of this database`,
    {
      operation: 'pair the database with its archive',
      path: archive.location,
      hint: 'Check --db-path and --archive-path. If they belong together (a restored or rebuilt database), pass --adopt.',
    },
  );
}

async function refuseWhenEmptied(ledger: LedgerReader, archive: ArchiveStore): Promise<void> {
  const held = await ledger.receipts({ state: ['draining', 'archived'] });
  if (held.length === 0) return;
  throw new FirnError(
    'refused',
    `this database has ${held.length} archived segments, but ${archive.location} is not the archive that contains them`,
    {
      operation: 'pair the database with its archive',
      path: archive.location,
      hint: 'Check --archive-path. If the old archive is lost, pass --adopt to start a new one.',
    },
  );
}
