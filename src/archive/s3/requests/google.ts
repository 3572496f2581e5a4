import { createHash, createHmac } from 'node:crypto';
import type { S3Location } from '../../../model/location.ts';
import type { S3Keys } from './s3-keys.ts';

/** Whether the bucket is at Google, whose conditions, headers and signature are not those of S3. */
export function isGoogle({ endpoint }: Pick<S3Location, 'endpoint'>): boolean {
  const host = endpoint === null ? '' : new URL(endpoint).hostname;
  return host === 'storage.googleapis.com' || host.endsWith('.storage.googleapis.com');
}

/**
 * Headers of a request, with Google's names and signature. Google refuses a request that has headers of both, `x-amz-` and `x-goog-`, and knows conditions
 * of a PUT by its own names only. Source: https://docs.cloud.google.com/storage/docs/authentication/signatures
 * @param url with everything escaped, as `urlOf` gives it.
 * @param stamp `20260701T120000Z`.
 */
export function signForGoogle(
  { method, url, headers }: { method: string; url: URL; headers: Readonly<Record<string, string>> },
  { accessKeyId, secretAccessKey }: S3Keys,
  { region, stamp }: { region: string; stamp: string },
): Headers {
  const named = Object.entries(headers).map(([name, value]): [string, string] => [googleName(name), value]);
  const all = new Headers([...named, ['x-goog-date', stamp], ['host', url.host]]);
  const lines = [...all].map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`);
  const names = [...all.keys()].join(';');
  const query = url.search.slice(1).split('&').sort().join('&');
  const payload = all.get('x-goog-content-sha256')!;
  const canonical = [method, url.pathname, query, ...lines, '', names, payload].join('\n');
  const scope = [stamp.slice(0, 8), region, 'storage', 'goog4_request'];
  const digest = createHash('sha256').update(canonical).digest('hex');
  const key = scope.reduce<Uint8Array>(hmac, Buffer.from(`GOOG4${secretAccessKey}`));
  const signature = hmac(key, ['GOOG4-HMAC-SHA256', stamp, scope.join('/'), digest].join('\n')).toString(
    'hex',
  );
  all.delete('host');
  all.set(
    'authorization',
    `GOOG4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`,
  );
  return all;
}

/** The headers of an answer, also by the names of S3. */
export function fromGoogle(headers: Headers): Headers {
  const both = new Headers(headers);
  for (const [name, value] of headers) {
    if (name.startsWith('x-goog-')) both.set(name.replace('x-goog-', 'x-amz-'), value);
  }
  return both;
}

function googleName(name: string): string {
  return name.toLowerCase().replace(/^x-amz-/, 'x-goog-');
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
