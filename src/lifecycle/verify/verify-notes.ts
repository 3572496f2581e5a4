import type { ArchiveStore } from '../../archive/archive-store.ts';
import { quarantinedFiles } from '../../archive/listed-files.ts';
import type { Receipt } from '../../hot/ledger.ts';
import type { Reconciled } from '../reconcile/reconcile-plan.ts';

/** What is worth knowing of an archive, and no alarm. */
export async function notesOn(
  archive: ArchiveStore,
  receipts: readonly Receipt[],
  steps: readonly Reconciled[],
): Promise<string[]> {
  const foreign = steps.filter(({ action }) => action === 'foreign');
  return [
    ...steps
      .filter(({ action }) => action === 'blocked')
      .map(({ subject, reason }) => `${subject} is not complete: ${reason}`),
    ...foreign.map(({ subject, reason }) => `${subject} is ignored: ${reason}`),
    ...(await filesInDoubt(archive)),
    ...gaps(receipts),
  ];
}

/** Segments at a location that is away, which has its alarm. */
export function notReached(segments: number): string[] {
  if (segments === 0) return [];
  return [
    `${segments} ${segments === 1 ? 'segment was' : 'segments were'} not verified: their location is away`,
  ];
}

/** Segments in bundles that have to be thawed first. */
export function notThawed(segments: number): string[] {
  if (segments === 0) return [];
  return [
    `${segments} ${segments === 1 ? 'segment was' : 'segments were'} not verified: their bundles are in a storage class that has to be thawed (docs/s3.md)`,
  ];
}

/** What no verification reads: strays, files in quarantine, and bundles where they were before the tiers were apart. */
export async function filesInDoubt(archive: ArchiveStore): Promise<string[]> {
  const strays = await archive.strays();
  return [
    ...(await leftBehind(archive)),
    ...strays.map((path) => `${path} is neither a file nor a folder. Firn ignores it.`),
    ...(await quarantined(archive)),
  ];
}

/** Of no use there: a copy of bundles that are read elsewhere, and of rows that were erased since. */
async function leftBehind(archive: ArchiveStore): Promise<string[]> {
  if (archive.apart === null || (await archive.away()).length > 0) return [];
  const { warm, cold } = archive.apart;
  const files = (await warm.list('cold')).length;
  if (files === 0) return [];
  return [
    `${warm.location}/cold has ${files} ${files === 1 ? 'file' : 'files'} that Firn does not use: the cold archives are in ${cold.location}. Delete the folder once firn verify --deep finds no problem.`,
  ];
}

async function quarantined(archive: ArchiveStore): Promise<string[]> {
  const files = await quarantinedFiles(archive);
  return files.map(({ path }) => `${path} is in quarantine. ${path}.note.txt has the reason.`);
}

/** A number without a receipt was reserved for a copy that was given up, or its receipt was lost. */
function gaps(receipts: readonly Receipt[]): string[] {
  const parts = Map.groupBy(receipts, ({ table, day }) => `${table} of ${day}`);
  return [...parts].flatMap(([name, group]) => {
    const known = group.map(({ part }) => part).sort((a, b) => a - b);
    return known.flatMap((part, at) => {
      const [first, last] = [(known[at - 1] ?? 0) + 1, part - 1];
      if (first > last) return [];
      const which = first === last ? `part ${first}` : `parts ${first} to ${last}`;
      return [
        `${name} has no ledger entry for ${which}: a copy was discarded, or the ledger is older than the archive`,
      ];
    });
  });
}
