import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { S3Request } from '../../../../src/archive/s3/requests/s3-client.ts';
import { isOutcomeUnknown, s3CodeOf } from '../../../../src/archive/s3/requests/s3-failure.ts';
import { type ErrorCode, FirnError } from '../../../../src/model/errors.ts';
import { answered, broken, clientWorld, failing, s3Location } from '../../../support/s3/client-world.ts';

const GET: S3Request = { method: 'GET', key: 'prefix/a', operation: 'open an archive file' };
const PUT: S3Request = { method: 'PUT', key: 'prefix/a', body: Buffer.from('text') };

async function failureOf(asking: Promise<unknown>, code: ErrorCode): Promise<FirnError> {
  const error = await asking.then(
    () => assert.fail('it succeeded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof FirnError, String(error));
  assert.equal(error.code, code, error.message);
  assert.ok(error.hint !== undefined || code === 'interrupted');
  return error;
}

test('an answer that a caller can use is returned, and sent for once', async () => {
  for (const status of [200, 204, 206, 304, 404, 409, 412, 416]) {
    const { client, asked } = clientWorld([answered(status, [204, 304].includes(status) ? null : 'body')]);
    const answer = await client.send(GET);
    assert.equal(answer.status, status);
    assert.equal(answer.repeated, false);
    assert.equal(Buffer.from(await answer.body()).toString(), [204, 304].includes(status) ? '' : 'body');
    assert.equal(asked.length, 1);
  }
});

test('a request is signed for its key, whose every character means itself', async () => {
  const { client, asked } = clientWorld([answered(200)]);
  await client.send({ ...GET, key: "a b/+%?#&=ü'*/x", query: { 'list-type': '2', prefix: 'a b+&' } });
  const [{ url, init }] = asked as [(typeof asked)[0]];
  assert.equal(
    url,
    'https://bucket.s3.eu-central-1.amazonaws.com/a%20b/%2B%25%3F%23%26%3D%C3%BC%27%2A/x?list-type=2&prefix=a%20b%2B%26',
  );
  const headers = init.headers as Headers;
  assert.match(
    headers.get('authorization')!,
    /^AWS4-HMAC-SHA256 Credential=AKID\/20260701\/eu-central-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
  assert.equal(headers.get('x-amz-date'), '20260701T120000Z');
  assert.match(headers.get('x-amz-content-sha256')!, /^e3b0c442/);
  assert.equal(init.redirect, 'manual');
});

test('the bucket is in the host or in the path, and the endpoint may have a path of its own', async () => {
  for (const [location, url] of [
    ['s3://acme.example/p', 'https://s3.us-east-1.amazonaws.com/acme.example/k'],
    ['s3://acme/p?region=cn-north-1', 'https://acme.s3.cn-north-1.amazonaws.com.cn/k'],
    ['s3://acme/p?endpoint=http://127.0.0.1:9000', 'http://127.0.0.1:9000/acme/k'],
    ['s3://acme/p?endpoint=https://r2.example/base', 'https://r2.example/base/acme/k'],
    ['s3://acme/p?endpoint=https://r2.example&path_style=false', 'https://acme.r2.example/k'],
  ] as const) {
    const { client, asked } = clientWorld([answered(200)], { location: s3Location(location) });
    await client.send({ ...GET, key: 'k' });
    assert.equal(asked[0]!.url, url);
  }
});

test('a busy server is asked again after growing pauses, at least half of them, and seven times in all', async () => {
  const { client, asked, pauses } = clientWorld([failing(503, 'SlowDown')]);
  const error = await failureOf(client.send(GET), 'unavailable');
  assert.equal(s3CodeOf(error), 'SlowDown');
  assert.equal(isOutcomeUnknown(error), false);
  assert.equal(error.path, 's3://bucket/prefix/a');
  assert.equal(error.operation, 'open an archive file');
  assert.equal(asked.length, 7);
  assert.deepEqual(pauses, [100, 200, 400, 800, 1_600, 3_200]);
  assert.equal(client.traffic.total.retries, 6);
});

test('a pause is as long as the server asks, up to a minute', async () => {
  const later = new Date(Date.UTC(2026, 6, 1, 12, 0, 20)).toUTCString();
  for (const [retryAfter, pause] of [
    ['7', 7_000],
    [later, 20_000],
    ['nonsense', 100],
  ] as const) {
    const { client, pauses } = clientWorld([
      failing(503, 'SlowDown', '', { 'retry-after': retryAfter }),
      answered(200),
    ]);
    await client.send(GET);
    assert.deepEqual(pauses, [pause]);
  }
  const { client, pauses } = clientWorld([answered(429, null, { 'retry-after': '86400' }), answered(200)]);
  await client.send(GET);
  assert.deepEqual(pauses, [60_000]);
});

test('after an attempt that may have been carried out, an answer says that it may be about that one', async () => {
  for (const first of [broken('ECONNRESET'), failing(500, 'InternalError'), answered(502)]) {
    const { client } = clientWorld([first, answered(412)]);
    const answer = await client.send(PUT);
    assert.deepEqual([answer.status, answer.repeated], [412, true]);
  }
  for (const first of [broken('ECONNREFUSED'), failing(503, 'SlowDown'), answered(429)]) {
    const { client } = clientWorld([first, answered(412)]);
    assert.equal((await client.send(PUT)).repeated, false);
  }
});

test('the outcome stays unknown when a later attempt did not even reach the server', async () => {
  const { client } = clientWorld([broken('ECONNRESET'), broken('ECONNREFUSED')]);
  const error = await failureOf(client.send(PUT), 'unavailable');
  assert.equal(isOutcomeUnknown(error), true);
  assert.match(error.message, /nothing listens at the endpoint \(ECONNREFUSED\)/);
  const never = clientWorld([broken('ENOTFOUND')]);
  assert.equal(isOutcomeUnknown(await failureOf(never.client.send(PUT), 'unavailable')), false);
});

test('the same bytes are sent again', async () => {
  const { client, asked } = clientWorld([broken('EPIPE'), answered(200)]);
  await client.send({ ...PUT, body: new Blob(['from the disk']), sha256: 'a'.repeat(64) });
  for (const { init } of asked) {
    assert.equal(await (init.body as Blob).text(), 'from the disk');
    assert.equal((init.headers as Headers).get('x-amz-content-sha256'), 'a'.repeat(64));
  }
  assert.equal(asked.length, 2);
  assert.equal(client.traffic.total.sentBytes, 26);
});

test('a file whose digest is not known is not sent', async () => {
  const { client, asked } = clientWorld([answered(200)]);
  await failureOf(client.send({ ...PUT, body: new Blob(['x']) }), 'refused').catch(() => undefined);
  assert.equal(asked.length, 0);
});

test('an answer that is shorter than it says is asked for again', async () => {
  const { client, asked } = clientWorld([
    answered(206, 'half', { 'content-length': '8' }),
    answered(206, 'complete', { 'content-length': '8' }),
  ]);
  const answer = await client.send(GET);
  assert.equal(Buffer.from(await answer.body()).toString(), 'complete');
  assert.equal(asked.length, 2);
  const head = clientWorld([answered(200, null, { 'content-length': '8' })]);
  assert.equal((await head.client.send({ ...GET, method: 'HEAD' })).headers.get('content-length'), '8');
});

test('an attempt ends after its time, and counts as sent', async () => {
  let hangs = 0;
  const world = clientWorld([
    () => {
      hangs++;
      setImmediate(() => world.timeOut());
      return new Promise(() => undefined);
    },
  ]);
  const error = await failureOf(world.client.send(PUT), 'unavailable');
  assert.equal(hangs, 7);
  assert.match(error.message, /in time/);
  assert.equal(isOutcomeUnknown(error), true);
});

test('the signal ends an attempt and a pause at once', async () => {
  const before = clientWorld([answered(200)]);
  await failureOf(before.client.send({ ...PUT, signal: AbortSignal.abort() }), 'interrupted');
  assert.equal(before.asked.length, 0);
  const during = new AbortController();
  const world = clientWorld([
    () => {
      setImmediate(() => during.abort());
      return new Promise(() => undefined);
    },
  ]);
  const error = await failureOf(world.client.send({ ...PUT, signal: during.signal }), 'interrupted');
  assert.equal(isOutcomeUnknown(error), true);
  assert.equal(world.asked.length, 1);
});

test('what the server refuses is told once, as what it is', async () => {
  for (const [status, s3Code, more, code, words] of [
    [403, 'AccessDenied', '', 'refused', /access denied \(AccessDenied\)/],
    [403, 'AccessDenied', '<Message>protected by Object Lock</Message>', 'refused', /object lock/],
    [403, 'InvalidObjectState', '', 'refused', /archive storage class/],
    [403, 'SignatureDoesNotMatch', '', 'config', /secret key/],
    [403, 'InvalidAccessKeyId', '', 'config', /access key/],
    [403, 'RequestTimeTooSkewed', '', 'config', /clock/],
    [404, 'NoSuchBucket', '', 'config', /does not exist/],
    [400, 'AuthorizationHeaderMalformed', '<Region>eu-west-3</Region>', 'config', /another region/],
    [301, 'PermanentRedirect', '', 'config', /another region/],
    [501, 'NotImplemented', '', 'refused', /does not implement/],
    [400, 'SomethingNew', '', 'refused', /refused the request \(SomethingNew\)/],
    [403, '', '', 'refused', /access denied \(HTTP 403\)/],
  ] as const) {
    const { client, asked } = clientWorld([failing(status, s3Code, more)]);
    const error = await failureOf(client.send(PUT), code);
    assert.match(error.message, words);
    assert.equal(isOutcomeUnknown(error), false);
    assert.equal(asked.length, 1);
    if (more.includes('Region')) assert.match(error.hint!, /Add region=eu-west-3/);
  }
  const redirected = clientWorld([
    failing(301, 'PermanentRedirect', '', { 'x-amz-bucket-region': 'eu-north-1' }),
  ]);
  assert.match((await failureOf(redirected.client.send(GET), 'config')).hint!, /region=eu-north-1/);
});

test('bytes that arrive damaged are sent again, and are no success in the end', async () => {
  const { client, asked } = clientWorld([failing(400, 'XAmzContentSHA256Mismatch'), answered(200)]);
  assert.equal((await client.send(PUT)).status, 200);
  assert.equal(asked.length, 2);
  const always = clientWorld([failing(400, 'BadDigest')]);
  const error = await failureOf(always.client.send(PUT), 'integrity');
  assert.equal(isOutcomeUnknown(error), false);
});

test('an untrusted certificate is told at once', async () => {
  const { client, asked } = clientWorld([broken('SELF_SIGNED_CERT_IN_CHAIN')]);
  assert.match((await failureOf(client.send(GET), 'config')).hint!, /NODE_EXTRA_CA_CERTS/);
  assert.equal(asked.length, 1);
});

test('requests and bytes are counted by kind', async () => {
  const { client } = clientWorld([answered(200, 'four')]);
  await client.send(GET);
  await client.send({ method: 'GET', key: null, query: { 'list-type': '2' } });
  await client.send({ method: 'HEAD', key: 'a' });
  await client.send(PUT);
  await client.send({ method: 'DELETE', key: 'a' });
  await client.send({ method: 'POST', key: 'a', query: { uploads: '' } });
  await client.send({ method: 'POST', key: null, query: { delete: '' }, kind: 'delete' });
  assert.deepEqual(client.traffic.total, {
    requests: { list: 1, get: 1, head: 1, put: 2, delete: 2 },
    ...{ sentBytes: 4, receivedBytes: 28, retries: 0 },
  });
});
