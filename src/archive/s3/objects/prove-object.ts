import { createHash } from 'node:crypto';
import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import { isFrozenClass } from '../../bucket/storage-classes.ts';
import { plainEtag } from '../requests/etag.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { headObject, type ObjectHead } from './object-head.ts';
import { NAMES, type Upload } from './upload.ts';

const OPERATION = 'read back an object';

/**
 * Reads the whole object from the bucket, and throws `integrity` unless it has the bytes that were sent. Of an object in a storage class that
 * cannot be read at once, only size and metadata are compared: the server compared the bytes with their SHA-256 when they arrived.
 */
export async function proveObject(
  bucket: ArchiveBucket,
  { key, bytes, sha256, storageClass }: Pick<Upload, 'key' | 'bytes' | 'sha256' | 'storageClass'>,
): Promise<void> {
  if (bytes === 0 || isFrozenClass(storageClass)) {
    const head = await headObject(bucket, key, OPERATION);
    if (head?.bytes === bytes && (head.metadata[NAMES.sha256] ?? sha256) === sha256) return;
    throw differs(bucket, key);
  }
  if ((await readThrough(bucket, key, bytes)) !== sha256) throw differs(bucket, key);
}

/** The SHA-256 of an object, as its metadata records it. An object without a record is read. */
export async function sha256OfObject(
  bucket: ArchiveBucket,
  key: string,
  head: Pick<ObjectHead, 'bytes' | 'metadata'>,
): Promise<string> {
  const recorded = head.metadata[NAMES.sha256];
  if (recorded !== undefined) return recorded;
  if (head.bytes === 0) return createHash('sha256').digest('hex');
  return await readThrough(bucket, key, head.bytes);
}

/** Reads an object piece by piece, all of one version, and returns its SHA-256. Throws `integrity` when its size is another one. */
async function readThrough(bucket: ArchiveBucket, key: string, bytes: number): Promise<string> {
  const sha256 = createHash('sha256');
  for await (const piece of readPieces(bucket, key, bytes)) sha256.update(piece);
  return sha256.digest('hex');
}

/** The bytes of an object, all of one version. Throws `integrity` when its size is another one. */
export async function* readPieces(
  bucket: ArchiveBucket,
  key: string,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let etag: string | null = null;
  for (let at = 0; at < bytes; at += sizes.readBackBytes) {
    const end = Math.min(bytes, at + sizes.readBackBytes);
    const same: Readonly<Record<string, string>> = etag === null ? {} : { 'if-match': plainEtag(etag) };
    const headers = { range: `bytes=${at}-${end - 1}`, ...same };
    const answer = await bucket.send({ method: 'GET', key, headers }, OPERATION);
    const piece = await answer.body();
    const size = answer.headers.get('content-range')?.split('/')[1];
    if (answer.status !== 206 || piece.length !== end - at || size !== String(bytes)) {
      if (answer.status === 412 || answer.status === 404) throw gone(bucket, key);
      throw differs(bucket, key);
    }
    etag ??= answer.headers.get('etag');
    yield piece;
  }
}

function differs(bucket: ArchiveBucket, key: string): FirnError {
  return new FirnError('integrity', 'the bucket does not have the bytes that were sent', {
    ...{ operation: OPERATION, path: bucket.address(key) },
    hint: 'No row of this file was deleted from the database. Find out what changes objects of this bucket, then run firn verify --deep.',
  });
}

function gone(bucket: ArchiveBucket, key: string): FirnError {
  return new FirnError('unavailable', 'the object was deleted or replaced while it was read', {
    ...{ operation: OPERATION, path: bucket.address(key) },
    hint: 'Find the other program that changes objects of this archive, then run again.',
  });
}
