import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BucketState } from '../../../../src/archive/bucket/bucket-checkup.ts';
import { openS3Checkup } from '../../../../src/archive/s3/checkup/s3-checkup.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import { parseLocation, type S3Location } from '../../../../src/model/location.ts';
import { s3Environment } from '../../../../src/model/policy/s3-settings.ts';
import { systemClock } from '../../../../src/stores/system-clock.ts';
import { type BucketAccess, send } from '../../../support/s3/plain-client.ts';
import { freshBucket, needsRadosgw } from '../../../support/s3/radosgw/radosgw.ts';

function look(access: BucketAccess, aheadMs = 0): Promise<BucketState> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = access;
  const location = parseLocation(`s3://${bucket}/a?region=${region}&endpoint=${endpoint}`, '/', 'a test');
  const environment = s3Environment({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const clock = { ...systemClock, now: () => Date.now() + aheadMs };
  return openS3Checkup(
    location as S3Location,
    { environment },
    { clock, installCommand: () => 'npm' },
  ).look();
}

async function put(access: BucketAccess, query: string, body: string, headers = {}): Promise<void> {
  const answer = await send(access, { method: 'PUT', query: { [query]: '' }, body, headers });
  assert.ok(answer.status < 300, `${query}: ${answer.status} ${answer.body}`);
}

const UNKNOWN = { known: false, why: 'unsupported' };
const DENIED = { known: false, why: 'denied' };

test(
  'a plain bucket has no versions, no lock, no rules and no openings, and says so by itself',
  needsRadosgw,
  async () => {
    const bucket = await freshBucket();
    const state = await look(bucket);
    assert.deepEqual(state.versioning, { known: true, value: { status: 'off', mfaDelete: false } });
    assert.deepEqual(state.defaultRetention, { known: true, value: null });
    assert.deepEqual(state.lifecycle, { known: true, value: [] });
    assert.deepEqual(state.openings, { known: true, value: [] });
    // This server answers an unknown question with a list of the bucket.
    assert.deepEqual(state.encryption, UNKNOWN);
    assert.equal(state.signer, `access key …${bucket.accessKeyId.slice(-4)} from the environment`);
    assert.ok(!JSON.stringify(state).includes(bucket.accessKeyId));
    assert.ok(Math.abs(state.clockAheadMs!) < 60_000);
  },
);

test('what the owner has set is found', needsRadosgw, async () => {
  const bucket = await freshBucket({ objectLock: true });
  await put(
    bucket,
    'object-lock',
    '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>',
  );
  const rules =
    '<LifecycleConfiguration><Rule><ID>old logs</ID><Filter><Prefix>a/warm/</Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>';
  await put(bucket, 'lifecycle', rules);
  const { versioning, defaultRetention, lifecycle } = await look(bucket);
  assert.deepEqual(versioning, { known: true, value: { status: 'enabled', mfaDelete: false } });
  assert.deepEqual(defaultRetention, { known: true, value: { mode: 'GOVERNANCE', period: '30 days' } });
  const expire = { kind: 'expire', when: 'after 30 days', storageClass: '' };
  assert.deepEqual(lifecycle, {
    known: true,
    value: [{ id: 'old logs', prefix: 'a/warm/', tags: [], sizes: '', actions: [expire] }],
  });
});

test('a bucket that a policy or a grant opens to everybody is open', needsRadosgw, async () => {
  const [byPolicy, byGrant] = [await freshBucket(), await freshBucket()];
  const statement = {
    ...{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject' },
    Resource: `arn:aws:s3:::${byPolicy.bucket}/*`,
  };
  await put(byPolicy, 'policy', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  await put(byGrant, 'acl', '', { 'x-amz-acl': 'public-read' });
  assert.deepEqual((await look(byPolicy)).openings, { known: true, value: ['its policy is public'] });
  // This server says of a bucket with such a grant that its policy is public, too.
  const { openings } = await look(byGrant);
  assert.ok(openings.known && openings.value.includes('its access control list gives everybody READ'));
});

test('a reader of least privilege is told what it may not see', needsRadosgw, async () => {
  const [bucket, reader] = [await freshBucket(), await freshBucket()];
  const statement = {
    ...{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam:::user/${reader.bucket}` } },
    ...{ Action: ['s3:ListBucket', 's3:GetObject'] },
    Resource: [`arn:aws:s3:::${bucket.bucket}`, `arn:aws:s3:::${bucket.bucket}/*`],
  };
  await put(bucket, 'policy', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  const state = await look({ ...reader, bucket: bucket.bucket });
  for (const topic of ['versioning', 'defaultRetention', 'lifecycle', 'openings'] as const)
    assert.deepEqual(state[topic], DENIED, topic);
});

test('a clock that is ahead is measured, and who may not list is an error', needsRadosgw, async () => {
  const bucket = await freshBucket();
  const { clockAheadMs } = await look(bucket, 300_000);
  assert.ok(clockAheadMs! > 290_000 && clockAheadMs! < 310_000, `${clockAheadMs}`);
  const refused = (code: string) => (error: unknown) => error instanceof FirnError && error.code === code;
  await assert.rejects(look({ ...bucket, secretAccessKey: 'wrong' }), refused('config'));
  await assert.rejects(look({ ...(await freshBucket()), bucket: bucket.bucket }), refused('refused'));
  await assert.rejects(look({ ...bucket, bucket: `no-${bucket.bucket}` }), refused('config'));
});
