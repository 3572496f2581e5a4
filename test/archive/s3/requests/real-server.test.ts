import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { openS3Client } from '../../../../src/archive/s3/requests/open-client.ts';
import type { S3Client } from '../../../../src/archive/s3/requests/s3-client.ts';
import { childrenOf, childText, parseXml } from '../../../../src/archive/s3/requests/s3-xml.ts';
import { s3Environment } from '../../../../src/model/policy/s3-settings.ts';
import { systemClock } from '../../../../src/stores/system-clock.ts';
import { s3Location } from '../../../support/s3/client-world.ts';
import type { BucketAccess } from '../../../support/s3/plain-client.ts';
import { freshBucket, needsRadosgw } from '../../../support/s3/radosgw/radosgw.ts';

function clientOf({ endpoint, region, bucket }: BucketAccess, keys: Partial<BucketAccess>): S3Client {
  const environment = s3Environment({
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_REGION: region,
  });
  const location = s3Location(`s3://${bucket}/prefix?endpoint=${endpoint}`);
  return openS3Client(location, { environment }, { clock: systemClock, installCommand: () => 'npm install' });
}

describe('requests to a real server', needsRadosgw, () => {
  let access: BucketAccess;
  let client: S3Client;
  before(async () => {
    access = await freshBucket();
    client = clientOf(access, access);
  });

  it('any key and query is signed as the server does it', async () => {
    const keys = [
      "prefix/a b/+%?#&=ü'*()!~.txt",
      'prefix/日本/x',
      'prefix/%2F..%2e',
      'prefix/a//b',
      'prefix/-_.~',
    ];
    for (const key of keys) {
      assert.equal((await client.send({ method: 'PUT', key, body: Buffer.from(key) })).status, 200);
      const answer = await client.send({ method: 'GET', key });
      assert.equal(Buffer.from(await answer.body()).toString(), key);
    }
    const query = { 'list-type': '2', prefix: 'prefix/a b/+%?#&', 'encoding-type': 'url' };
    const listed = await client.send({ method: 'GET', key: null, query });
    const list = parseXml(await listed.body(), 'ListBucketResult', 'list', 'bucket');
    const found = childrenOf(list, 'Contents').map((object) => childText(object, 'Key'));
    assert.deepEqual(
      found.map((key) => decodeURIComponent(key.replaceAll('+', ' '))),
      [keys[0]],
    );
  });

  it('a file is sent from the disk, and another digest than its own is refused', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'firn-')), 'spool');
    const bytes = Buffer.alloc(3 << 20, 'snow');
    await writeFile(file, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const headers = { 'if-none-match': '*', 'content-type': 'application/gzip' };
    const put = { method: 'PUT', key: 'prefix/file', headers, sha256 } as const;
    assert.equal((await client.send({ ...put, body: await openAsBlob(file) })).status, 200);
    assert.equal((await client.send({ ...put, body: await openAsBlob(file) })).status, 412);
    const head = await client.send({ method: 'HEAD', key: 'prefix/file' });
    assert.equal(head.headers.get('content-length'), String(bytes.length));
    const range = await client.send({ method: 'GET', key: 'prefix/file', headers: { range: 'bytes=-5' } });
    assert.deepEqual([range.status, Buffer.from(await range.body()).toString()], [206, 'wsnow']);
  });

  it('wrong keys and buckets are told as what they are', async () => {
    const get = { method: 'GET', key: 'prefix/file' } as const;
    const send = (keys: Partial<BucketAccess>, of = access) => clientOf(of, keys).send(get);
    await assert.rejects(send({ ...access, secretAccessKey: 'wrong' }), {
      code: 'config',
      message: /secret key/,
    });
    await assert.rejects(send({ ...access, accessKeyId: 'nobody' }), {
      code: 'config',
      message: /access key/,
    });
    await assert.rejects(send(access, { ...access, bucket: 'no-such-bucket' }), {
      code: 'config',
      message: /does not exist/,
    });
    assert.equal((await client.send({ method: 'GET', key: 'prefix/absent' })).status, 404);
  });
});
