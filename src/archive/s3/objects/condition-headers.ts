import type { S3Location } from '../../../model/location.ts';
import { plainEtag } from '../requests/etag.ts';
import { isGoogle } from '../requests/google.ts';

/** How a server is told to write only under a condition. */
export interface ConditionHeaders {
  /** Headers of a PUT that creates an object, and fails with 412 when there is one. */
  readonly create: Readonly<Record<string, string>>;
  /** Headers of a PUT that takes the place of the object with this version, and fails with 412 when there is another one or none. */
  replace(version: string): Readonly<Record<string, string>>;
  /** What tells a version of an object from another one, of an answer about it; null when the answer does not say. */
  versionOf(headers: Headers): string | null;
  /** A version that no object has. */
  readonly noVersion: string;
}

/** AWS, R2, MinIO, Ceph and most others. */
const standard: ConditionHeaders = {
  create: { 'if-none-match': '*' },
  replace: (version) => ({ 'if-match': version }),
  versionOf: (headers) => plainEtag(headers.get('etag') ?? '') || null,
  noVersion: '00000000000000000000000000000000',
};

/** Google's XML interface knows `If-Match` for reading only. It counts the versions of an object, and calls them generations. */
const google: ConditionHeaders = {
  create: { 'x-goog-if-generation-match': '0' },
  replace: (version) => ({ 'x-goog-if-generation-match': version }),
  versionOf: (headers) => headers.get('x-goog-generation'),
  noVersion: '1',
};

export function conditionHeadersOf(location: Pick<S3Location, 'endpoint'>): ConditionHeaders {
  return isGoogle(location) ? google : standard;
}
