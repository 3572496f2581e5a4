import { FirnError } from '../../../model/errors.ts';
import { join, QUARANTINE } from '../../archive-path.ts';
import type { PendingFile } from '../../archive-store.ts';
import type { ArchiveBucket } from '../objects/archive-bucket.ts';
import { headObject, type ObjectHead } from '../objects/object-head.ts';
import { readPieces } from '../objects/prove-object.ts';
import { NAMES } from '../objects/upload.ts';

const OPERATION = 'quarantine an archive file';

/** What is moved. */
interface Moved {
  readonly key: string;
  /** The path that the note names, and that the name in quarantine is made of. */
  readonly path: string;
  readonly note: string;
}

/**
 * Copies an object to a free name in quarantine, with its note, and reads the copy back. The object itself stays, for the caller to remove. A copy
 * that an earlier run made, and did not come to remove the object after, is taken as it is.
 */
export async function quarantineObject(
  bucket: ArchiveBucket,
  create: (path: string) => Promise<PendingFile>,
  { key, path, note }: Moved,
): Promise<string> {
  if (path.startsWith(`${QUARANTINE}/`))
    throw new FirnError('refused', 'the file is already in quarantine', {
      ...{ operation: OPERATION, path: bucket.address(path) },
    });
  const source = await headObject(bucket, key, OPERATION);
  if (source === null)
    throw new FirnError('not_found', 'file not found', { operation: OPERATION, path: bucket.address(path) });
  for (let attempt = 1; ; attempt++) {
    const target = join(QUARANTINE, attempt === 1 ? path : `${path}.${attempt}`);
    const present = await headObject(bucket, target, OPERATION);
    if (present !== null && isCopy(present, source)) return target;
    if (present !== null) continue;
    // The note first: a file in quarantine always says why.
    const text = Buffer.from(`${path}\n${note}\n`);
    if (!(await publish(bucket, create, `${target}.note.txt`, [text]))) continue;
    if (await publish(bucket, create, target, readPieces(bucket, key, source.bytes))) return target;
  }
}

function isCopy(copy: ObjectHead, { bytes, metadata }: ObjectHead): boolean {
  const sha256 = metadata[NAMES.sha256];
  return sha256 !== undefined && copy.bytes === bytes && copy.metadata[NAMES.sha256] === sha256;
}

/** False when the name is taken. */
async function publish(
  bucket: ArchiveBucket,
  create: (path: string) => Promise<PendingFile>,
  path: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const file = await create(path);
  try {
    for await (const piece of pieces) await file.write(piece);
    await file.sync();
    await file.publish();
    return true;
  } catch (error) {
    if (!(error instanceof FirnError) || error.code !== 'refused') throw error;
    // It may also be the server that refuses.
    if ((await headObject(bucket, path, OPERATION)) === null) throw error;
    return false;
  } finally {
    await file.abandon();
  }
}
