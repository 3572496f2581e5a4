import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyHasher } from '../../../src/format/line/key-hashes.ts';
import { bloomFilter } from '../../../src/format/segment/bloom.ts';

const key = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.uuid(),
  fc.constant('same'),
);

test('the keys of a JSON array give the same filter as the keys themselves', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.option(key), { maxLength: 200 }), { maxLength: 3 }), (arrays) => {
      const hasher = new KeyHasher();
      for (const keys of arrays) hasher.addArray(Buffer.from(JSON.stringify(keys)));
      const keys = arrays.flat().filter((one) => one !== null);
      assert.deepEqual(bloomFilter(hasher.take()), bloomFilter(keys.map((one) => one.toWellFormed())));
    }),
  );
});

test('what was taken is not taken again, and stays as it was', () => {
  const hasher = new KeyHasher();
  hasher.addArray(Buffer.from('["a","b"]'));
  const taken = hasher.take();
  hasher.addArray(Buffer.from('["c"]'));
  assert.deepEqual(bloomFilter(taken), bloomFilter(['a', 'b']));
  assert.deepEqual(bloomFilter(hasher.take()), bloomFilter(['c']));
  assert.equal(hasher.take().length, 0);
});

test('thousands of keys are counted once each', () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => `key ${i % 7000}`);
  const hasher = new KeyHasher();
  hasher.addArray(Buffer.from(JSON.stringify(keys)));
  assert.equal(hasher.take().length, 7000 * 2);
});

test('bytes that are no UTF-8 are hashed as the text that they read as', () => {
  const hasher = new KeyHasher();
  hasher.addArray(Buffer.concat([Buffer.from('["a'), Buffer.from([0xff]), Buffer.from('"]')]));
  assert.deepEqual(bloomFilter(hasher.take()), bloomFilter(['a\ufffd']));
});
