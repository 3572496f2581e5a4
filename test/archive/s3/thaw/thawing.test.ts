import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Thawing } from '../../../../src/archive/bucket/thawing.ts';
import { stateOf } from '../../../../src/archive/s3/thaw/frozen-object.ts';
import { openS3Thawing } from '../../../../src/archive/s3/thaw/s3-thawing.ts';
import { FirnError } from '../../../../src/model/errors.ts';
import { parseLocation, type S3Location } from '../../../../src/model/location.ts';
import { s3Environment } from '../../../../src/model/policy/s3-settings.ts';
import { systemClock } from '../../../../src/stores/system-clock.ts';
import { modelAccess, modelFetch } from '../../../support/s3/model/model-fetch.ts';
import { S3Model } from '../../../support/s3/model/s3-model.ts';
import { send } from '../../../support/s3/plain-client.ts';

const WISH = { days: 3, tier: 'bulk' } as const;

interface Frozen {
  readonly model: S3Model;
  readonly thawing: Thawing;
  readonly address: string;
  /** Bodies of the requests to restore. */
  readonly asked: string[];
}

/** A model with one object of this class. */
async function frozen(storageClass: string): Promise<Frozen> {
  const model = new S3Model();
  const access = modelAccess(model);
  const [asked, plain]: [string[], typeof fetch] = [[], modelFetch(model)];
  const headers = { 'x-amz-storage-class': storageClass };
  const put = await send(access, { method: 'PUT', key: 'a/cold/x.tar.gz', body: 'bytes', headers }, plain);
  assert.equal(put.status, 200);
  const watched: typeof fetch = async (input, init) => {
    if (String(input).includes('?restore')) asked.push(String(Buffer.from(init!.body as Uint8Array)));
    return await plain(input, init);
  };
  const { bucket, endpoint, region, accessKeyId, secretAccessKey } = access;
  const location = parseLocation(`s3://${bucket}/a?region=${region}&endpoint=${endpoint}`, '/', 'a test');
  const environment = s3Environment({
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const world = { clock: systemClock, fetch: watched, installCommand: () => 'npm' };
  const thawing = openS3Thawing([location as S3Location], { environment }, world);
  return { model, thawing, address: `s3://${bucket}/a/cold/x.tar.gz`, asked };
}

for (const storageClass of ['GLACIER', 'DEEP_ARCHIVE']) {
  test(`a file in ${storageClass} is asked for once, and is readable when S3 has thawed it`, async () => {
    const { model, thawing, address, asked } = await frozen(storageClass);
    assert.equal(await thawing.ask(address, WISH), 'asked');
    assert.equal(await thawing.ask(address, WISH), 'in_progress');
    model.state.thawAll();
    assert.equal(await thawing.ask(address, WISH), 'readable');
    assert.equal(asked.length, 1);
    assert.match(asked[0]!, /<Days>3<\/Days><GlacierJobParameters><Tier>Bulk<\/Tier>/);
  });
}

test('nothing is asked of a file that can be read', async () => {
  for (const storageClass of ['STANDARD', 'STANDARD_IA', 'GLACIER_IR']) {
    const { thawing, address, asked } = await frozen(storageClass);
    assert.equal(await thawing.ask(address, WISH), 'readable', storageClass);
    assert.deepEqual(asked, []);
  }
});

test('a file that is not there, or of no location of the archives, is not found', async () => {
  const { thawing, address } = await frozen('GLACIER');
  for (const other of [`${address}x`, address.replace('model', 'other')])
    await assert.rejects(
      thawing.ask(other, WISH),
      (error) => error instanceof FirnError && error.code === 'not_found',
    );
});

test('the headers of an object say whether it can be read', () => {
  const of = (headers: Record<string, string>) => {
    const { isFrozen, isThawing, isTiered, thawedUntil } = stateOf(new Headers(headers));
    return { isFrozen, isThawing, isTiered, thawedUntil };
  };
  const plain = { isFrozen: false, isThawing: false, isTiered: false, thawedUntil: null };
  const glacier = { 'x-amz-storage-class': 'GLACIER' };
  const done = 'ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"';
  assert.deepEqual(of({}), plain);
  assert.deepEqual(of(glacier), { ...plain, isFrozen: true });
  assert.deepEqual(of({ ...glacier, 'x-amz-restore': 'ongoing-request="true"' }), {
    ...plain,
    ...{ isFrozen: true, isThawing: true },
  });
  assert.deepEqual(of({ ...glacier, 'x-amz-restore': done }), {
    ...plain,
    thawedUntil: Date.UTC(2012, 11, 21),
  });
  const tiered = { 'x-amz-storage-class': 'INTELLIGENT_TIERING' };
  assert.deepEqual(of(tiered), plain);
  const archived = { ...tiered, 'x-amz-archive-status': 'DEEP_ARCHIVE_ACCESS' };
  assert.deepEqual(of(archived), { ...plain, isFrozen: true, isTiered: true });
  assert.equal(stateOf(new Headers(archived)).storageClass, 'INTELLIGENT_TIERING (DEEP_ARCHIVE_ACCESS)');
});
