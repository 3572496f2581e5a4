import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { Random } from '../../faults/random.ts';
import { freshBucket, needsRadosgw } from '../radosgw/radosgw.ts';
import { modelAccess, modelFetch } from './model-fetch.ts';
import { ModelServer } from './model-server.ts';
import { S3Model } from './s3-model.ts';
import { Side, type Step } from './side-by-side.ts';

const thorough = process.env.FIRN_THOROUGH === '1';
const KEYS = ['a', 'a/b', 'a/c', 'b ü&<>+', "z/(1)!*'", 'z/y/x'];

function contentMd5(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('base64');
}

function md5Hex(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** What both servers are asked besides what chance draws. */
const WRITES: readonly Step[] = [
  () => ({ method: 'HEAD' }),
  () => ({ method: 'GET', key: 'missing' }),
  () => ({ method: 'HEAD', key: 'missing' }),
  () => ({
    ...{ method: 'PUT', key: 'k', body: '0123456789' },
    headers: {
      ...{ 'if-none-match': '*', 'content-md5': contentMd5('0123456789') },
      ...{ 'x-amz-meta-seal': 'abc', 'content-type': 'application/gzip' },
    },
  }),
  ...['bytes=-4', 'bytes=-400', 'bytes=2-3', 'bytes=8-30', 'bytes=10-30', 'bytes=5-', 'bytes=0-0'].map(
    (range): Step =>
      () => ({ method: 'GET', key: 'k', headers: { range } }),
  ),
  ...[`"${md5Hex('0123456789')}"`, md5Hex('0123456789'), '"abc"'].flatMap((etag): Step[] => [
    () => ({ method: 'GET', key: 'k', headers: { 'if-match': etag, range: 'bytes=-2' } }),
    () => ({ method: 'GET', key: 'k', headers: { 'if-none-match': etag } }),
    () => ({ method: 'HEAD', key: 'k', headers: { 'if-match': etag } }),
    () => ({ method: 'PUT', key: 'k', body: '0123456789', headers: { 'if-match': etag } }),
  ]),
  () => ({ method: 'PUT', key: 'k', body: 'other', headers: { 'if-none-match': '*' } }),
  () => ({ method: 'PUT', key: 'none', body: 'other', headers: { 'if-match': md5Hex('0123456789') } }),
  () => ({ method: 'PUT', key: 'z', body: 'x', headers: { 'x-amz-content-sha256': '0'.repeat(64) } }),
  () => ({ method: 'PUT', key: 'z', body: 'x', headers: { 'content-md5': contentMd5('y') } }),
  () => ({ method: 'PUT', key: 'z', body: 'x', headers: { 'content-md5': 'zz' } }),
  () => ({ method: 'HEAD', key: 'z' }),
  () => ({ method: 'PUT', key: 'empty', body: '' }),
  () => ({ method: 'GET', key: 'empty', headers: { range: 'bytes=-5' } }),
  () => ({ method: 'GET', key: 'empty' }),
  () => ({ method: 'GET', query: { versioning: '' } }),
  () => ({ method: 'GET', query: { lifecycle: '' } }),
  () => ({ method: 'GET', query: { 'object-lock': '' } }),
  () => ({
    ...{ method: 'PUT', key: 'k', body: 'held', headers: { 'x-amz-object-lock-legal-hold': 'ON' } },
  }),
];

const MULTIPART: readonly Step[] = [
  () => ({ method: 'POST', key: 'm', query: { uploads: '' }, headers: { 'x-amz-meta-seal': 'abc' } }),
  () => ({ method: 'POST', key: 'm', query: { uploads: '' } }),
  part(0, 1, Buffer.alloc(5 * 2 ** 20, 1)),
  part(0, 2, Buffer.from('tail')),
  part(1, 1, Buffer.from('small')),
  part(1, 2, Buffer.from('tail')),
  () => ({ method: 'GET', query: { uploads: '' } }),
  ({ uploads }) => ({ method: 'GET', key: 'm', query: { uploadId: uploads[0]! } }),
  () => ({ method: 'GET', key: 'm' }),
  complete(0, [[1, '0'.repeat(32)]]),
  complete(1, [
    [1, md5Hex('small')],
    [2, md5Hex('tail')],
  ]),
  () => ({ method: 'PUT', key: 'm', body: 'taken' }),
  complete(0, [
    [
      1,
      createHash('md5')
        .update(Buffer.alloc(5 * 2 ** 20, 1))
        .digest('hex'),
    ],
    [2, md5Hex('tail')],
  ]),
  () => ({ method: 'HEAD', key: 'm' }),
  () => ({ method: 'GET', key: 'm', headers: { range: 'bytes=-6' } }),
  ({ uploads }) => ({ method: 'DELETE', key: 'm', query: { uploadId: uploads[1]! } }),
  ({ uploads }) => ({ method: 'DELETE', key: 'm', query: { uploadId: uploads[1]! } }),
  () => ({ method: 'GET', query: { uploads: '' } }),
];

function part(upload: number, number: number, body: Uint8Array): Step {
  return ({ uploads }) => ({
    ...{ method: 'PUT', key: 'm', body },
    query: { uploadId: uploads[upload]!, partNumber: String(number) },
  });
}

function complete(upload: number, parts: readonly (readonly [number, string])[]): Step {
  const xml = parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>"${etag}"</ETag></Part>`);
  return ({ uploads }) => ({
    ...{ method: 'POST', key: 'm', query: { uploadId: uploads[upload]! } },
    ...{
      headers: { 'if-none-match': '*' },
      body: `<CompleteMultipartUpload>${xml.join('')}</CompleteMultipartUpload>`,
    },
  });
}

/** Requests drawn by chance: few keys and few contents, so that they meet each other. */
function drawn(random: Random): Step {
  const key = random.pick(KEYS);
  const body = random.pick(['', 'one', 'the other']);
  const etag = md5Hex(random.pick(['', 'one', 'the other']));
  const version = random.integer(0, 30);
  const draws: readonly (() => Step)[] = [
    () => () => ({ method: 'PUT', key, body }),
    () => () => ({ method: 'PUT', key, body, headers: { 'if-none-match': '*' } }),
    () => () => ({ method: 'PUT', key, body, headers: { 'if-match': etag } }),
    () => () => ({ method: 'GET', key, headers: { 'if-match': etag } }),
    () => () => ({ method: 'GET', key }),
    () => () => ({ method: 'DELETE', key }),
    () =>
      ({ versions }) => ({
        ...{ method: random.pick(['DELETE', 'GET', 'HEAD'] as const), key },
        query: { versionId: versions[version] ?? 'null' },
      }),
    () => () => ({ method: 'GET', query: { versions: '', prefix: random.pick(['', 'a', 'z/']) } }),
    () => () => ({
      method: 'GET',
      query: { 'list-type': '2', prefix: random.pick(['', 'a', 'z/']), delimiter: '/' },
    }),
  ];
  const step = random.pick(draws)();
  let request: ReturnType<Step> | null = null;
  // Drawn once, and the same for both.
  return (side) => {
    request ??= step(side);
    const { versionId } = request.query ?? {};
    return versionId === undefined
      ? request
      : { ...request, query: { versionId: side.versions[version] ?? 'null' } };
  };
}

/** All pages, each of two. */
async function pages(side: Side, kind: 'objects' | 'versions'): Promise<unknown[]> {
  const all: unknown[] = [];
  const query = kind === 'objects' ? { 'list-type': '2' } : { versions: '' };
  let next: Readonly<Record<string, string>> = {};
  for (let n = 0; n < 100; n++) {
    const step: Step = () => ({ method: 'GET', query: { ...query, 'max-keys': '2', ...next } });
    const page = await side.ask(step);
    all.push(page);
    if (page.truncated !== 'true') return all;
    next = side.next;
  }
  throw new Error('the pages do not end');
}

for (const kind of [{}, { versioned: true }, { objectLock: true }]) {
  describe(`the model and radosgw agree on a bucket of kind ${JSON.stringify(kind)}`, needsRadosgw, () => {
    const both = async (): Promise<[Side, Side]> => {
      const model = new S3Model({ ...kind, server: 'radosgw' });
      return [new Side(modelAccess(model), modelFetch(model)), new Side(await freshBucket(kind))];
    };
    const compare = async (steps: Iterable<Step>, [model, real]: [Side, Side]): Promise<void> => {
      for (const step of steps) {
        const request = step(real);
        assert.deepEqual(await model.ask(step), await real.ask(step), JSON.stringify(request).slice(0, 300));
      }
    };

    test('on reads, ranges, conditions and digests', async () => {
      await compare(kind.objectLock ? WRITES : WRITES.slice(0, -1), await both());
    });

    test('on uploads in parts', async () => {
      await compare(MULTIPART, await both());
    });

    test('on requests drawn by chance, and on lists page by page', async () => {
      for (let seed = 1; seed <= (thorough ? 20 : 1); seed++) {
        const random = new Random(seed);
        const sides = await both();
        const steps = Array.from({ length: 120 }, () => drawn(random));
        await compare(steps, sides);
        for (const list of ['objects', 'versions'] as const) {
          assert.deepEqual(await pages(sides[0], list), await pages(sides[1], list), `seed ${seed}`);
        }
      }
    });
  });
}

test('the model answers over a port as it does to a call', async () => {
  const models = [new S3Model({ versioned: true }), new S3Model({ versioned: true })] as const;
  await using server = await ModelServer.start(models[1]);
  const [called, asked] = [new Side(modelAccess(models[0]), modelFetch(models[0])), new Side(server.access)];
  for (const step of [...WRITES, ...MULTIPART]) {
    assert.deepEqual(await asked.ask(step), await called.ask(step));
  }
  assert.equal(models[0].state.print(), models[1].state.print());
});
