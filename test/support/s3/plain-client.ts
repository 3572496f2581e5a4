import { escaped, type S3Credentials, signed } from './sigv4.ts';

/** A bucket and what is needed to use it. */
export interface BucketAccess extends S3Credentials {
  /** `http://127.0.0.1:PORT`, without a slash at its end. Buckets are addressed by path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
}

export interface PlainRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Null for a request about the bucket itself. */
  readonly key?: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface PlainAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** One signed request, sent once; whatever the answer, it is returned. */
export async function send(
  access: BucketAccess,
  { method, key = null, query = {}, headers = {}, body = '' }: PlainRequest,
  fetchFunction: typeof fetch = fetch,
): Promise<PlainAnswer> {
  const path = key === null ? access.bucket : `${access.bucket}/${key.split('/').map(escaped).join('/')}`;
  return await sendTo(access, { method, path, query, headers, body }, fetchFunction);
}

/** `path` is escaped already and begins without a slash. */
export async function sendTo(
  access: Omit<BucketAccess, 'bucket'>,
  { method, path, query = {}, headers = {}, body = '' }: Omit<PlainRequest, 'key'> & { path: string },
  fetchFunction: typeof fetch = fetch,
): Promise<PlainAnswer> {
  const url = new URL(`${access.endpoint}/${path}`);
  url.search = Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .join('&');
  const bytes = Buffer.from(body as Uint8Array);
  const response = await fetchFunction(url, {
    method,
    headers: signed({ method, url, headers, body: bytes }, access, access),
    ...(method === 'PUT' || method === 'POST' ? { body: bytes } : {}),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}
