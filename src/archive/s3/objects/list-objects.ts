import { plainEtag } from '../requests/etag.ts';
import { addressOf } from '../requests/s3-address.ts';
import type { S3Client } from '../requests/s3-client.ts';
import { childrenOf, childText, parseXml, type XmlElement } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';

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
  const listed: ListedObject[] = [];
  const address = addressOf(client.location, prefix);
  let from: Readonly<Record<string, string>> = {};
  for (;;) {
    const query = { 'list-type': '2', prefix, 'encoding-type': 'url', ...from };
    const answer = await client.send({ method: 'GET', key: null, query, operation });
    const page = parseXml(await answer.body(), 'ListBucketResult', operation, address);
    for (const one of childrenOf(page, 'Contents')) {
      const key = decodeKey(childText(one, 'Key'));
      const etag = plainEtag(childText(one, 'ETag').replaceAll('&quot;', '"'));
      // A server that does not know `prefix` would give all of the bucket.
      if (key.startsWith(prefix))
        listed.push({ key, bytes: Number(childText(one, 'Size')), etag, storageClass: classOf(one) });
    }
    const next = childText(page, 'NextContinuationToken');
    if (childText(page, 'IsTruncated') !== 'true' || next === '') return listed;
    from = { 'continuation-token': next };
  }
}

function classOf(listed: XmlElement): string {
  const name = childText(listed, 'StorageClass');
  return name === 'STANDARD' ? '' : name;
}

/** A key as servers write it into a list: escaped, as XML cannot hold every character. */
export function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** The keys below the prefix of the archive that begin with a text, sorted. */
export async function listKeys(bucket: ArchiveBucket, start: string, operation: string): Promise<string[]> {
  const listed = await listBucket(bucket.client, bucket.prefix + start, operation);
  return listed.map(({ key }) => key.slice(bucket.prefix.length)).sort();
}
