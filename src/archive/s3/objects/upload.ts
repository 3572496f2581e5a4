import * as v from 'valibot';

/** An object that is to be: what is sent, and what proves afterwards that it was. */
export interface Upload {
  readonly format: 1;
  /** Below the prefix of the archive. */
  readonly key: string;
  readonly bytes: number;
  /** Of all bytes, hexadecimal. */
  readonly sha256: string;
  /** Of all bytes, Base64. */
  readonly md5: string;
  /** Without `x-amz-meta-`. `firn-write` is random: of two objects with the same bytes it tells who wrote which. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string | null;
}

const UPLOAD = v.strictObject({
  format: v.literal(1),
  key: v.pipe(v.string(), v.minLength(1)),
  bytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  md5: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{22}==$/)),
  metadata: v.record(v.string(), v.string()),
  storageClass: v.nullable(v.string()),
});

/** Null for a record that cannot be understood: it was not written by this version, or never became durable. */
export function parseUpload(text: string): Upload | null {
  try {
    return v.parse(UPLOAD, JSON.parse(text));
  } catch {
    return null;
  }
}

export const META = 'x-amz-meta-';

/** The names of the metadata, without `x-amz-meta-`. */
export const NAMES = {
  sha256: 'firn-sha256',
  write: 'firn-write',
  /** The seal of a segment or a bundle. */
  seal: 'firn-seal',
  /** The identity of the database that the archive is marked with. */
  archive: 'firn-archive',
  /** Of a bundle: the generations that it takes the place of, the last one first, as `1:<SHA-256>`, with spaces between. */
  replaces: 'firn-replaces',
} as const;

/** What an upload's bytes are read from. */
export interface UploadBody {
  blob(): Promise<Blob>;
  /** SHA-256 (hexadecimal) and MD5 (Base64) of a part. */
  digestsOf(offset: number, length: number): Promise<{ readonly sha256: string; readonly md5: string }>;
}

/** The headers of an object, apart from those of the request. */
export function objectHeaders({ key, metadata, storageClass }: Upload): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': typeOf(key) };
  if (storageClass !== null) headers['x-amz-storage-class'] = storageClass;
  for (const [name, value] of Object.entries(metadata)) headers[META + name] = value;
  return headers;
}

function typeOf(key: string): string {
  if (key.endsWith('.gz')) return 'application/gzip';
  if (key.endsWith('.zst')) return 'application/zstd';
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
