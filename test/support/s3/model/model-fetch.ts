import type { BucketAccess } from '../plain-client.ts';
import type { ModelAnswer } from './answer.ts';
import type { RawRequest, S3Model } from './s3-model.ts';

const ENDPOINT = 'http://model.test';

/** How to reach a model through `modelFetch`. */
export function modelAccess({ access }: S3Model): BucketAccess {
  return { ...access, endpoint: ENDPOINT };
}

/** `fetch` that asks the model and no network. */
export function modelFetch(model: S3Model): typeof fetch {
  return async (input, init) => {
    const raw = await rawRequest(input, init);
    return responseOf(model.handle(raw));
  };
}

/**
 * The same; told of each request that changed what is in the bucket.
 * @param inFlight a request that is carried out when so many others have been answered.
 */
export function watchedFetch(
  model: S3Model,
  inFlight: { readonly request: RawRequest; readonly after: number } | null,
  changed: (action: string, request: RawRequest) => void,
): typeof fetch {
  let seen = model.state.print();
  let answered = 0;
  return async (input, init) => {
    const raw = await rawRequest(input, init);
    if (answered++ === inFlight?.after) model.handle(inFlight.request);
    const result = model.handle(raw);
    const now = raw.method === 'GET' || raw.method === 'HEAD' ? seen : model.state.print();
    const action = `${raw.method} ${decodeURIComponent(raw.url.pathname)}${raw.url.search}`;
    if (now !== seen) changed(action, raw);
    seen = now;
    return responseOf(result);
  };
}

/** What a call of `fetch` would send. Rejects as `fetch` does when its signal is aborted. */
export async function rawRequest(...[input, init]: Parameters<typeof fetch>): Promise<RawRequest> {
  const request = new Request(input, init);
  request.signal.throwIfAborted();
  const body = request.body === null ? new Uint8Array() : await request.bytes();
  const url = new URL(request.url);
  const headers = new Map([...request.headers].map(([name, value]) => [name.toLowerCase(), value]));
  headers.set('host', url.host);
  return { method: request.method, url, headers, body };
}

export function responseOf({ status, headers, body }: ModelAnswer): Response {
  const isBare = status === 204 || status === 304;
  return new Response(isBare ? null : (body as Uint8Array<ArrayBuffer>), { status, headers });
}
