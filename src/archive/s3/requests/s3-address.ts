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
