import type { S3Location } from '../../../model/location.ts';

/** The URL of a key of the bucket, or of the bucket itself (null). Every name and value is escaped, so that no part of it means anything else. */
export function urlOf(
  location: S3Location,
  region: string,
  key: string | null,
  query: Readonly<Record<string, string>>,
): URL {
  const { bucket, endpoint, pathStyle } = location;
  const base = new URL(
    endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  );
  if (!pathStyle) base.host = `${bucket}.${base.host}`;
  const path = [
    base.pathname.replace(/\/$/, ''),
    ...(pathStyle ? [bucket] : []),
    ...(key === null ? [] : key.split('/').map(escaped)),
  ].join('/');
  const search = Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .join('&');
  return new URL(`${base.origin}${path === '' ? '/' : path}${search === '' ? '' : `?${search}`}`);
}

/** As the signature wants it (RFC 3986): all but letters, digits and `-._~`. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What the keys of an archive begin with: '' or a text that ends in `/`. */
export function keyStart({ prefix }: Pick<S3Location, 'prefix'>): string {
  return prefix === '' ? '' : `${prefix}/`;
}

/** The address of an object, or of the bucket itself (null), for messages. */
export function addressOf({ bucket }: Pick<S3Location, 'bucket'>, key: string | null): string {
  return key === null ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}
