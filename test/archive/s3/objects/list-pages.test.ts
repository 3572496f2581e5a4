import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listBucket } from '../../../../src/archive/s3/objects/list-objects.ts';
import { answered, clientWorld, type Scripted } from '../../../support/s3/client-world.ts';

function page(keys: readonly string[], rest: string): Scripted {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>1</Size><ETag>"e"</ETag></Contents>`);
  return answered(200, `<ListBucketResult>${contents.join('')}${rest}</ListBucketResult>`);
}

test('a list of several pages is whole', async () => {
  const next = '<IsTruncated>true</IsTruncated><NextContinuationToken>a+b/=</NextContinuationToken>';
  const { client, asked } = clientWorld([page(['p/1', 'p/2'], next), page(['p/3'], '')]);
  const listed = await listBucket(client, 'p/');
  assert.deepEqual(
    listed.map(({ key }) => key),
    ['p/1', 'p/2', 'p/3'],
  );
  assert.equal(new URL(asked[1]!.url).searchParams.get('continuation-token'), 'a+b/=');
});

test('a page that is cut short and does not say how to go on is not taken for the whole list', async () => {
  const truncated = '<IsTruncated>true</IsTruncated>';
  const again = `${truncated}<NextContinuationToken>t</NextContinuationToken>`;
  for (const pages of [[page(['p/1'], truncated)], [page(['p/1'], again), page(['p/2'], again)]]) {
    const { client } = clientWorld(pages);
    await assert.rejects(listBucket(client, 'p/'), { code: 'unavailable', message: /cut its list short/ });
  }
});
