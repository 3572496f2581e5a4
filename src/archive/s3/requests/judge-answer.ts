import { textOf } from './s3-xml.ts';

/** What a client does with an answer. */
export type Judgement =
  /** For the caller. */
  | { readonly next: 'return' }
  /** Ask again. `unknown`: the request may have been carried out. */
  | {
      readonly next: 'retry';
      readonly s3Code: string;
      readonly unknown: boolean;
      readonly afterMs: number | null;
    }
  /** Ask again with new credentials, once. */
  | { readonly next: 'renew'; readonly s3Code: string }
  | { readonly next: 'refuse'; readonly s3Code: string; readonly region: string | null };

const FOR_THE_CALLER = [304, 404, 409, 412, 416];
/** Not carried out, and worth another try. Of the others with 5xx nobody knows. */
const BUSY = [
  'SlowDown',
  'ServiceUnavailable',
  'TooManyRequests',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
];
const DAMAGED_ON_THE_WAY = ['RequestTimeout', 'IncompleteBody', 'BadDigest', 'XAmzContentSHA256Mismatch'];
const LOCKED = /\b(object ?lock|worm|retention|legal hold)\b/i;

/** @param secrets what a code must not repeat. */
export function judgeAnswer(
  status: number,
  headers: Headers,
  body: Uint8Array,
  { now, secrets }: { readonly now: number; readonly secrets: readonly string[] },
): Judgement {
  if (status >= 200 && status < 300) return { next: 'return' };
  const xml = body.length > 0 && body.length < 64 << 10 ? Buffer.from(body).toString('utf8') : '';
  const s3Code = plainCode(textOf(xml, 'Code'), secrets);
  if (FOR_THE_CALLER.includes(status) && s3Code !== 'NoSuchBucket') return { next: 'return' };
  if (status === 429 || status >= 500) {
    if (status === 501) return { next: 'refuse', s3Code: 'NotImplemented', region: null };
    return {
      ...{ next: 'retry', s3Code, unknown: status !== 429 && !BUSY.includes(s3Code) },
      afterMs: retryAfter(headers.get('retry-after'), now),
    };
  }
  if (DAMAGED_ON_THE_WAY.includes(s3Code)) return { next: 'retry', s3Code, unknown: false, afterMs: null };
  if (s3Code === 'ExpiredToken' || s3Code === 'InvalidToken') return { next: 'renew', s3Code };
  // The code of a locked object is that of missing rights.
  if (status === 403 && LOCKED.test(textOf(xml, 'Message')))
    return { next: 'refuse', s3Code: 'ObjectLocked', region: null };
  const region = plainCode(
    headers.get('x-amz-bucket-region') ?? textOf(xml, 'Region'),
    secrets,
    /^[a-z0-9-]{1,64}$/,
  );
  if (status === 301 || status === 307)
    return { next: 'refuse', s3Code: s3Code || 'PermanentRedirect', region: region || null };
  return { next: 'refuse', s3Code, region: region || null };
}

function plainCode(text: string, secrets: readonly string[], form = /^[A-Z][A-Za-z0-9]{1,63}$/): string {
  return form.test(text) && !secrets.some((secret) => overlaps(text.toLowerCase(), secret.toLowerCase()))
    ? text
    : '';
}

function overlaps(one: string, other: string): boolean {
  return Math.min(one.length, other.length) >= 6 && (one.includes(other) || other.includes(one));
}

/** Milliseconds; null for none and for a text that is neither seconds nor a date. */
function retryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  if (/^\d{1,6}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
