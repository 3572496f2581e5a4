import { plainEtag } from '../requests/etag.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { childrenOf, childText, type XmlElement } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { decodeKey } from './decode-key.ts';
import { listPages } from './list-pages.ts';

/** An object, as a list shows it. */
export interface ListedObject {
  /** In the bucket. */
  readonly key: string;
  readonly bytes: number;
  /** Without quotation marks; '' where the server gives none. */
  readonly etag: string;
  /** '' for the usual one. */
  readonly storageClass: string;
}

/** Every object whose key begins with this text, in the server's order. One request for each thousand. */
export async function listBucket(
  client: S3Client,
  prefix: string,
  operation = 'list the archive',
): Promise<ListedObject[]> {
  const list = {
    root: 'ListBucketResult',
    query: { 'list-type': '2' },
    ...{ prefix, next: { 'continuation-token': 'NextContinuationToken' } },
  };
  const listed: ListedObject[] = [];
  for await (const page of listPages(client, list, operation))
    for (const one of childrenOf(page, 'Contents')) {
      const key = decodeKey(childText(one, 'Key'));
      const etag = plainEtag(childText(one, 'ETag').replaceAll('&quot;', '"'));
      // A server that does not know `prefix` would give all of the bucket.
      if (key.startsWith(prefix))
        listed.push({ key, bytes: Number(childText(one, 'Size')), etag, storageClass: classOf(one) });
    }
  return listed;
}

function classOf(listed: XmlElement): string {
  const name = childText(listed, 'StorageClass');
  return name === 'STANDARD' ? '' : name;
}

/** The keys below the prefix of the archive that begin with a text, sorted. */
export async function listKeys(bucket: ArchiveBucket, start: string, operation: string): Promise<string[]> {
  const listed = await listBucket(bucket.client, bucket.prefix + start, operation);
  return listed.map(({ key }) => key.slice(bucket.prefix.length)).sort();
}
