import type { S3Client } from '../requests/s3-client.ts';
import { childrenOf, childText, parseXml, type XmlElement } from '../requests/s3-xml.ts';

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

const OPERATION = 'list the archive';

/** Every object whose key begins with this text, in the server's order. One request for each thousand. */
export async function listBucket(client: S3Client, prefix: string): Promise<ListedObject[]> {
  const listed: ListedObject[] = [];
  const address = `s3://${client.location.bucket}/${prefix}`;
  let from: Readonly<Record<string, string>> = {};
  for (;;) {
    const query = { 'list-type': '2', prefix, 'encoding-type': 'url', ...from };
    const answer = await client.send({ method: 'GET', key: null, query, operation: OPERATION });
    const page = parseXml(await answer.body(), 'ListBucketResult', OPERATION, address);
    for (const one of childrenOf(page, 'Contents')) {
      const key = decoded(childText(one, 'Key'));
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

/** As `If-Match` has it: all servers that are known understand an ETag without its quotation marks, and Ceph 16 no other. */
export function plainEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"?|"?$/g, '');
}

function classOf(listed: XmlElement): string {
  const name = childText(listed, 'StorageClass');
  return name === 'STANDARD' ? '' : name;
}

/** Keys come escaped, as XML cannot hold every character. */
function decoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
