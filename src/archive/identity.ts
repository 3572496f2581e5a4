import { FirnError, ifThere } from '../model/errors.ts';
import { addressIn } from '../model/location.ts';
import type { ArchiveStore } from './archive-store.ts';
import { awayTiers } from './away.ts';

/** Which database an archive belongs to: the content of `archive.json` at its root. */
export interface ArchiveIdentity {
  readonly format: 1;
  /** The ledger's identity of the database. */
  readonly database: string;
  /** UTC ISO 8601. */
  readonly created: string;
}

/** The path of the marker. */
export const IDENTITY_FILE = 'archive.json';

/** Null while the archive is not marked. Throws `integrity` when the marker cannot be understood. */
export async function readIdentity(store: ArchiveStore): Promise<ArchiveIdentity | null> {
  const bytes = await readMarker(store);
  return bytes === null ? null : parse(bytes, store);
}

/**
 * The database that the archive belongs to, by the locations that are there; null when it is not marked. Where they belong to several, one that
 * is not `ours`. Throws as `readIdentity` does.
 */
export async function markedFor(archive: ArchiveStore, ours: string | null): Promise<string | null> {
  const away = await awayTiers(archive);
  const read = async (tier: 'warm' | 'cold', store: ArchiveStore): Promise<string | null> =>
    away.has(tier) ? null : ((await readIdentity(store))?.database ?? null);
  if (archive.apart === null) return await read('warm', archive);
  const warm = await read('warm', archive.apart.warm);
  const cold = await read('cold', archive.apart.cold);
  if (cold !== null && (cold !== ours || away.has('warm'))) return cold;
  return warm;
}

/**
 * Marks the archive as that database's. Nothing happens when it is so marked already; throws `refused` when it is
 * another's.
 */
export async function writeIdentity(store: ArchiveStore, database: string, created: string): Promise<void> {
  const identity: ArchiveIdentity = { format: 1, database, created };
  const file = await store.create(IDENTITY_FILE);
  try {
    await file.write(new TextEncoder().encode(`${JSON.stringify(identity, null, 2)}\n`));
    await file.sync();
    await file.publish();
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
    const present = await readIdentity(store);
    if (present?.database === database) return;
    // Nobody took the name: the store refused for a reason of its own, such as missing rights.
    if (present === null) throw error;
    throw new FirnError('refused', `the archive belongs to the database ${present.database}`, {
      operation: 'write archive.json',
      path: addressIn(store.location, IDENTITY_FILE),
      hint: 'Pass another archive folder with --archive-path. If this archive belongs to this database, pass --adopt.',
      cause: error,
    });
  } finally {
    await file.abandon();
  }
}

/** A marker of Firn's is about a hundred bytes. */
const LARGEST = 65_536;

async function readMarker(store: ArchiveStore): Promise<Uint8Array | null> {
  await using file = await ifThere(store.open(IDENTITY_FILE));
  if (file === null) return null;
  if (file.bytes > LARGEST) throw unreadableMarker(store, `it has ${file.bytes} bytes`);
  return await file.read(0, file.bytes);
}

function parse(bytes: Uint8Array, store: ArchiveStore): ArchiveIdentity {
  let value: Partial<Record<keyof ArchiveIdentity, unknown>> | null;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw unreadableMarker(store, 'it is not valid JSON', cause);
  }
  const { format, database, created } = value ?? {};
  if (format !== 1) throw unreadableMarker(store, `its format is ${JSON.stringify(format)}, not 1`);
  if (typeof database !== 'string' || database === '')
    throw unreadableMarker(store, 'it does not name a database');
  if (typeof created !== 'string') throw unreadableMarker(store, 'it does not have a creation time');
  return { format, database, created };
}

function unreadableMarker(store: ArchiveStore, why: string, cause?: unknown): FirnError {
  return new FirnError('integrity', `cannot read archive.json: ${why}`, {
    operation: 'read archive.json',
    path: addressIn(store.location, IDENTITY_FILE),
    hint: 'If this is the right archive for the database, move archive.json away. The next run writes a new one.',
    ...(cause === undefined ? {} : { cause }),
  });
}
