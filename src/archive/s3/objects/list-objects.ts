import { childrenOf, childText, parseXml } from '../requests/s3-xml.ts';
import type { ArchiveBucket } from './archive-bucket.ts';
import { decodeKey } from './multipart.ts';

/** The keys below the prefix of the archive that begin with a text, sorted. */
export async function listKeys(bucket: ArchiveBucket, start: string, operation: string): Promise<string[]> {
  const keys: string[] = [];
  let from: Readonly<Record<string, string>> = {};
  for (;;) {
    const query = { 'list-type': '2', prefix: bucket.prefix + start, 'encoding-type': 'url', ...from };
    const answer = await bucket.ask(query, operation);
    const root = parseXml(await answer.body(), 'ListBucketResult', operation, bucket.address(start));
    for (const one of childrenOf(root, 'Contents')) {
      const key = decodeKey(childText(one, 'Key'));
      if (key.startsWith(bucket.prefix)) keys.push(key.slice(bucket.prefix.length));
    }
    if (childText(root, 'IsTruncated') !== 'true') return keys.sort();
    from = { 'continuation-token': childText(root, 'NextContinuationToken') };
  }
}
