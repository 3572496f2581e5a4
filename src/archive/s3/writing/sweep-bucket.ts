import { FirnError } from '../../../model/errors.ts';
import { TEMPORARY } from '../../archive-path.ts';
import { type KeptFile, RemovalRefused } from '../../archive-store.ts';
import { generationKey, parseGenerationKey } from '../generations.ts';
import type { ArchiveBucket } from '../objects/archive-bucket.ts';
import { listKeys } from '../objects/list-objects.ts';
import { abortUpload, openUploads } from '../objects/multipart.ts';
import { headObject, isOf } from '../objects/object-head.ts';
import type { ObjectRemover } from '../objects/object-versions.ts';
import { proveObject } from '../objects/prove-object.ts';
import { putNew } from '../objects/put-object.ts';
import type { Upload } from '../objects/upload.ts';
import type { Leftover, Spool } from '../spool/spool.ts';
import { judgeOlder, newestOf, type PresentBundle } from './bundle-objects.ts';
import type { PublishingParts } from './publish-object.ts';

const OPERATION = 'remove temporary files';

/**
 * Sends again what an earlier run began to send, until it is known what became of it, and removes from spool and bucket what earlier runs left.
 * Returns what was removed; throws `RemovalRefused` at the end when the bucket does not allow something to be removed.
 * @param quarantineKey moves an object out of the way.
 */
export async function sweepBucket(
  parts: PublishingParts,
  spool: Spool,
  quarantineKey: (key: string, note: string) => Promise<void>,
): Promise<string[]> {
  const removed: string[] = [];
  const leftovers = await spool.leftovers();
  try {
    for (const { file, upload } of leftovers) {
      const isNeeded = upload !== null && (await finish(parts, { file, upload }));
      if (!isNeeded) removed.push(`${TEMPORARY}/${file.name}`);
      await file.drop();
    }
  } finally {
    for (const { file } of leftovers) await file.leave();
  }
  removed.push(...(await sweepUploads(parts)));
  const kept: KeptFile[] = [];
  for (const key of await listKeys(parts.bucket, `${TEMPORARY}/`, OPERATION)) {
    if (await isRemoved(parts.remover, key, kept)) removed.push(key);
  }
  removed.push(...(await sweepGenerations(parts, quarantineKey, kept)));
  if (kept.length > 0) throw new RemovalRefused(kept, { operation: OPERATION });
  return removed;
}

/** False when another object has the name: the rows are still in the database, or another file has them. */
async function finish(
  { bucket, conditions, changed }: PublishingParts,
  { file, upload }: Leftover & { readonly upload: Upload },
): Promise<boolean> {
  await conditions.look();
  changed(parseGenerationKey(upload.key)?.path ?? upload.key);
  // A disk that lost bytes after they were durable: what the bucket has is all there is.
  const isWhole =
    file.bytes === upload.bytes && (await file.digestsOf(0, file.bytes)).sha256 === upload.sha256;
  if (!isWhole) return isOf(await headObject(bucket, upload.key, OPERATION), upload);
  return await putNew(bucket, upload, file, conditions);
}

/** Uploads in parts that were neither completed nor aborted. They are no objects, but cost money. */
async function sweepUploads({ bucket }: PublishingParts): Promise<string[]> {
  const aborted: string[] = [];
  try {
    for (const upload of await openUploads(bucket)) {
      if (parseGenerationKey(upload.key) === null) continue;
      await abortUpload(bucket, upload);
      aborted.push(upload.key);
    }
  } catch (error) {
    // Without the right to list them, a lifecycle rule of the bucket has to end them: see docs/s3.md.
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
  }
  return aborted;
}

/** Generations of bundles that were replaced, by a run that was killed before it deleted them. */
async function sweepGenerations(
  { bucket, remover, changed }: PublishingParts,
  quarantineKey: (key: string, note: string) => Promise<void>,
  kept: KeptFile[],
): Promise<string[]> {
  const keys = await listKeys(bucket, 'cold/', OPERATION);
  const bundles = Map.groupBy(
    keys.flatMap((key) => parseGenerationKey(key) ?? []),
    ({ path }) => path,
  );
  const removed: string[] = [];
  for (const [path, generations] of bundles) {
    if (generations.length === 1) continue;
    const present = await newestOf(bucket, generations);
    if (present === null || !(await isWhole(bucket, present))) continue;
    const { accounted, unknown } = await judgeOlder(bucket, present);
    changed(path);
    for (const one of accounted) {
      if (await isRemoved(remover, generationKey(one), kept)) removed.push(generationKey(one));
    }
    for (const one of unknown) {
      const note = `It is older than ${present.key}, which does not say that it takes its place.`;
      await collecting(kept, () => quarantineKey(generationKey(one), note));
    }
  }
  return removed;
}

async function isRemoved(remover: ObjectRemover, key: string, kept: KeptFile[]): Promise<boolean> {
  return await collecting(kept, () => remover.remove(key));
}

/** False when the bucket does not allow it. */
async function collecting(kept: KeptFile[], removing: () => Promise<void>): Promise<boolean> {
  try {
    await removing();
    return true;
  } catch (error) {
    if (!(error instanceof RemovalRefused)) throw error;
    kept.push(...error.kept);
    return false;
  }
}

/** Nothing older goes before the newest one was read through. That it is damaged is found by whoever reads it. */
async function isWhole(bucket: ArchiveBucket, present: PresentBundle): Promise<boolean> {
  try {
    await proveObject(bucket, present);
    return true;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'integrity') throw error;
    return false;
  }
}
