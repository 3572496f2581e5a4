import type { ArchiveBucket } from './archive-bucket.ts';
import { META, NAMES, type Upload } from './upload.ts';

/** What the bucket says of an object. */
export interface ObjectHead {
  readonly bytes: number;
  /** See `ConditionHeaders.versionOf`. */
  readonly version: string | null;
  /** As a range may be asked for only while the object is this one. */
  readonly etag: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** Null for the usual one. */
  readonly storageClass: string | null;
}

/** Null when there is no object. */
export async function headObject(
  bucket: ArchiveBucket,
  key: string,
  operation: string,
): Promise<ObjectHead | null> {
  const { status, headers } = await bucket.send({ method: 'HEAD', key }, operation);
  return status === 404 ? null : headOf(bucket, headers);
}

export function headOf({ conditions }: ArchiveBucket, headers: Headers): ObjectHead {
  const metadata: Record<string, string> = {};
  for (const [name, value] of headers) {
    if (name.startsWith(META)) metadata[name.slice(META.length)] = value;
  }
  return {
    bytes: Number(headers.get('content-length') ?? Number.NaN),
    version: conditions.versionOf(headers),
    etag: headers.get('etag'),
    metadata,
    storageClass: headers.get('x-amz-storage-class'),
  };
}

/** Whether the object is the one that this upload writes, and not another one with the same bytes. */
export function isOf(head: ObjectHead | null, { bytes, metadata }: Upload): boolean {
  if (head === null || head.bytes !== bytes) return false;
  return [NAMES.sha256, NAMES.write, NAMES.seal, NAMES.archive].every(
    (name) => (head.metadata[name] ?? '') === (metadata[name] ?? ''),
  );
}
