import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ByteRange, planRanges } from '../../../../src/archive/s3/reading/plan-ranges.ts';
import { RangeReader } from '../../../../src/archive/s3/reading/range-reader.ts';
import { release } from '../../../../src/format/segment/release.ts';

const K = 1 << 10;
const M = 1 << 20;

function place(size: number) {
  const content = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) * 7) & 255);
  const asked: ByteRange[] = [];
  const failing = { times: 0 };
  const reader = new RangeReader(size, async ({ offset, end }) => {
    asked.push({ offset, end });
    await new Promise((resolve) => setImmediate(resolve));
    if (failing.times-- > 0) throw new Error('no answer');
    return content.slice(offset, end);
  });
  return { content, asked, reader, failing };
}

test('near ranges go into one request, far ones into their own, and large ones into pieces', () => {
  const range = (offset: number, end: number): ByteRange => ({ offset, end });
  assert.deepEqual(planRanges([range(50 * K, 60 * K), range(0, 20 * K)]), [range(0, 60 * K)]);
  assert.deepEqual(planRanges([range(0, 10), range(M, M + 10)]), [range(0, 10), range(M, M + 10)]);
  assert.deepEqual(planRanges([range(0, 100), range(20, 30)]), [range(0, 100)]);
  assert.deepEqual(planRanges([range(5, 20 * M)]), [
    range(5, 8 * M + 5),
    range(8 * M + 5, 16 * M + 5),
    range(16 * M + 5, 20 * M),
  ]);
  assert.deepEqual(planRanges([range(0, 6 * M), range(6 * M, 12 * M)]), [
    range(0, 6 * M),
    range(6 * M, 12 * M),
  ]);
  assert.deepEqual(planRanges([]), []);
});

test('tail, footer and filters of a segment are one request', async () => {
  const { content, asked, reader } = place(500 * K);
  await reader.read(500 * K - 100, 100, 'index');
  assert.deepEqual(await reader.read(480 * K, 20 * K - 100, 'index'), content.slice(480 * K, 500 * K - 100));
  await reader.read(440 * K, 30 * K, 'index');
  assert.deepEqual(asked, [{ offset: 436 * K, end: 500 * K }]);
});

test('tails that are asked for in one moment share requests', async () => {
  const { content, asked, reader } = place(500 * K);
  const ends = [500 * K, 490 * K, 400 * K, 100 * K];
  const tails = await Promise.all(ends.map((end) => reader.read(end - 100, 100, 'index')));
  assert.deepEqual(
    tails,
    ends.map((end) => content.slice(end - 100, end)),
  );
  assert.deepEqual(asked, [
    { offset: 36 * K, end: 100 * K },
    { offset: 336 * K, end: 500 * K },
  ]);
});

test('rows are read exactly, until somebody reads on: then more comes along, twice as much each time', async () => {
  const { asked, reader } = place(20 * M);
  await reader.read(5 * M, 100 * K, 'rows');
  await reader.read(9 * M, 100 * K, 'rows');
  assert.deepEqual(asked.splice(0), [
    { offset: 5 * M, end: 5 * M + 100 * K },
    { offset: 9 * M, end: 9 * M + 100 * K },
  ]);
  for (let at = 9 * M + 100 * K; at + 100 * K <= 20 * M; at += 100 * K)
    await reader.read(at, 100 * K, 'rows');
  const lengths = asked.map(({ offset, end }) => (end - offset) / K);
  assert.deepEqual(lengths.slice(0, 4), [512, 1024, 2048, 4096]);
  assert.ok(asked.length <= 6, `${asked.length} requests for 11 MiB`);
  assert.ok(asked.every(({ end }) => end <= 20 * M));
});

test('what is held is read without a request, as a copy', async () => {
  const { content, asked, reader } = place(100 * K);
  reader.hold(36 * K, content.slice(36 * K));
  const first = await reader.read(40 * K, 10 * K, 'index');
  release(first);
  assert.deepEqual(await reader.read(40 * K, 10 * K, 'index'), content.slice(40 * K, 50 * K));
  assert.deepEqual(asked, []);
});

test('a request that fails fails those who wait for it, and no later ones', async () => {
  const { content, reader, failing } = place(100 * K);
  failing.times = 1;
  const results = await Promise.allSettled([reader.read(0, 10, 'index'), reader.read(20, 10, 'index')]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(await reader.read(20, 10, 'index'), content.slice(20, 30));
});

test('any reads, at once or one after the other, give the bytes of the object', async () => {
  const size = 300 * K;
  const reads = fc.array(
    fc.record({
      offset: fc.nat(size - 1),
      length: fc.integer({ min: 1, max: 90 * K }),
      use: fc.constantFrom('index' as const, 'rows' as const),
      waits: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(reads, async (drawn) => {
      const { content, reader } = place(size);
      const all: Promise<void>[] = [];
      for (const { offset, length, use, waits } of drawn) {
        const end = Math.min(size, offset + length);
        const reading = reader.read(offset, end - offset, use).then((bytes) => {
          assert.ok(Buffer.from(bytes).equals(content.subarray(offset, end)));
          release(bytes);
        });
        all.push(reading);
        if (waits) await reading;
      }
      await Promise.all(all);
    }),
    { numRuns: 60 },
  );
});
