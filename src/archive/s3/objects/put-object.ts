import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { putInParts } from './multipart.ts';
import { headObject, isOf, type ObjectHead } from './object-head.ts';
import { objectHeaders, type Upload, type UploadBody } from './upload.ts';

/** How far the server can be trusted with conditions. */
export interface Trust {
  /** False: the server may ignore conditions, and the user accepts that. */
  readonly put: boolean;
  /** The same of the end of a multipart upload; asked only when there is one. */
  parts(): Promise<boolean>;
}

const OPERATION = 'publish an archive file';

/**
 * Creates an object, and never takes the place of another one. Returns false when the name is taken by another object; true when the object is
 * there, also when an earlier request of this upload wrote it. Every other failure leaves open whether the object is there, or will be: the same
 * call must be made again until it returns.
 */
export async function putNew(
  bucket: ArchiveBucket,
  upload: Upload,
  body: UploadBody,
  trust: Trust,
): Promise<boolean> {
  const inParts = upload.bytes > sizes.singlePutBytes;
  const isTrusted = trust.put && (!inParts || (await trust.parts()));
  if (inParts || !isTrusted) {
    const present = await headObject(bucket, upload.key, OPERATION);
    if (present !== null) return isOf(present, upload);
  }
  // A server that is not trusted may not only ignore a condition, but misunderstand it.
  const create = isTrusted ? bucket.conditions.create : {};
  const isWritten = inParts
    ? await putInParts(bucket, upload, body, create)
    : await putWhole(bucket, upload, body, create);
  return isWritten || isOf(await requireHead(bucket, upload.key), upload);
}

/**
 * Writes an object in the place of the version that was seen last, or of none. Returns false when another one is there.
 * @param seen the version; null when there was no object.
 */
export async function putInPlaceOf(
  bucket: ArchiveBucket,
  seen: string | null,
  upload: Upload,
  body: UploadBody,
  trust: Trust,
): Promise<boolean> {
  const { create, replace } = bucket.conditions;
  if (!trust.put) {
    const present = await headObject(bucket, upload.key, OPERATION);
    if ((present?.version ?? null) !== seen) return isOf(present, upload);
  }
  const condition = trust.put ? (seen === null ? create : replace(seen)) : {};
  if (await putWhole(bucket, upload, body, condition)) return true;
  const present = await requireHead(bucket, upload.key);
  if (isOf(present, upload)) return true;
  if (seen === null || present.version !== seen) return false;
  // The version is the one that was asked for: this server wants it in quotation marks.
  if (await putWhole(bucket, upload, body, replace(`"${seen}"`))) return true;
  return isOf(await requireHead(bucket, upload.key), upload);
}

/** False when the condition does not hold. */
async function putWhole(
  bucket: ArchiveBucket,
  upload: Upload,
  body: UploadBody,
  condition: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { key, sha256, md5 } = upload;
  const headers = { ...objectHeaders(upload), ...condition, 'content-md5': md5 };
  const sent = await body.blob();
  return (await bucket.sendIf({ method: 'PUT', key, headers, body: sent, sha256 }, OPERATION)) !== null;
}

/** What has the name, after the server said that something has. */
async function requireHead(bucket: ArchiveBucket, key: string): Promise<ObjectHead> {
  const head = await headObject(bucket, key, OPERATION);
  if (head !== null) return head;
  throw new FirnError('unavailable', 'the server says that the object is there, and that it is not', {
    ...{ operation: OPERATION, path: bucket.address(key) },
    hint: 'Nothing is lost. Another program may have deleted the object just now. Run again.',
  });
}
