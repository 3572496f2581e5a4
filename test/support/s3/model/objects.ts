import { createHash } from 'node:crypto';
import { answer, type ModelAnswer, type ModelRequest, S3Refusal, textsOf } from './answer.ts';
import type { BucketState, ObjectVersion } from './bucket-state.ts';

const DAY = 86_400_000;
/** Classes whose objects have to be restored before they are read. */
const FROZEN = ['GLACIER', 'DEEP_ARCHIVE'];

export function putObject(state: BucketState, request: ModelRequest, now: number): ModelAnswer {
  const { headers, body } = request;
  checkConditions(state, request);
  const until = headers.get('x-amz-object-lock-retain-until-date');
  const { retentionDays } = state;
  const added = state.add(request.key!, {
    ...{ isMarker: false, body, etag: md5(body).toString('hex'), headers: stored(headers), modified: now },
    retainUntil: until !== undefined ? Date.parse(until) : retentionDays && now + retentionDays * DAY,
    ...{ isHeld: headers.get('x-amz-object-lock-legal-hold') === 'ON', thaw: 'none' as const },
  });
  return answer(200, { etag: `"${added.etag}"`, ...versionHeader(state, added) });
}

/** Throws what a PUT or a completed upload is refused with. */
export function checkConditions(state: BucketState, { key, headers }: ModelRequest): void {
  const { server, versioned, ignoresConditions } = state.kind;
  if (ignoresConditions) return;
  const current = state.current(key!);
  const match = headers.get('if-match');
  if (match !== undefined) {
    if (server === 'radosgw') {
      if (versioned || current === null || match !== current.etag) throw new S3Refusal('PreconditionFailed');
    } else {
      if (current === null) throw new S3Refusal('NoSuchKey');
      if (!matches(match, current)) throw new S3Refusal('PreconditionFailed');
    }
  }
  // Ceph compares with the new version, which is never there yet.
  const blind = server === 'radosgw' && versioned;
  if (headers.get('if-none-match') === '*' && current !== null && !blind)
    throw new S3Refusal('PreconditionFailed');
}

export function getObject(
  state: BucketState,
  { key, query, headers }: ModelRequest,
  now: number,
): ModelAnswer {
  const found = versionOf(state, key!, query.get('versionId') ?? null);
  const described = {
    'accept-ranges': 'bytes',
    etag: `"${found.etag}"`,
    'last-modified': new Date(found.modified).toUTCString(),
    ...found.headers,
    ...versionHeader(state, found),
    ...thawHeader(found, now),
    ...(found.retainUntil === null
      ? {}
      : {
          'x-amz-object-lock-mode': 'GOVERNANCE',
          'x-amz-object-lock-retain-until-date': new Date(found.retainUntil).toISOString(),
        }),
    ...(found.isHeld ? { 'x-amz-object-lock-legal-hold': 'ON' } : {}),
  };
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')];
  if (match !== undefined && !matches(match, found)) throw new S3Refusal('PreconditionFailed');
  if (noneMatch !== undefined && matches(noneMatch, found)) return answer(304, { etag: described.etag });
  return { ...ranged(found, headers.get('range') ?? null, described) };
}

export function readableOrRefused(state: BucketState, { key, query }: ModelRequest): void {
  const { headers, thaw } = versionOf(state, key!, query.get('versionId') ?? null);
  if (FROZEN.includes(headers['x-amz-storage-class'] ?? '') && thaw !== 'done')
    throw new S3Refusal('InvalidObjectState', "The operation is not valid for the object's storage class");
}

export function deleteObject(state: BucketState, { key, query }: ModelRequest, now: number): ModelAnswer {
  const versionId = query.get('versionId');
  const versions = state.objects.get(key!) ?? [];
  if (versionId === undefined) {
    if (!state.kind.versioned) {
      state.replaceVersions(key!, []);
      return answer(204);
    }
    // Ceph puts no marker on a marker.
    if (state.kind.server === 'radosgw' && versions[0]?.isMarker) return answer(204);
    const marker = state.add(key!, {
      ...{ isMarker: true, body: new Uint8Array(), etag: '', headers: {}, modified: now },
      ...{ retainUntil: null, isHeld: false, thaw: 'none' as const },
    });
    return answer(204, { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId });
  }
  const found = versions.find((version) => version.versionId === versionId);
  if (found !== undefined && (found.isHeld || (found.retainUntil ?? 0) > now))
    throw new S3Refusal('AccessDenied', 'Access Denied because object protected by object lock.');
  state.replaceVersions(
    key!,
    versions.filter((version) => version !== found),
  );
  return answer(204, state.kind.versioned ? { 'x-amz-version-id': versionId } : {});
}

/** `?legal-hold`, `?retention`, `?restore`. */
export function changeVersion(state: BucketState, { key, query, body }: ModelRequest): ModelAnswer {
  const found = versionOf(state, key!, query.get('versionId') ?? null);
  const xml = Buffer.from(body).toString();
  let changed: ObjectVersion;
  if (query.has('legal-hold')) changed = { ...found, isHeld: textsOf(xml, 'Status')[0] === 'ON' };
  else if (query.has('retention'))
    changed = { ...found, retainUntil: Date.parse(textsOf(xml, 'RetainUntilDate')[0] ?? '') };
  else {
    if (found.thaw === 'asked') throw new S3Refusal('RestoreAlreadyInProgress');
    changed = { ...found, thaw: 'asked' };
  }
  if (!query.has('restore') && !state.kind.objectLock)
    throw new S3Refusal('InvalidArgument', 'Bucket is missing Object Lock Configuration');
  state.replaceVersions(
    key!,
    state.objects.get(key!)!.map((version) => (version === found ? changed : version)),
  );
  return answer(query.has('restore') ? (found.thaw === 'done' ? 200 : 202) : 200);
}

function versionOf(state: BucketState, key: string, versionId: string | null): ObjectVersion {
  if (versionId === null) {
    const current = state.current(key);
    if (current === null) throw new S3Refusal('NoSuchKey');
    return current;
  }
  const found = state.objects.get(key)?.find((version) => version.versionId === versionId);
  if (found === undefined) throw new S3Refusal('NoSuchVersion');
  if (found.isMarker) throw new S3Refusal(state.kind.server === 'aws' ? 'MethodNotAllowed' : 'NoSuchKey');
  return found;
}

function ranged(
  { body }: ObjectVersion,
  range: string | null,
  headers: Readonly<Record<string, string>>,
): ModelAnswer {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return answer(200, headers, body);
  const size = body.length;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first >= size || first > last) throw new S3Refusal('InvalidRange');
  const described = { ...headers, 'content-range': `bytes ${first}-${last}/${size}` };
  return answer(206, described, body.subarray(first, last + 1));
}

function matches(condition: string, { etag }: ObjectVersion): boolean {
  return condition === '*' || condition.split(',').some((one) => one.trim().replaceAll('"', '') === etag);
}

export function versionHeader(
  state: BucketState,
  { versionId }: ObjectVersion,
): Readonly<Record<string, string>> {
  return state.kind.versioned ? { 'x-amz-version-id': versionId } : {};
}

function thawHeader({ thaw }: ObjectVersion, now: number): Readonly<Record<string, string>> {
  if (thaw === 'asked') return { 'x-amz-restore': 'ongoing-request="true"' };
  const expiry = new Date(now + DAY).toUTCString();
  return thaw === 'done' ? { 'x-amz-restore': `ongoing-request="false", expiry-date="${expiry}"` } : {};
}

/** The headers that are kept with an object. */
export function stored(headers: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const kept = [...headers].filter(
    ([name, value]) =>
      name.startsWith('x-amz-meta-') ||
      ['content-type', 'content-encoding'].includes(name) ||
      (name === 'x-amz-storage-class' && value !== 'STANDARD'),
  );
  return { 'content-type': 'binary/octet-stream', ...Object.fromEntries(kept) };
}

export function md5(...pieces: readonly Uint8Array[]): Buffer {
  const digest = createHash('md5');
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}
