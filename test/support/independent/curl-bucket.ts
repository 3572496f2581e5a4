import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/*
 * A bucket as `curl` sees it. Nothing here may import from src, nor what the other tests of S3 use to sign.
 */

/** A bucket and who asks. */
export interface CurlBucket {
  /** `http://127.0.0.1:PORT`: buckets are addressed by path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Every key below the prefix, in the order of the list, page by page. */
export async function keysByCurl(bucket: CurlBucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let token: string | undefined, page = 0; page === 0 || token !== undefined; page += 1) {
    const query = [
      ...(token === undefined ? [] : [['continuation-token', token]]),
      ['list-type', '2'],
      ['max-keys', '100'],
      ['prefix', prefix],
    ].map(([name, value]) => `${name}=${escaped(value!)}`);
    const xml = await curl(bucket, [`url = "${bucket.endpoint}/${bucket.bucket}?${query.join('&')}"`]);
    keys.push(...textsOf(xml, 'Key'));
    token = textsOf(xml, 'NextContinuationToken')[0];
  }
  return keys;
}

/**
 * Downloads the archive below a prefix into a folder.
 * @param pathOf of the file, by its key without the prefix. As `docs/s3.md` has it by default: a month's bundle is that with the highest number.
 * @returns all keys, those of older bundles too.
 */
export async function downloadByCurl(
  bucket: CurlBucket,
  prefix: string,
  folder: string,
  pathOf: (key: string) => string = pathOfKey,
): Promise<readonly string[]> {
  const keys = await keysByCurl(bucket, prefix);
  // In the order of the keys, so that the highest generation is the last to take its month's path.
  const files = new Map<string, string>();
  for (const key of [...keys].sort()) files.set(pathOf(key.slice(prefix.length)), key);
  for (const path of files.keys()) mkdirSync(dirname(join(folder, path)), { recursive: true });
  await curl(
    bucket,
    [...files].flatMap(([path, key]) => [urlOf(bucket, key), `output = "${join(folder, path)}"`]),
  );
  return keys;
}

/** Uploads every file of a folder below a prefix. */
export async function uploadByCurl(bucket: CurlBucket, prefix: string, folder: string): Promise<void> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  await curl(
    bucket,
    paths.flatMap((path) => [
      urlOf(bucket, `${prefix}${path.slice(folder.length + 1)}`),
      `upload-file = "${path}"`,
      'output = "/dev/null"',
    ]),
  );
}

/** The path in the archive: a bundle's without its generation. */
function pathOfKey(key: string): string {
  return key.replace(/^(cold\/\d{4}\/\d{4}-\d\d)\.\d{6}(\.tar\.gz)$/, '$1$2');
}

function urlOf({ endpoint, bucket }: CurlBucket, key: string): string {
  return `url = "${endpoint}/${bucket}/${key.split('/').map(escaped).join('/')}"`;
}

/** Keys and secrets are given on stdin: arguments can be read by everybody on the machine. */
async function curl(bucket: CurlBucket, transfers: readonly string[]): Promise<string> {
  if (transfers.length === 0) return '';
  const config = [
    `aws-sigv4 = "aws:amz:${bucket.region}:s3"`,
    `user = "${bucket.accessKeyId}:${bucket.secretAccessKey}"`,
    'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
    ...['fail', 'silent', 'show-error', 'parallel', 'parallel-max = 8'],
    ...transfers,
  ];
  const child = spawn('curl', ['--config', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const [parts, errors]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part) => parts.push(part));
  child.stderr.on('data', (part) => errors.push(part));
  child.stdin.end(config.join('\n'));
  const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (status !== 0) throw new Error(`curl: ${Buffer.concat(errors)}`);
  return Buffer.concat(parts).toString();
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function textsOf(xml: string, element: string): string[] {
  return [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map(([, text]) =>
    text!.replace(/&(\w+);/g, (_, name) => ENTITIES[name]!),
  );
}

/** As RFC 3986 has it. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
