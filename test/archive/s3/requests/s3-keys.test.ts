import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KeyProvider, KeySource, type S3Keys } from '../../../../src/archive/s3/requests/s3-keys.ts';
import type { FirnError } from '../../../../src/model/errors.ts';
import { s3Environment } from '../../../../src/model/policy/s3-settings.ts';
import { answered, clientWorld, environmentKeys, failing } from '../../../support/s3/client-world.ts';

const MINUTE = 60_000;

/** Keys that last an hour from when they are asked for. */
function provided() {
  let now = 0;
  const asked: boolean[] = [];
  const provider: KeyProvider = async ({ forceRefresh }) => {
    asked.push(forceRefresh);
    const expiration = new Date(now + 60 * MINUTE);
    return {
      accessKeyId: `key${asked.length}`,
      secretAccessKey: 'hunter2',
      sessionToken: 'token',
      expiration,
    };
  };
  const source = new KeySource(s3Environment({}), { now: () => now }, async () => provider);
  return {
    source,
    asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('keys of the environment are used as they are, and no provider is loaded', async () => {
  const source = environmentKeys({
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_SESSION_TOKEN: 'c',
  });
  const keys = await source.keys();
  assert.deepEqual(keys, { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' });
  assert.equal((await source.renew(keys)).accessKeyId, 'a');
});

test('half of a pair, and a key that cannot be sent, are refused without repeating it', async () => {
  for (const env of [
    { AWS_ACCESS_KEY_ID: 'hunter2' },
    { AWS_SECRET_ACCESS_KEY: 'hunter2' },
    { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'hunter2\n' },
    { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'hunter2 x' },
  ] as const) {
    await assert.rejects(environmentKeys(env).keys(), (error: FirnError) => {
      return error.code === 'config' && !`${error.message}${error.hint}`.includes('hunter2');
    });
  }
});

test('provided keys are kept until five minutes before they expire', async () => {
  const { source, asked, pass } = provided();
  const many = await Promise.all([source.keys(), source.keys(), source.keys()]);
  assert.deepEqual(new Set(many.map(({ accessKeyId }) => accessKeyId)), new Set(['key1']));
  pass(54 * MINUTE);
  assert.equal((await source.keys()).accessKeyId, 'key1');
  pass(2 * MINUTE);
  const next = await Promise.all([source.keys(), source.keys()]);
  assert.deepEqual(
    next.map(({ accessKeyId }) => accessKeyId),
    ['key2', 'key2'],
  );
  assert.deepEqual(asked, [false, true]);
});

test('keys that the server takes for expired are renewed once for all requests that had them', async () => {
  const { source, asked } = provided();
  const old = await source.keys();
  const renewed = await Promise.all([source.renew(old), source.renew(old)]);
  assert.deepEqual(
    renewed.map(({ accessKeyId }) => accessKeyId),
    ['key2', 'key2'],
  );
  assert.deepEqual(asked, [false, true]);
});

test('a request whose token has expired is sent again with new keys, once', async () => {
  const { source } = provided();
  const { client, asked, pauses } = clientWorld([failing(400, 'ExpiredToken'), answered(200)], {
    keys: source,
  });
  assert.equal((await client.send({ method: 'GET', key: 'a' })).status, 200);
  const used = asked.map(
    ({ init }) => /Credential=(\w+)/.exec((init.headers as Headers).get('authorization')!)![1],
  );
  assert.deepEqual(used, ['key1', 'key2']);
  assert.deepEqual(pauses, []);
  const never = clientWorld([failing(400, 'ExpiredToken')], { keys: provided().source });
  await assert.rejects(never.client.send({ method: 'GET', key: 'a' }), { code: 'config' });
  assert.equal(never.asked.length, 2);
});

test('a provider that fails is asked again by the next request, and its words are not repeated', async () => {
  let fails = true;
  const keys: S3Keys = { accessKeyId: 'a', secretAccessKey: 'b' };
  const source = new KeySource(s3Environment({}), { now: () => 0 }, async () => async () => {
    if (fails)
      throw Object.assign(new Error('Command failed: get-key --pass hunter2'), {
        name: 'CredentialsProviderError',
      });
    return keys;
  });
  await assert.rejects(source.keys(), (error: FirnError) => {
    const { message, hint, cause } = error;
    return error.code === 'config' && cause === undefined && !`${message}${hint}`.includes('hunter2');
  });
  fails = false;
  assert.equal((await source.keys()).accessKeyId, 'a');
});

test('what the AWS SDK says most often is told in words', async () => {
  for (const [text, words] of [
    ['Could not load credentials from any providers', /no AWS credentials were found/],
    [
      'The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login',
      /aws sso login/,
    ],
    [
      'Could not resolve credentials using profile: [acme] in configuration/credentials file(s).',
      /profile does not exist/,
    ],
  ] as const) {
    const source = new KeySource(
      s3Environment({}),
      { now: () => 0 },
      async () => () => Promise.reject(new Error(text)),
    );
    await assert.rejects(source.keys(), (error: FirnError) => words.test(error.message));
  }
});
