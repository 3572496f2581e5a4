import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BucketState, LifecycleRule } from '../../../src/archive/bucket/bucket-checkup.ts';
import { parseLocation, type S3Location } from '../../../src/model/location.ts';
import { judgeBucket } from '../../../src/operate/doctor/bucket/check-bucket.ts';
import { judgeLifecycle } from '../../../src/operate/doctor/bucket/check-lifecycle.ts';
import { judgeSpool } from '../../../src/operate/doctor/check-disk.ts';

const LOCATION = parseLocation('s3://acme/team/agents?region=eu-central-1', '/', 'a test') as S3Location;
const FINE: BucketState = {
  ...{ signer: 'access key …ABCD from the environment', region: 'eu-central-1', clockAheadMs: 900 },
  versioning: { known: true, value: { status: 'off', mfaDelete: false } },
  defaultRetention: { known: true, value: null },
  lifecycle: { known: true, value: [] },
  encryption: { known: true, value: 'AES256' },
  openings: { known: true, value: [] },
};
const RULE: LifecycleRule = { id: 'r', prefix: '', tags: [], sizes: '', actions: [] };

function judged(change: Partial<BucketState>): string[] {
  return judgeBucket(LOCATION, { ...FINE, ...change }).map(
    ({ severity, subject }) => `${severity} ${subject}`,
  );
}

test('a bucket with nothing to say is one line, with who asks and how it encrypts', () => {
  const [only, ...more] = judgeBucket(LOCATION, FINE);
  assert.deepEqual([only!.severity, more], ['ok', []]);
  assert.equal(
    only!.message,
    's3://acme/team/agents?region=eu-central-1: can be listed, region eu-central-1, access key …ABCD from the environment, new objects are encrypted (AES256)',
  );
});

test('what the credentials may not ask is said, with the right that it needs, and never taken for fine', () => {
  const denied = { known: false, why: 'denied' } as const;
  const state = {
    versioning: denied,
    defaultRetention: denied,
    lifecycle: denied,
    encryption: denied,
    openings: denied,
  };
  const found = judgeBucket(LOCATION, { ...FINE, ...state }).slice(1);
  assert.deepEqual(
    found.map(({ severity, subject, message }) => `${severity} ${subject}: ${message}`),
    ['versioning', 'object lock', 'lifecycle', 'encryption', 'public access'].map(
      (subject) => `note ${subject}: these credentials are not allowed to see it`,
    ),
  );
  assert.match(found[2]!.remedy!, /s3:GetLifecycleConfiguration/);
  const unsupported = judgeBucket(LOCATION, { ...FINE, lifecycle: { known: false, why: 'unsupported' } });
  assert.match(unsupported[1]!.message, /nothing is known/);
});

test('of another server than AWS it is said that conditional writes are not tested', () => {
  const other = { ...LOCATION, endpoint: 'https://minio.example' };
  const [, only, ...more] = judgeBucket(other, FINE);
  assert.deepEqual([only!.severity, only!.subject, more], ['note', 'conditional writes', []]);
});

test('versions, a default retention, an open bucket and a wrong clock are found', () => {
  const versions = (status: 'enabled' | 'suspended', mfaDelete = false) =>
    judged({ versioning: { known: true, value: { status, mfaDelete } } }).slice(1);
  assert.deepEqual([versions('enabled'), versions('suspended')], [['note versioning'], ['note versioning']]);
  assert.deepEqual(versions('enabled', true), ['problem versioning']);
  const retention = { mode: 'COMPLIANCE', period: '30 days' };
  assert.deepEqual(judged({ defaultRetention: { known: true, value: retention } }).slice(1), [
    'warning object lock',
  ]);
  assert.deepEqual(judged({ openings: { known: true, value: ['its policy is public'] } }).slice(1), [
    'problem public access',
  ]);
  assert.deepEqual(judged({ encryption: { known: true, value: null } }).slice(1), ['note encryption']);
  for (const [ahead, severity] of [
    [59e3, null],
    [-59e3, null],
    [61e3, 'note'],
    [-299e3, 'note'],
    [300e3, 'warning'],
    [-1e6, 'warning'],
  ] as const)
    assert.deepEqual(
      judged({ clockAheadMs: ahead }).slice(1),
      severity === null ? [] : [`${severity} clock`],
      `${ahead}`,
    );
  assert.deepEqual(judged({ clockAheadMs: null }).slice(1), ['note clock']);
});

test('a rule that deletes is a problem exactly where it reaches keys of the archive', () => {
  const severity = (prefix: string): string | undefined =>
    judgeLifecycle(
      [{ ...RULE, prefix, actions: [{ kind: 'expire', when: 'after 30 days', storageClass: '' }] }],
      LOCATION,
    )[0]?.severity;
  for (const prefix of [
    '',
    'team',
    'team/agents/',
    'team/agents/warm/2026-01',
    'team/agents/c',
    'team/agents/quarantine/x',
  ])
    assert.equal(severity(prefix), 'problem', prefix);
  for (const prefix of ['other/', 'team/agents2/', 'team/agents/.tmp/', 'team/agents/coldest/', 'Team'])
    assert.equal(severity(prefix), undefined, prefix);
});

test('a rule that applies to tags alone is a note: Firn sets none', () => {
  const [found] = judgeLifecycle(
    [{ ...RULE, tags: ['class=log'], actions: [{ kind: 'expire', when: 'after 1 day', storageClass: '' }] }],
    LOCATION,
  );
  assert.equal(found!.severity, 'note');
  assert.match(found!.message, /objects with the tag class=log after 1 day/);
});

test('moving to a class that must be thawed is a warning for cold, and a problem where runs read', () => {
  const moved = (prefix: string, storageClass: string): string | undefined =>
    judgeLifecycle(
      [{ ...RULE, prefix, actions: [{ kind: 'move', when: 'after 90 days', storageClass }] }],
      LOCATION,
    )[0]?.severity;
  for (const frozen of ['GLACIER', 'DEEP_ARCHIVE']) {
    assert.equal(moved('team/agents/cold/', frozen), 'warning');
    for (const prefix of ['', 'team/agents/', 'team/agents/warm/', 'team/agents/lineage'])
      assert.equal(moved(prefix, frozen), 'problem', prefix);
    assert.equal(moved('team/other/', frozen), undefined);
  }
  for (const readable of ['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR'])
    assert.equal(moved('', readable), undefined, readable);
});

test('files that wait in the spool are a note, and none are nothing', () => {
  assert.deepEqual(judgeSpool(0, '/data/a.db.firn-spool'), []);
  const [found] = judgeSpool(2, '/data/a.db.firn-spool');
  assert.deepEqual([found!.severity, found!.subject], ['note', '/data/a.db.firn-spool']);
  assert.match(found!.message, /^2 files .* next changing run sends or removes them$/);
});
