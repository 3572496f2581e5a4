import { escaped } from '../sigv4.ts';
import { type ModelAnswer, type ModelRequest, S3Refusal, xmlAnswer, xmlText } from './answer.ts';
import type { BucketState, ObjectVersion } from './bucket-state.ts';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** `GET /bucket?list-type=2`. */
export function listObjects(state: BucketState, { query }: ModelRequest, bucket: string): ModelAnswer {
  const { prefix, limit, name } = asked(query);
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const contents: string[] = [];
  const groups = new Set<string>();
  let last: string | null = null;
  let truncated = false;
  for (const key of state.keys()) {
    const version = state.current(key);
    if (version === null || !key.startsWith(prefix) || !isAfter(key, after)) continue;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const group = end < 0 ? null : key.slice(0, end + delimiter.length);
    if (group !== null && (groups.has(group) || after.startsWith(group))) continue;
    if (contents.length + groups.size === limit) {
      truncated = true;
      break;
    }
    last = group ?? key;
    if (group !== null) groups.add(group);
    else contents.push(`<Contents><Key>${name(key)}</Key>${described(version)}</Contents>`);
  }
  const token =
    truncated && last !== null ? `<NextContinuationToken>${xmlText(last)}</NextContinuationToken>` : '';
  return xmlAnswer(
    `<ListBucketResult ${NAMESPACE}><Name>${bucket}</Name><Prefix>${name(prefix)}</Prefix><KeyCount>${contents.length + groups.size}</KeyCount><MaxKeys>${limit}</MaxKeys><IsTruncated>${truncated}</IsTruncated>${token}${contents.join('')}${[...groups].map((group) => `<CommonPrefixes><Prefix>${name(group)}</Prefix></CommonPrefixes>`).join('')}</ListBucketResult>`,
  );
}

/** `GET /bucket?versions`. */
export function listVersions(state: BucketState, { query }: ModelRequest, bucket: string): ModelAnswer {
  const { prefix, limit, name } = asked(query);
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('version-id-marker') ?? ''];
  const found: string[] = [];
  let next = '';
  let last: readonly [string, string] | null = null;
  all: for (const key of state.keys()) {
    if (!key.startsWith(prefix)) continue;
    const versions = state.objects.get(key)!;
    for (const [n, version] of versions.entries()) {
      if (!isAfterMarker(key, n, versions, keyMarker, idMarker)) continue;
      if (found.length === limit) {
        next = `<NextKeyMarker>${name(last![0])}</NextKeyMarker><NextVersionIdMarker>${last![1]}</NextVersionIdMarker>`;
        break all;
      }
      last = [key, version.versionId];
      const head = `<Key>${name(key)}</Key><VersionId>${version.versionId}</VersionId><IsLatest>${n === 0}</IsLatest>`;
      found.push(
        version.isMarker
          ? `<DeleteMarker>${head}<LastModified>${new Date(version.modified).toISOString()}</LastModified></DeleteMarker>`
          : `<Version>${head}${described(version)}</Version>`,
      );
    }
  }
  return xmlAnswer(
    `<ListVersionsResult ${NAMESPACE}><Name>${bucket}</Name><Prefix>${name(prefix)}</Prefix><KeyMarker>${name(keyMarker)}</KeyMarker><VersionIdMarker>${idMarker}</VersionIdMarker><MaxKeys>${limit}</MaxKeys><IsTruncated>${next !== ''}</IsTruncated>${next}${found.join('')}</ListVersionsResult>`,
  );
}

/** `GET /bucket?uploads`. */
export function listUploads(state: BucketState, { query }: ModelRequest, bucket: string): ModelAnswer {
  const { prefix, limit, name } = asked(query, 'max-uploads');
  const [keyMarker, idMarker] = [query.get('key-marker') ?? '', query.get('upload-id-marker') ?? ''];
  const all = [...state.uploads]
    .map(([id, { key }]) => ({ id, key }))
    .filter(({ key }) => key.startsWith(prefix))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : 1))
    .filter(
      ({ key, id }) => isAfter(key, keyMarker) || (idMarker !== '' && key === keyMarker && id > idMarker),
    );
  const page = all.slice(0, limit);
  const [last] = page.slice(-1);
  const next =
    page.length < all.length && last !== undefined
      ? `<NextKeyMarker>${name(last.key)}</NextKeyMarker><NextUploadIdMarker>${last.id}</NextUploadIdMarker>`
      : '';
  const texts = page.map(
    ({ id, key }) =>
      `<Upload><Key>${name(key)}</Key><UploadId>${id}</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>`,
  );
  return xmlAnswer(
    `<ListMultipartUploadsResult ${NAMESPACE}><Bucket>${bucket}</Bucket><MaxUploads>${limit}</MaxUploads><IsTruncated>${next !== ''}</IsTruncated>${next}${texts.join('')}</ListMultipartUploadsResult>`,
  );
}

function asked(
  query: ReadonlyMap<string, string>,
  limitName = 'max-keys',
): { prefix: string; limit: number; name: (key: string) => string } {
  const limit = Number(query.get(limitName) ?? '1000');
  if (!Number.isSafeInteger(limit) || limit < 0) throw new S3Refusal('InvalidArgument');
  const isEscaped = query.get('encoding-type') === 'url';
  // Amazon leaves the slashes.
  const name = (key: string): string => (isEscaped ? key.split('/').map(escaped).join('/') : xmlText(key));
  return { prefix: query.get('prefix') ?? '', limit: Math.min(limit, 1000), name };
}

function described({ modified, etag, body, headers }: ObjectVersion): string {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  return `<LastModified>${new Date(modified).toISOString()}</LastModified><ETag>&quot;${etag}&quot;</ETag><Size>${body.length}</Size><StorageClass>${storageClass}</StorageClass>`;
}

function isAfter(key: string, marker: string): boolean {
  return marker === '' || Buffer.compare(Buffer.from(key), Buffer.from(marker)) > 0;
}

function isAfterMarker(
  key: string,
  n: number,
  versions: readonly ObjectVersion[],
  keyMarker: string,
  idMarker: string,
): boolean {
  if (isAfter(key, keyMarker)) return true;
  if (key !== keyMarker || idMarker === '') return false;
  return n > versions.findIndex(({ versionId }) => versionId === idMarker);
}
