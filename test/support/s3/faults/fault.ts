import type { Random } from '../../faults/random.ts';
import type { RawRequest } from '../model/s3-model.ts';

/** What goes wrong with one request. What the client sees is not what the server did. */
export type Fault =
  /** Nobody listens: the request was not carried out, and the client knows. */
  | { readonly kind: 'refused connection' }
  /** The connection breaks before the request arrives. */
  | { readonly kind: 'lost request' }
  /** Carried out, and the connection breaks before the answer. */
  | { readonly kind: 'lost answer' }
  /** The connection breaks; carried out all the same, when that many other requests have been answered. */
  | { readonly kind: 'late'; readonly after: number }
  /** Not carried out. */
  | { readonly kind: 'answer'; readonly status: number; readonly code: string; readonly retryAfter?: number }
  /** Carried out, and answered with 500. */
  | { readonly kind: 'failed after all' }
  /** Something between repeats the request: the client gets the second answer. */
  | { readonly kind: 'twice' }
  /** The answer ends in the midst of its body. */
  | { readonly kind: 'cut answer'; readonly share: number }
  /** Half of the request's body arrives. */
  | { readonly kind: 'cut request' }
  /** A list is answered as it would have been that many changes ago. */
  | { readonly kind: 'stale list'; readonly changes: number }
  /** Waits while that many other requests pass. */
  | { readonly kind: 'overtaken'; readonly by: number };

export type FaultKind = Fault['kind'];

export function isList({ method, url }: RawRequest): boolean {
  const query = url.searchParams;
  return method === 'GET' && (query.has('list-type') || query.has('versions') || query.has('uploads'));
}

export function isChange({ method }: RawRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** Every fault that this request can meet. `staleLists`: also that a list is out of date, which no current S3 does. */
export function possibleFaults(request: RawRequest, random: Random, staleLists: boolean): readonly Fault[] {
  const { method, headers, body } = request;
  const retryAfter = random.pick([{}, { retryAfter: random.integer(0, 3) }]);
  const faults: Fault[] = [
    { kind: 'refused connection' },
    { kind: 'lost request' },
    { kind: 'lost answer' },
    { kind: 'failed after all' },
    { kind: 'answer', status: 503, code: 'SlowDown', ...retryAfter },
    { kind: 'answer', status: 429, code: 'TooManyRequests', ...retryAfter },
    { kind: 'answer', status: 500, code: 'InternalError' },
    { kind: 'overtaken', by: random.integer(1, 3) },
  ];
  if (isChange(request)) {
    faults.push({ kind: 'late', after: random.integer(0, 12) }, { kind: 'twice' });
  }
  if (method === 'GET') faults.push({ kind: 'cut answer', share: random.next() });
  if (body.length > 0) faults.push({ kind: 'cut request' });
  if (headers.has('if-none-match') && method === 'PUT') {
    faults.push({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' });
    faults.push({ kind: 'answer', status: 412, code: 'PreconditionFailed' });
  }
  if (headers.has('if-match') && method === 'PUT')
    faults.push({ kind: 'answer', status: 409, code: 'ConditionalRequestConflict' });
  if (staleLists && isList(request)) faults.push({ kind: 'stale list', changes: random.integer(1, 6) });
  return faults;
}
