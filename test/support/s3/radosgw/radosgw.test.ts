import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { type BucketAccess, send } from '../plain-client.ts';
import { freshBucket, needsRadosgw, removeLeftFolders } from './radosgw.ts';

test('a new bucket is empty, and belongs to its own user only', needsRadosgw, async () => {
  const [mine, other] = [await freshBucket(), await freshBucket()];
  assert.equal((await send(mine, { method: 'PUT', key: 'a/ü (1)', body: 'text' })).status, 200);
  assert.equal((await send(mine, { method: 'GET', key: 'a/ü (1)' })).body.toString(), 'text');
  const listed = async (bucket: BucketAccess) => (await send(bucket, { method: 'GET' })).body.toString();
  assert.match(await listed(mine), /<Key>a\/ü \(1\)<\/Key>/);
  assert.match(await listed(other), /<IsTruncated>false<\/IsTruncated>/);
  assert.doesNotMatch(await listed(other), /<Key>/);
  assert.equal((await send({ ...other, bucket: mine.bucket }, { method: 'GET' })).status, 403);
  assert.equal((await send({ ...mine, secretAccessKey: 'wrong' }, { method: 'GET' })).status, 403);
});

test('a second file is not created over a first one', needsRadosgw, async () => {
  const bucket = await freshBucket();
  const put = (body: string) =>
    send(bucket, { method: 'PUT', key: 'k', body, headers: { 'if-none-match': '*' } });
  assert.equal((await put('first')).status, 200);
  assert.equal((await put('second')).status, 412);
  assert.equal((await send(bucket, { method: 'GET', key: 'k' })).body.toString(), 'first');
});

test('a versioned bucket keeps what is deleted', needsRadosgw, async () => {
  const bucket = await freshBucket({ versioned: true });
  const put = await send(bucket, { method: 'PUT', key: 'k', body: 'text' });
  assert.equal((await send(bucket, { method: 'DELETE', key: 'k' })).status, 204);
  assert.equal((await send(bucket, { method: 'GET', key: 'k' })).status, 404);
  const versionId = put.headers.get('x-amz-version-id')!;
  assert.equal((await send(bucket, { method: 'GET', key: 'k', query: { versionId } })).status, 200);
});

test('a bucket with object lock keeps a held version', needsRadosgw, async () => {
  const bucket = await freshBucket({ objectLock: true });
  const put = await send(bucket, { method: 'PUT', key: 'k', body: 'text' });
  const versionId = put.headers.get('x-amz-version-id')!;
  const hold = await send(bucket, {
    ...{ method: 'PUT', key: 'k', query: { 'legal-hold': '' } },
    body: '<LegalHold><Status>ON</Status></LegalHold>',
  });
  assert.equal(hold.status, 200);
  const deleted = await send(bucket, { method: 'DELETE', key: 'k', query: { versionId } });
  assert.equal(deleted.status, 403);
});

test(
  'the server ends with the process that started it, killed or not, and its folder is removed',
  needsRadosgw,
  async () => {
    const module = new URL('radosgw.ts', import.meta.url).href;
    const script = `const { freshBucket } = await import('${module}');
    console.log((await freshBucket()).endpoint); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const endpoint = String((await once(child.stdout, 'data'))[0]).trim();
    assert.equal((await fetch(endpoint)).status, 200);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await assert.rejects(async () => {
      for (;;) await (await fetch(endpoint)).arrayBuffer();
    });
    removeLeftFolders();
    assert.deepEqual(
      readdirSync(tmpdir()).filter((name) => name.startsWith(`firn-radosgw-${child.pid}-`)),
      [],
    );
  },
);
