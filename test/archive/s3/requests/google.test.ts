import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { answered, clientWorld, KEYS, s3Location } from '../../../support/s3/client-world.ts';

const location = s3Location('s3://acme/agents?endpoint=https://storage.googleapis.com&region=auto');

/** What Google expects of a request, written from its description: the signature of what was sent. */
function expectedSignature(method: string, url: URL, headers: Headers): string {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.get('authorization')!)![1]!.split(';');
  const value = (name: string): string => (name === 'host' ? url.host : headers.get(name)!);
  const query = [...url.searchParams]
    .map((pair) => pair.map(encodeURIComponent).join('='))
    .sort()
    .join('&');
  const canonical = `${method}\n${url.pathname}\n${query}\n${signed.map((name) => `${name}:${value(name)}\n`).join('')}\n${signed.join(';')}\n${headers.get('x-goog-content-sha256')}`;
  const text = `GOOG4-HMAC-SHA256\n20260701T120000Z\n20260701/auto/storage/goog4_request\n${createHash('sha256').update(canonical).digest('hex')}`;
  let key: Buffer = Buffer.from(`GOOG4${KEYS.secretAccessKey}`);
  for (const part of ['20260701', 'auto', 'storage', 'goog4_request'])
    key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key).update(text).digest('hex');
}

test('a request to Google has only its own headers, and its own signature over all of them', async () => {
  const { client, asked } = clientWorld([answered(200)], { location });
  const headers = {
    'content-type': 'application/gzip',
    'x-amz-storage-class': 'NEARLINE',
    'x-amz-meta-firn-seal': 'abc',
    'x-goog-if-generation-match': '0',
  };
  const query = { prefix: 'agents/warm', 'list-type': '2' };
  await client.send({ method: 'PUT', key: 'agents/a b', headers, query, body: Buffer.from('x') });
  const { url, init } = asked[0]!;
  const sent = init.headers as Headers;
  assert.deepEqual(
    [...sent.keys()].filter((name) => name.startsWith('x-')),
    [
      'x-goog-content-sha256',
      'x-goog-date',
      'x-goog-if-generation-match',
      'x-goog-meta-firn-seal',
      'x-goog-storage-class',
    ],
  );
  const authorization = sent.get('authorization')!;
  assert.match(authorization, /^GOOG4-HMAC-SHA256 Credential=AKID\/20260701\/auto\/storage\/goog4_request, /);
  for (const name of ['host', 'x-goog-date', 'x-goog-if-generation-match', 'x-goog-meta-firn-seal'])
    assert.ok(authorization.includes(name), name);
  assert.equal(/Signature=(\w+)$/.exec(authorization)![1], expectedSignature('PUT', new URL(url), sent));
});

test("what Google says of an object is understood by S3's names too", async () => {
  const said = {
    'x-goog-meta-firn-seal': 'abc',
    'x-goog-generation': '17',
    'x-goog-storage-class': 'NEARLINE',
  };
  const { client } = clientWorld([answered(200, 'x', said)], { location });
  const { headers } = await client.send({ method: 'GET', key: 'agents/a' });
  assert.equal(headers.get('x-amz-meta-firn-seal'), 'abc');
  assert.equal(headers.get('x-amz-storage-class'), 'NEARLINE');
  assert.equal(headers.get('x-goog-generation'), '17');
});
