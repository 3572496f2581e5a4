import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BucketAccess, type PlainAnswer, send, sendTo } from '../plain-client.ts';
import type { S3Credentials } from '../sigv4.ts';
import { Cluster, whyNoRadosgw } from './cluster.ts';

/** For tests that need a real S3: `test('…', needsRadosgw, async () => …)`. */
export const needsRadosgw: { readonly skip?: string } = skipped(whyNoRadosgw());

export interface BucketWishes {
  /** Keep what is replaced or deleted as older versions. */
  readonly versioned?: boolean;
  /** Allow retention and legal holds; such a bucket keeps versions, too. */
  readonly objectLock?: boolean;
}

const PREFIX = 'firn-radosgw-';

let server: Promise<Cluster> | null = null;

/**
 * A new, empty bucket with a user of its own, on this process's radosgw, which starts at the first call (about a second) and ends with the
 * process. Test files run in processes of their own, so each that asks has a server of its own.
 */
export async function freshBucket(wishes: BucketWishes = {}): Promise<BucketAccess> {
  server ??= startServer();
  const { administrator } = await server;
  return await makeBucket(administrator, wishes);
}

async function startServer(): Promise<Cluster> {
  removeLeftFolders();
  const cluster = await Cluster.start(join(tmpdir(), `${PREFIX}${process.pid}-${randomUUID()}`));
  process.on('exit', () => cluster.end());
  return cluster;
}

/** Folders of processes that were killed: their servers ended with them. */
export function removeLeftFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** A new user and an empty bucket of theirs. */
export async function makeBucket(
  administrator: Omit<BucketAccess, 'bucket'>,
  { versioned = false, objectLock = false }: BucketWishes = {},
): Promise<BucketAccess> {
  const bucket = `b-${randomUUID()}`;
  const user = await sendTo(administrator, {
    method: 'PUT',
    path: 'admin/user',
    query: { uid: bucket, 'display-name': bucket },
  });
  expect(user, 'make a user');
  const [key] = (JSON.parse(user.body.toString()) as { keys: { access_key: string; secret_key: string }[] })
    .keys;
  const credentials: S3Credentials = { accessKeyId: key!.access_key, secretAccessKey: key!.secret_key };
  const { endpoint, region } = administrator;
  const access = { endpoint, region, bucket, ...credentials };
  const headers = objectLock ? { 'x-amz-bucket-object-lock-enabled': 'true' } : {};
  expect(await send(access, { method: 'PUT', headers }), 'make a bucket');
  if (versioned && !objectLock) {
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    expect(await send(access, { method: 'PUT', query: { versioning: '' }, body }), 'keep versions');
  }
  return access;
}

function expect({ status, body }: PlainAnswer, what: string): void {
  if (status !== 200) throw new Error(`radosgw could not ${what}: ${status} ${body}`);
}

function skipped(reason: string | null): { readonly skip?: string } {
  return reason === null ? {} : { skip: reason };
}
