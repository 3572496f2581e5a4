import { FirnError, ifThere } from '../../model/errors.ts';
import { addressIn } from '../../model/location.ts';
import type { ArchiveStore, AwayLocation } from '../archive-store.ts';
import { BRING_BACK } from '../away.ts';
import { IDENTITY_FILE, readIdentity } from '../identity.ts';
import { readLineage } from '../lineage.ts';

/** The paths of the bundles that the ledger lists. */
export type Expected = () => Promise<ReadonlySet<string>>;

/**
 * Null when the location of the cold tier is there, or is new. A location without archive.json is away when anything says that bundles are in cold: the
 * ledger, the record of the last run, or bundles at the location of the warm tier, where they were before the tiers were apart.
 */
export async function lookAtCold(
  warm: ArchiveStore,
  cold: ArchiveStore,
  expected: Expected | null,
): Promise<AwayLocation | null> {
  if ((await readIdentity(cold)) !== null) return null;
  const [inCold, inWarm] = [await bundlesIn(cold), await bundlesIn(warm)];
  const wanted = expected === null ? null : await expected();
  const away = (why: string, remedy: string): AwayLocation => ({
    ...{ tier: 'cold', location: cold.location },
    ...{ why, remedy },
  });
  // Moved there by hand: whose they are, the ledger tells.
  const isWhole = wanted === null ? inCold.size > 0 : [...wanted].every((path) => inCold.has(path));
  if (isWhole && inCold.size > 0) return null;
  if (inWarm.size > 0) {
    const why = `${bundles(inWarm.size)} ${inWarm.size === 1 ? 'is' : 'are'} still in ${addressIn(warm.location, 'cold')}, and ${cold.location} has no ${IDENTITY_FILE}`;
    return away(
      why,
      `Move the folder ${addressIn(warm.location, 'cold')} to ${cold.location}. Then run again.`,
    );
  }
  const missing = [...(wanted ?? [])].filter((path) => !inCold.has(path)).length;
  const before = (await readLineage(warm).catch(nothing))?.cold ?? null;
  if (missing === 0 && before !== cold.location) return null;
  const lacks = missing === 0 ? '' : `, and lacks ${bundles(missing)} that the ledger lists`;
  const why = `${cold.location} has no ${IDENTITY_FILE}${lacks}`;
  const isEmpty = missing === 0 && inCold.size === 0;
  const or = isEmpty ? ` If it is a new disk, copy ${warm.location}/${IDENTITY_FILE} there.` : '';
  if (before === null || before === cold.location) return away(why, BRING_BACK + or);
  return away(
    `${why}. The bundles were in ${before}`,
    `Move the folder ${before}/cold and ${before}/${IDENTITY_FILE} to ${cold.location}, or set cold to ${before}. Then run again.`,
  );
}

/**
 * Of an archive with one location: null when its bundles are there. They are not when the tiers were apart at the last run, and the configuration
 * has one location since.
 */
export async function lookForBundles(
  store: ArchiveStore,
  expected: Expected | null,
): Promise<AwayLocation | null> {
  const before = (await readLineage(store))?.cold;
  if (before === undefined) return null;
  const [here, wanted] = [await bundlesIn(store), expected === null ? null : await expected()];
  if (wanted === null ? here.size > 0 : [...wanted].every((path) => here.has(path))) return null;
  return {
    ...{ tier: 'cold', location: before },
    why: `the tiers were apart, and the bundles are in ${before}`,
    remedy: `Set archives to {warm: ${store.location}, cold: ${before}}, or move the folder ${before}/cold to ${store.location}. Then run again.`,
  };
}

/** Null when the location of the warm tier is there, or is new. It is marked first, so an empty one is away when that of cold is marked. */
export async function lookAtWarm(warm: ArchiveStore, cold: ArchiveStore): Promise<AwayLocation | null> {
  // A marker that cannot be understood is for whoever reads it to report.
  await using marker = await ifThere(warm.open(IDENTITY_FILE));
  if (marker !== null || (await warm.list('')).length > 0) return null;
  if ((await readIdentity(cold).catch(nothing)) === null) return null;
  const why = `${warm.location} has no ${IDENTITY_FILE}`;
  return { ...{ tier: 'warm', location: warm.location }, ...{ why, remedy: BRING_BACK } };
}

function bundles(count: number): string {
  return count === 1 ? '1 bundle' : `${count} bundles`;
}

async function bundlesIn(store: ArchiveStore): Promise<ReadonlySet<string>> {
  return new Set((await store.list('cold')).map(({ path }) => path));
}

function nothing(error: unknown): null {
  if (error instanceof FirnError) return null;
  throw error;
}
