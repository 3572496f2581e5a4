import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../../model/clock.ts';
import { FirnError } from '../../../model/errors.ts';
import type { S3Location } from '../../../model/location.ts';
import type { RequestKind, TrafficCounter } from '../../traffic.ts';
import { fromGoogle, isGoogle, signForGoogle } from './google.ts';
import { type Judgement, judgeAnswer } from './judge-answer.ts';
import { failureOf, type NetworkFailure } from './network-failure.ts';
import { addressOf, urlOf } from './s3-address.ts';
import { noAnswer, refusal, S3Failure } from './s3-failure.ts';
import type { KeySource, S3Keys } from './s3-keys.ts';

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Of the bucket, whatever the prefix of the location is; null for the bucket itself. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A `Blob` (`fs.openAsBlob`) is sent from the disk, and needs `sha256`. */
  readonly body?: Uint8Array | Blob;
  /** Of the body, in hex. */
  readonly sha256?: string;
  readonly signal?: AbortSignal;
  /** For messages: `open an archive file`. */
  readonly operation?: string;
  /** Bytes that the answer may have: it is given more time. */
  readonly expectedBytes?: number;
  /** What the request counts as; without it, what the method says. */
  readonly kind?: RequestKind;
}

/** An answer of 2xx, 304, 404, 409, 412 or 416, read to its end. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  body(): Promise<Uint8Array>;
  /** An earlier attempt may have been carried out, so that this answer may be about what that one did. */
  readonly repeated: boolean;
}

/** Sends requests to one bucket. */
export interface S3Client {
  readonly location: S3Location;
  readonly traffic: TrafficCounter;
  /**
   * Sends the request, again with growing pauses while the server is busy or does not answer.
   * @throws FirnError `unavailable` when it never answered (`isOutcomeUnknown` tells whether it may have been carried out), `refused` for missing
   * rights and locks, `config` for wrong credentials, region or bucket, `integrity` for bytes damaged on the way, `interrupted` by the signal.
   */
  send(request: S3Request): Promise<S3Answer>;
}

export interface ClientParts {
  readonly location: S3Location;
  /** Where the location has none. */
  readonly region: string;
  readonly keys: KeySource;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** At least 0, below 1. */
  readonly random: () => number;
  readonly traffic: TrafficCounter;
}

/** Attempts of one request. */
const ATTEMPTS = 7;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A server that asks for more patience than this gets as much. */
const LONGEST_WAIT_MS = 60_000;
/** How long an attempt may take, and how much longer for its bytes: 100 kB a second is enough. */
const ATTEMPT_MS = 30_000;
const BYTES_A_MS = 100;
const EMPTY = new Uint8Array();

type Body = NonNullable<NonNullable<Parameters<typeof fetch>[1]>['body']>;

export function createS3Client(parts: ClientParts): S3Client {
  return new RetryingClient(parts);
}

class RetryingClient implements S3Client {
  readonly location: S3Location;
  readonly traffic: TrafficCounter;
  readonly #parts: ClientParts;
  readonly #region: string;
  /** Keys that aws4fetch derives from the secret, by day. */
  readonly #signingKeys = new Map<string, ArrayBuffer>();

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.location = parts.location;
    this.traffic = parts.traffic;
    this.#region = parts.location.region ?? parts.region;
  }

  async send(request: S3Request): Promise<S3Answer> {
    const { clock } = this.#parts;
    const operation = request.operation ?? 'send a request to S3';
    const path = addressOf(this.location, request.key);
    const sha256 = request.sha256 ?? sha256Of(request.body, operation, path);
    let keys = await this.#parts.keys.keys();
    let repeated = false;
    let renewed = false;
    let retries = 0;
    for (let attempt = 1; ; attempt++) {
      const tried = await this.#try(request, sha256, keys, attempt > 1, operation, path);
      if (tried.next === 'return') return { ...tried.answer, repeated };
      if (tried.next === 'refuse') throw refusal({ ...tried, repeated }, operation, path);
      if (tried.next === 'renew') {
        if (renewed) throw refusal({ ...tried, region: null, repeated }, operation, path);
        renewed = true;
        keys = await this.#parts.keys.renew(keys);
        continue;
      }
      repeated ||= tried.unknown;
      if (++retries === ATTEMPTS) throw this.#gaveUp(tried, repeated, operation, path);
      keys = await this.#parts.keys.keys();
      await clock.sleep(this.#pauseAfter(retries, tried.afterMs), request.signal);
      if (request.signal?.aborted) throw interrupted(operation, path, repeated);
    }
  }

  async #try(
    request: S3Request,
    sha256: string,
    keys: S3Keys,
    isRetry: boolean,
    operation: string,
    path: string,
  ): Promise<Tried> {
    const { clock, fetch } = this.#parts;
    const body = request.body;
    const signed = await this.#sign(request, sha256, keys);
    const ended = new AbortController();
    const stopped =
      request.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, request.signal]);
    if (request.signal?.aborted) throw interrupted(operation, path, false);
    const size = sizeOf(body);
    this.traffic.sent(request.kind ?? kindOf(request), size, isRetry);
    const timer = new AbortController();
    let timedOut = false;
    void clock
      .sleep(ATTEMPT_MS + (size + (request.expectedBytes ?? 0)) / BYTES_A_MS, timer.signal)
      .then(() => {
        timedOut = !timer.signal.aborted;
        if (timedOut) ended.abort();
      });
    try {
      const response = await fetch(signed.url, {
        method: request.method,
        headers: signed.headers,
        signal: stopped,
        redirect: 'manual',
        ...(body === undefined ? {} : { body: body as Body }),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      this.traffic.received(bytes.length);
      if (request.method !== 'HEAD' && isCut(response.headers, bytes))
        return lost('the answer ended too early');
      const context = { now: clock.now(), secrets: secretsOf(keys) };
      const judged = judgeAnswer(response.status, response.headers, bytes, context);
      const { status } = response;
      const headers = isGoogle(this.location) ? fromGoogle(response.headers) : response.headers;
      if (judged.next === 'return')
        return { next: 'return', answer: { status, headers, body: async () => bytes } };
      return { ...judged, status };
    } catch (error) {
      if (request.signal?.aborted) throw interrupted(operation, path, true);
      if (timedOut) return lost('the server did not answer in time');
      const failure = failureOf(error);
      if (failure.isFinal)
        throw new FirnError('config', failure.words, { operation, path, hint: failure.hint });
      return lost(failure.words, failure);
    } finally {
      timer.abort();
    }
  }

  async #sign(
    request: S3Request,
    sha256: string,
    keys: S3Keys,
  ): Promise<{ readonly url: string; readonly headers: Headers }> {
    const url = urlOf(this.location, this.#region, request.key, request.query ?? {});
    const unsigned = {
      method: request.method,
      headers: { ...request.headers, 'x-amz-content-sha256': sha256 },
    };
    const stamp = new Date(this.#parts.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, '');
    const headers = isGoogle(this.location)
      ? signForGoogle({ ...unsigned, url }, keys, { region: this.#region, stamp })
      : await this.#signForAws({ ...unsigned, url }, keys, stamp);
    // What is stored is what is read: a range of compressed bytes could not be.
    headers.set('accept-encoding', 'identity');
    return { url: url.href, headers };
  }

  async #signForAws(
    { method, url, headers }: { method: string; url: URL; headers: Record<string, string> },
    { accessKeyId, secretAccessKey, sessionToken }: S3Keys,
    datetime: string,
  ): Promise<Headers> {
    const signer = new AwsV4Signer({
      ...{ accessKeyId, secretAccessKey, service: 's3', region: this.#region, cache: this.#signingKeys },
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...{ method, url: url.href, headers, datetime },
    });
    return (await signer.sign()).headers;
  }

  #pauseAfter(retries: number, afterMs: number | null): number {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (retries - 1));
    const jittered = longest / 2 + (this.#parts.random() * longest) / 2;
    return Math.min(LONGEST_WAIT_MS, Math.max(afterMs ?? 0, jittered));
  }

  #gaveUp(tried: Retry, outcomeUnknown: boolean, operation: string, path: string): FirnError {
    const { status, s3Code } = tried;
    if (DAMAGED.includes(s3Code))
      return refusal(
        { status: status ?? 400, s3Code, region: null, repeated: outcomeUnknown },
        operation,
        path,
      );
    const reason = tried.reason ?? `the server is busy or has failed (${s3Code || `HTTP ${status}`})`;
    return noAnswer(reason, new S3Failure(status, s3Code, outcomeUnknown), operation, path);
  }
}

type Retry = Extract<Judgement, { next: 'retry' }> & {
  readonly status: number | null;
  readonly reason?: string;
};

type Tried =
  | { readonly next: 'return'; readonly answer: Omit<S3Answer, 'repeated'> }
  | Retry
  | (Exclude<Judgement, { next: 'return' } | { next: 'retry' }> & { readonly status: number });

const DAMAGED = ['BadDigest', 'XAmzContentSHA256Mismatch'];

/** No answer, or a part of one. */
function lost(reason: string, failure?: NetworkFailure): Retry {
  const unknown = failure?.wasSent ?? true;
  return { next: 'retry', s3Code: '', afterMs: null, status: null, reason, unknown };
}

function isCut(headers: Headers, bytes: Uint8Array): boolean {
  const said = headers.get('content-length');
  return said !== null && headers.get('content-encoding') === null && Number(said) !== bytes.length;
}

function kindOf({ method, key }: S3Request): RequestKind {
  if (method === 'GET') return key === null ? 'list' : 'get';
  if (method === 'HEAD') return 'head';
  return method === 'DELETE' ? 'delete' : 'put';
}

function sizeOf(body: Uint8Array | Blob | undefined): number {
  if (body === undefined) return 0;
  return body instanceof Uint8Array ? body.length : body.size;
}

function sha256Of(body: Uint8Array | Blob | undefined, operation: string, path: string): string {
  if (body === undefined || body instanceof Uint8Array)
    return createHash('sha256')
      .update(body ?? EMPTY)
      .digest('hex');
  throw new FirnError('refused', 'the SHA-256 of a file that is sent must be known', { operation, path });
}

/** What an answer or an error could repeat. */
function secretsOf({ accessKeyId, secretAccessKey, sessionToken }: S3Keys): readonly string[] {
  return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}

function interrupted(operation: string, path: string, outcomeUnknown: boolean): FirnError {
  return new FirnError('interrupted', 'stop requested', {
    ...{ operation, path, cause: new S3Failure(null, '', outcomeUnknown) },
  });
}
