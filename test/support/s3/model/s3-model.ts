import { createHash } from 'node:crypto';
import { type S3Credentials, signed } from '../sigv4.ts';
import {
  answer,
  type ModelAnswer,
  type ModelRequest,
  S3Refusal,
  textsOf,
  xmlAnswer,
  xmlText,
} from './answer.ts';
import { bucketSettings } from './bucket-settings.ts';
import { type BucketKind, BucketState } from './bucket-state.ts';
import { listObjects, listUploads, listVersions } from './lists.ts';
import { multipart } from './multipart.ts';
import { changeVersion, deleteObject, getObject, md5, putObject, readableOrRefused } from './objects.ts';

/** A request as it comes in: nothing of it is believed. */
export interface RawRequest {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface ModelOptions extends Partial<BucketKind> {
  /** Milliseconds; every object is as old as the test says. */
  readonly now?: () => number;
}

/**
 * Amazon S3 in memory, as far as Firn may use it: one bucket with one user, addressed by path. It holds signatures and digests against what arrived,
 * and keeps every object until a request deletes it. What it promises is compared with a real server's answers.
 */
export class S3Model {
  readonly access: S3Credentials & { readonly region: string; readonly bucket: string } = {
    accessKeyId: 'MODELKEY',
    secretAccessKey: 'model/secret+key',
    region: 'eu-test-1',
    bucket: 'model-bucket',
  };
  readonly #now: () => number;
  #state: BucketState;

  constructor(options: ModelOptions = {}) {
    const { objectLock = false, versioned = objectLock, server = 'aws', ignoresConditions = false } = options;
    this.#now = options.now ?? (() => 1_800_000_000_000);
    this.#state = new BucketState({ versioned, objectLock, server, ignoresConditions });
  }

  /** What is in the bucket now. It may be looked at and changed, as by its owner; a copy of it can be put back. */
  get state(): BucketState {
    return this.#state;
  }

  set state(state: BucketState) {
    this.#state = state;
  }

  /** Carries out one request, wholly or not at all. */
  handle(raw: RawRequest, state: BucketState = this.#state): ModelAnswer {
    const [bucket = '', ...path] = raw.url.pathname.slice(1).split('/').map(decodeURIComponent);
    const request: ModelRequest = {
      ...{ method: raw.method, headers: raw.headers, body: raw.body },
      key: path.length === 0 || (path.length === 1 && path[0] === '') ? null : path.join('/'),
      query: new Map(raw.url.searchParams),
    };
    let result: ModelAnswer;
    try {
      this.#authenticate(raw);
      checkDigests(request);
      if (bucket !== this.access.bucket) throw new S3Refusal('NoSuchBucket');
      result = request.key === null ? this.#ofBucket(request, state) : this.#ofObject(request, state);
    } catch (error) {
      if (!(error instanceof S3Refusal)) throw error;
      result = error.answer(request);
    }
    return request.method === 'HEAD' ? { ...result, body: new Uint8Array() } : result;
  }

  #ofBucket(request: ModelRequest, state: BucketState): ModelAnswer {
    const { method, query } = request;
    const { bucket } = this.access;
    if (method === 'HEAD') return answer(200);
    const settings = bucketSettings(state, request);
    if (settings !== null) return settings;
    if (method === 'POST' && query.has('delete')) return this.#deleteMany(request, state);
    if (method !== 'GET') throw new S3Refusal('NotImplemented');
    if (query.has('versions')) return listVersions(state, request, bucket);
    if (query.has('uploads')) return listUploads(state, request, bucket);
    if (query.get('list-type') === '2') return listObjects(state, request, bucket);
    throw new S3Refusal('NotImplemented', 'Only version 2 of the list of objects is here.');
  }

  #ofObject(request: ModelRequest, state: BucketState): ModelAnswer {
    const { method, query } = request;
    const now = this.#now();
    if (query.has('uploads') || query.has('uploadId')) return multipart(state, request, now);
    if (['legal-hold', 'retention', 'restore'].some((name) => query.has(name))) {
      if (method === 'GET') throw new S3Refusal('NotImplemented');
      return changeVersion(state, request);
    }
    switch (method) {
      case 'PUT':
        if (request.headers.has('x-amz-copy-source')) throw new S3Refusal('NotImplemented');
        return putObject(state, request, now);
      case 'GET':
        readableOrRefused(state, request);
        return getObject(state, request, now);
      case 'HEAD':
        return getObject(state, request, now);
      case 'DELETE':
        return deleteObject(state, request, now);
      default:
        throw new S3Refusal('MethodNotAllowed');
    }
  }

  #deleteMany(request: ModelRequest, state: BucketState): ModelAnswer {
    if (!request.headers.has('content-md5'))
      throw new S3Refusal('InvalidArgument', 'Missing required header: Content-MD5');
    const xml = Buffer.from(request.body).toString();
    const results = [...xml.matchAll(/<Object>.*?<\/Object>/gs)].map(([object]) => {
      const [key = ''] = textsOf(object, 'Key');
      const [versionId] = textsOf(object, 'VersionId');
      const query = new Map(versionId === undefined ? [] : [['versionId', versionId]]);
      const version = versionId === undefined ? '' : `<VersionId>${versionId}</VersionId>`;
      try {
        deleteObject(state, { ...request, key, query }, this.#now());
        return `<Deleted><Key>${xmlText(key)}</Key>${version}</Deleted>`;
      } catch (error) {
        if (!(error instanceof S3Refusal)) throw error;
        return `<Error><Key>${xmlText(key)}</Key>${version}<Code>${error.code}</Code><Message>${xmlText(error.message)}</Message></Error>`;
      }
    });
    return xmlAnswer(`<DeleteResult>${results.join('')}</DeleteResult>`);
  }

  #authenticate({ method, url, headers, body }: RawRequest): void {
    const authorization = headers.get('authorization') ?? '';
    const [, accessKeyId, scope, names] =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/.exec(
        authorization,
      ) ?? [];
    if (accessKeyId === undefined) throw new S3Refusal('AccessDenied');
    if (accessKeyId !== this.access.accessKeyId) throw new S3Refusal('InvalidAccessKeyId');
    const [, region = ''] = scope!.split('/');
    const covered = names!.split(';').filter((name) => !['host', 'x-amz-date'].includes(name));
    const given = Object.fromEntries(covered.map((name) => [name, headers.get(name) ?? '']));
    const stamp = headers.get('x-amz-date') ?? '';
    const at = new Date(stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const hasDigest = headers.has('x-amz-content-sha256') && covered.includes('x-amz-content-sha256');
    if (!hasDigest || Number.isNaN(at.getTime())) throw new S3Refusal('AccessDenied');
    const right = signed({ method, url, headers: given, body }, this.access, { region, at });
    const same = /Signature=.*/.exec(right.authorization!)![0] === /Signature=.*/.exec(authorization)![0];
    if (!same) throw new S3Refusal('SignatureDoesNotMatch');
  }
}

function checkDigests({ headers, body }: ModelRequest): void {
  const sha256 = headers.get('x-amz-content-sha256');
  if (sha256 !== 'UNSIGNED-PAYLOAD' && sha256 !== createHash('sha256').update(body).digest('hex'))
    throw new S3Refusal('XAmzContentSHA256Mismatch');
  const given = headers.get('content-md5');
  if (given === undefined) return;
  if (Buffer.from(given, 'base64').length !== 16) throw new S3Refusal('InvalidDigest');
  if (given !== md5(body).toString('base64')) throw new S3Refusal('BadDigest');
}
