import type { BucketAccess, PlainAnswer, PlainRequest } from '../plain-client.ts';
import { send } from '../plain-client.ts';
import { textsOf } from './answer.ts';

/** One of the servers that are compared, and what it named on the way. */
export class Side {
  /** Ids in the order in which the server gave them. */
  readonly versions: string[] = [];
  readonly uploads: string[] = [];
  /** Of the last answer: what asks for the page after it. */
  next: Readonly<Record<string, string>> = {};
  readonly #access: BucketAccess;
  readonly #fetch: typeof fetch;

  constructor(access: BucketAccess, fetchFunction: typeof fetch = fetch) {
    [this.#access, this.#fetch] = [access, fetchFunction];
  }

  /** What the server said, without what differs between two servers that agree. */
  async ask(step: Step): Promise<Said> {
    const request = step(this);
    const answer = await send(this.#access, request, this.#fetch);
    const versionId = answer.headers.get('x-amz-version-id');
    const isNew = request.query?.versionId === undefined;
    if (isNew && versionId !== null && !this.versions.includes(versionId)) this.versions.push(versionId);
    const uploadId = first(answer.body.toString(), 'UploadId');
    if (uploadId !== null && request.query?.uploads === '' && request.method === 'POST')
      this.uploads.push(uploadId);
    this.next = nextPage(answer.body.toString());
    return said(request, answer, this.versions);
  }
}

/** What asks for the page after this one; empty for the last. */
function nextPage(text: string): Readonly<Record<string, string>> {
  const names = {
    NextContinuationToken: 'continuation-token',
    NextKeyMarker: 'key-marker',
    NextVersionIdMarker: 'version-id-marker',
  };
  const found = Object.entries(names).map(
    ([element, parameter]) => [parameter, first(text, element)] as const,
  );
  return Object.fromEntries(found.filter((pair): pair is [string, string] => pair[1] !== null));
}

/** The same request for each side, but for the ids. */
export type Step = (side: Side) => PlainRequest;

export type Said = Readonly<Record<string, unknown>>;

function said(
  request: PlainRequest,
  { status, headers, body }: PlainAnswer,
  versions: readonly string[],
): Said {
  const text = body.toString();
  if (status >= 300) {
    return { status, ...(request.method === 'HEAD' || status === 304 ? {} : { code: codeOf(text) }) };
  }
  const version = (id: string | null): number | null =>
    id === null || id === 'null' ? null : versions.indexOf(id);
  if (request.method === 'DELETE') {
    const isMarked = request.query?.versionId === undefined;
    return { status, ...(isMarked ? { marker: version(headers.get('x-amz-version-id')) } : {}) };
  }
  if (request.key === undefined || request.key === null || text.startsWith('<?xml')) {
    return { status, ...listed(text, version) };
  }
  const described = [...headers].filter(
    ([name]) => name.startsWith('x-amz-meta-') || ['etag', 'content-range', 'content-type'].includes(name),
  );
  const size = request.method === 'HEAD' ? headers.get('content-length') : null;
  return {
    ...{ status, size, body: body.toString('hex'), version: version(headers.get('x-amz-version-id')) },
    ...Object.fromEntries(request.method === 'PUT' ? [['etag', headers.get('etag')]] : described),
  };
}

/** Ceph has one code for a missing key and a missing version. */
function codeOf(text: string): string | null {
  const code = first(text, 'Code');
  return code === 'NoSuchVersion' ? 'NoSuchKey' : code;
}

function listed(text: string, version: (id: string | null) => number | null): Said {
  const entries = [
    ...text.matchAll(/<(Contents|Version|DeleteMarker|Upload|Part|CommonPrefixes)>(.*?)<\/\1>/gs),
  ].map(([, kind, entry]) => ({
    kind,
    key: first(entry!, 'Key') ?? first(entry!, 'Prefix'),
    size: first(entry!, 'Size'),
    etag: kind === 'DeleteMarker' ? null : first(entry!, 'ETag'),
    version: version(first(entry!, 'VersionId')),
    latest: first(entry!, 'IsLatest'),
    part: first(entry!, 'PartNumber'),
  }));
  // Two servers need not give the groups and the objects in the same order.
  entries.sort((a, b) => Number(a.kind === 'CommonPrefixes') - Number(b.kind === 'CommonPrefixes'));
  return {
    entries,
    truncated: first(text, 'IsTruncated'),
    setting: [first(text, 'Status'), first(text, 'ObjectLockEnabled'), first(text, 'Days')],
  };
}

function first(xml: string, name: string): string | null {
  return textsOf(xml, name)[0] ?? null;
}
