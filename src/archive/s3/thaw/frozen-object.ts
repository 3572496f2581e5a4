import { FrozenFile } from '../../archive-store.ts';
import { isFrozenClass } from '../../bucket/storage-classes.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { s3CodeOf } from '../requests/s3-failure.ts';

/** Whether an object can be read, as its headers say it. */
export interface ObjectState {
  readonly storageClass: string;
  /** Until when a thawed copy can be read (ms); null when there is none. */
  readonly thawedUntil: number | null;
  readonly isThawing: boolean;
  /** It cannot be read now. */
  readonly isFrozen: boolean;
  /** Its tiers are chosen by S3 itself: a thaw moves it back for good, and has no number of days. */
  readonly isTiered: boolean;
}

/** @param headers of a HEAD, which every storage class answers. */
export function stateOf(headers: Headers): ObjectState {
  const storageClass = headers.get('x-amz-storage-class') ?? 'STANDARD';
  // ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS, of INTELLIGENT_TIERING alone.
  const archiveTier = headers.get('x-amz-archive-status');
  const restore = headers.get('x-amz-restore') ?? '';
  const isThawing = /ongoing-request="true"/.test(restore);
  const until = Date.parse(/expiry-date="([^"]+)"/.exec(restore)?.[1] ?? '');
  const thawedUntil = isThawing || Number.isNaN(until) ? null : until;
  return {
    storageClass: archiveTier === null ? storageClass : `${storageClass} (${archiveTier})`,
    ...{ thawedUntil, isThawing, isTiered: archiveTier !== null },
    isFrozen: archiveTier !== null || (isFrozenClass(storageClass) && thawedUntil === null),
  };
}

/** Why an object could not be read: of one in a storage class that has to be thawed, what is known of that; of any other, the error itself. */
export async function whyUnread(
  client: S3Client,
  key: string,
  operation: string,
  error: unknown,
): Promise<unknown> {
  if (s3CodeOf(error) !== 'InvalidObjectState') return error;
  const { headers } = await client.send({ method: 'HEAD', key, operation });
  const { storageClass, isThawing } = stateOf(headers);
  const path = addressOf(client.location, key);
  return new FrozenFile(storageClass, isThawing, { operation, path, cause: error });
}
