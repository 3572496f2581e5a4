import { FirnError } from '../../../model/errors.ts';
import { sizes } from '../../../model/sizes.ts';
import { isOutcomeUnknown } from '../requests/s3-failure.ts';
import { childrenOf, childText, parseXml, textOf } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { decodeKey } from './decode-key.ts';
import { listPages } from './list-pages.ts';
import { objectHeaders, type Upload, type UploadBody } from './upload.ts';

/** More than this no server takes. */
const MOST_PARTS = 10_000;
const OPERATION = 'publish an archive file in parts';

/** A multipart upload that was begun and neither completed nor aborted. */
export interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
}

/** As `putWhole`, in parts. When it fails, the upload is aborted, unless its completion may still be carried out. */
export async function putInParts(
  bucket: ArchiveBucket,
  upload: Upload,
  body: UploadBody,
  condition: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { key } = upload;
  const uploadId = await begin(bucket, upload);
  try {
    const parts = await sendParts(bucket, upload, uploadId, body);
    const isDone = await complete(bucket, { key, uploadId }, parts, condition);
    if (!isDone) await abortUpload(bucket, { key, uploadId });
    return isDone;
  } catch (error) {
    // Aborting is tidying up: what failed is what is reported. The next run aborts what is left.
    if (!isOutcomeUnknown(error)) await abortUpload(bucket, { key, uploadId }).catch(() => undefined);
    throw error;
  }
}

async function begin(bucket: ArchiveBucket, upload: Upload): Promise<string> {
  const { key } = upload;
  const headers = objectHeaders(upload);
  const answer = await bucket.send({ method: 'POST', key, query: { uploads: '' }, headers }, OPERATION);
  const id = childText(
    parseXml(await answer.body(), 'InitiateMultipartUploadResult', OPERATION, bucket.address(key)),
    'UploadId',
  );
  if (id !== '') return id;
  throw unexpected(bucket, key, 'the answer does not name the upload');
}

async function sendParts(
  bucket: ArchiveBucket,
  { key, bytes }: Upload,
  uploadId: string,
  body: UploadBody,
): Promise<string[]> {
  const length = Math.max(sizes.multipartBytes, Math.ceil(bytes / MOST_PARTS));
  const blob = await body.blob();
  const etags: string[] = [];
  for (let at = 0; at < bytes; at += length) {
    const part = Math.min(length, bytes - at);
    const { sha256, md5 } = await body.digestsOf(at, part);
    const query = { partNumber: String(etags.length + 1), uploadId };
    const headers = { 'content-md5': md5 };
    const slice = blob.slice(at, at + part);
    const answer = await bucket.send({ method: 'PUT', key, query, headers, body: slice, sha256 }, OPERATION);
    const etag = answer.status < 300 ? answer.headers.get('etag') : null;
    if (etag === null) throw unexpected(bucket, key, `part ${etags.length + 1}: HTTP ${answer.status}`);
    etags.push(etag);
  }
  return etags;
}

/** False when the condition does not hold, and when the server does not know the upload any more: it may be complete. */
async function complete(
  bucket: ArchiveBucket,
  { key, uploadId }: OpenUpload,
  etags: readonly string[],
  condition: Readonly<Record<string, string>>,
): Promise<boolean> {
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(etag)}</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const headers = { ...condition, 'content-type': 'application/xml' };
  const request = { method: 'POST', key, query: { uploadId }, headers, body } as const;
  const answer = await bucket.sendIf(request, OPERATION);
  if (answer === null) return false;
  // The status is sent before the server knows how it ends.
  const text = Buffer.from(await answer.body()).toString();
  if (!text.includes('<Error>')) return true;
  if (textOf(text, 'Code') === 'PreconditionFailed') return false;
  throw unexpected(bucket, key, 'the parts could not be put together');
}

export async function abortUpload(bucket: ArchiveBucket, { key, uploadId }: OpenUpload): Promise<void> {
  await bucket.send({ method: 'DELETE', key, query: { uploadId } }, 'abort an upload in parts');
}

/** The uploads of the archive that are neither complete nor aborted. */
export async function openUploads(bucket: ArchiveBucket): Promise<OpenUpload[]> {
  const operation = 'list uploads in parts';
  const list = {
    root: 'ListMultipartUploadsResult',
    query: { uploads: '' },
    prefix: `${bucket.prefix}cold/`,
    next: { 'key-marker': 'NextKeyMarker', 'upload-id-marker': 'NextUploadIdMarker' },
  };
  const found: OpenUpload[] = [];
  for await (const page of listPages(bucket.client, list, operation))
    for (const one of childrenOf(page, 'Upload')) {
      const key = decodeKey(childText(one, 'Key'));
      if (key.startsWith(bucket.prefix))
        found.push({ key: key.slice(bucket.prefix.length), uploadId: childText(one, 'UploadId') });
    }
  return found;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function unexpected(bucket: ArchiveBucket, key: string, message: string): FirnError {
  return new FirnError('unavailable', message, {
    ...{ operation: OPERATION, path: bucket.address(key) },
    hint: 'Nothing is lost. Run again.',
  });
}
