import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type BucketAccess, type PlainAnswer, type PlainRequest, send } from '../plain-client.ts';
import { modelAccess, modelFetch } from './model-fetch.ts';
import { type ModelOptions, S3Model } from './s3-model.ts';

function model(options: ModelOptions = {}): {
  model: S3Model;
  ask: (request: PlainRequest, as?: Partial<BucketAccess>) => Promise<PlainAnswer>;
} {
  const made = new S3Model(options);
  const ask = (request: PlainRequest, as: Partial<BucketAccess> = {}) =>
    send({ ...modelAccess(made), ...as }, request, modelFetch(made));
  return { model: made, ask };
}

const create = (body: string): PlainRequest => ({
  ...{ method: 'PUT', key: 'k', body },
  headers: { 'if-none-match': '*' },
});

test('as Amazon has it, conditions hold in a versioned bucket, for quoted ETags, and for uploads in parts', async () => {
  const { ask } = model({ versioned: true });
  assert.equal((await ask(create('one'))).status, 200);
  assert.equal((await ask(create('two'))).status, 412);
  const etag = (await ask({ method: 'HEAD', key: 'k' })).headers.get('etag')!;
  const replace = (match: string): PlainRequest => ({
    ...{ method: 'PUT', key: 'k', body: 'three' },
    headers: { 'if-match': match },
  });
  assert.equal((await ask(replace('"other"'))).status, 412);
  assert.equal((await ask(replace(etag))).status, 200);
  assert.equal((await ask({ ...replace(etag), key: 'missing' })).status, 404);

  const begun = await ask({ method: 'POST', key: 'k', query: { uploads: '' } });
  const uploadId = /<UploadId>(.*)<\/UploadId>/.exec(begun.body.toString())![1]!;
  await ask({ method: 'PUT', key: 'k', query: { uploadId, partNumber: '1' }, body: 'part' });
  const part = `<Part><PartNumber>1</PartNumber><ETag>${createHash('md5').update('part').digest('hex')}</ETag></Part>`;
  const completed = await ask({
    ...{ method: 'POST', key: 'k', query: { uploadId }, headers: { 'if-none-match': '*' } },
    body: `<CompleteMultipartUpload>${part}</CompleteMultipartUpload>`,
  });
  assert.equal(completed.status, 412);
});

test('a server that ignores conditions can be had', async () => {
  const { ask } = model({ ignoresConditions: true });
  assert.equal((await ask(create('one'))).status, 200);
  assert.equal((await ask(create('two'))).status, 200);
  assert.equal((await ask({ method: 'GET', key: 'k' })).body.toString(), 'two');
});

test('what is in the bucket can be copied and put back', async () => {
  const { model: made, ask } = model({ versioned: true });
  await ask(create('one'));
  const [before, print] = [made.state.copy(), made.state.print()];
  await ask({ method: 'DELETE', key: 'k' });
  await ask({ method: 'POST', key: 'k', query: { uploads: '' } });
  assert.equal(before.print(), print);
  assert.notEqual(made.state.print(), print);
  made.state = before;
  assert.equal((await ask({ method: 'GET', key: 'k' })).body.toString(), 'one');
});

test('a version under retention stays until it ends', async () => {
  let now = 1_800_000_000_000;
  const { model: made, ask } = model({ objectLock: true, now: () => now });
  made.state.retentionDays = 1;
  const versionId = (await ask(create('one'))).headers.get('x-amz-version-id')!;
  const remove: PlainRequest = { method: 'DELETE', key: 'k', query: { versionId } };
  const refused = await ask(remove);
  assert.equal(refused.status, 403);
  assert.match(refused.body.toString(), /object lock/);
  now += 86_400_001;
  assert.equal((await ask(remove)).status, 204);
  assert.equal((await ask({ method: 'HEAD', key: 'k' })).status, 404);
});

test('an object of a frozen class is read only after it was restored', async () => {
  const { model: made, ask } = model();
  await ask({ method: 'PUT', key: 'k', body: 'ice', headers: { 'x-amz-storage-class': 'GLACIER' } });
  const get: PlainRequest = { method: 'GET', key: 'k' };
  assert.match((await ask(get)).body.toString(), /<Code>InvalidObjectState<\/Code>/);
  const thaw: PlainRequest = {
    ...{ method: 'POST', key: 'k', query: { restore: '' } },
    body: '<RestoreRequest><Days>1</Days></RestoreRequest>',
  };
  assert.equal((await ask(thaw)).status, 202);
  assert.equal((await ask(thaw)).status, 409);
  const head = await ask({ method: 'HEAD', key: 'k' });
  assert.match(head.headers.get('x-amz-restore')!, /ongoing-request="true"/);
  made.state.thawAll();
  assert.equal((await ask(get)).body.toString(), 'ice');
});

test('wrong keys, signatures and buckets are refused', async () => {
  const { ask } = model();
  const code = async (as: Partial<BucketAccess>) =>
    /<Code>(.*)<\/Code>/.exec((await ask({ method: 'GET' }, as)).body.toString())?.[1];
  assert.equal(await code({ accessKeyId: 'OTHER' }), 'InvalidAccessKeyId');
  assert.equal(await code({ secretAccessKey: 'other' }), 'SignatureDoesNotMatch');
  assert.equal(await code({ bucket: 'other' }), 'NoSuchBucket');
});
