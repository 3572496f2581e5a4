import { type ArchiveStore, type KeptFile, RemovalRefused } from '../../archive/archive-store.ts';
import type { LakeFile } from '../../format/lake/lake-file.ts';
import type { Ledger } from '../../hot/ledger.ts';
import { ifThere } from '../../model/errors.ts';
import { parquetFooter } from '../convert/parquet-file.ts';

/** What removes lake files. */
export interface LakePlace {
  readonly ledger: Pick<Ledger, 'lakeFiles' | 'recordLake'>;
  readonly archive: ArchiveStore;
}

/**
 * Removes lake files: first nobody reads them any more (`leaving`), then the bytes go, then the records. Killed between, the next run goes on.
 * Returns the files that the archive does not allow to be removed: nothing is read from them any more, and each run tries again.
 */
export async function leaveFiles(
  { ledger, archive }: LakePlace,
  files: readonly LakeFile[],
): Promise<readonly KeptFile[]> {
  if (files.length === 0) return [];
  const staying = files.filter(({ state }) => state !== 'leaving');
  if (staying.length > 0)
    await ledger.recordLake(staying.map((file) => ({ ...file, state: 'leaving' as const })));
  const kept: KeptFile[] = [];
  const gone: string[] = [];
  for (const file of files) {
    try {
      await removeLakeFile(archive, file.path, file);
      gone.push(file.path);
    } catch (error) {
      if (!(error instanceof RemovalRefused)) throw error;
      kept.push(...error.kept);
    }
  }
  await ledger.recordLake([], gone);
  return kept;
}

/** Removes the files of segments whose rows are about to leave the archive: to be called before anything else says so. */
export async function leaveSegments(
  place: LakePlace,
  segments: readonly { readonly segment: string; readonly table: string }[],
): Promise<readonly KeptFile[]> {
  const names = new Set(segments.map(({ segment }) => segment));
  const holding = new Map<string, LakeFile>();
  for (const table of new Set(segments.map((one) => one.table)))
    for (const file of await place.ledger.lakeFiles(table))
      if (file.segments.some(({ name }) => names.has(name))) holding.set(file.path, file);
  return await leaveFiles(place, [...holding.values()]);
}

/**
 * Removes a file that its record accounts for, or that says of itself that it is one of the lake. Any other goes to quarantine.
 * @param record null when the ledger has none.
 */
export async function removeLakeFile(
  archive: ArchiveStore,
  path: string,
  record: LakeFile | null,
): Promise<void> {
  const found = await ifThere(archive.open(path));
  if (found !== null) {
    await using file = found;
    const footer = await parquetFooter(file);
    const isRecorded = footer?.sha256 === record?.footerSha256 && file.bytes === record?.bytes;
    if (!isRecorded && footer?.metadata == null) {
      await archive.quarantine(path, 'It has the name of a file of the lake, and is not one.');
      return;
    }
  }
  // Also when it is not there: a bucket may have older versions of it.
  await archive.remove(path);
}

/** Whether a file that the ledger does not know says of itself that it is one of the lake. */
export async function isLakeFile(archive: ArchiveStore, path: string): Promise<boolean> {
  const found = await ifThere(archive.open(path));
  if (found === null) return false;
  await using file = found;
  return (await parquetFooter(file))?.metadata != null;
}
