import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bloomContains, bloomFilter } from '../../src/format/bloom.ts';

test('every key of a filter is found', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (keys) => {
      const filter = bloomFilter(keys);
      assert.ok(keys.every((key) => bloomContains(filter, key)));
    }),
  );
});

test('about one other key in a hundred is taken for one of the filter', () => {
  for (const id of [
    (i: number): string => `mbl-${i.toString(16).padStart(16, '0')}`,
    (i: number): string => `${i}`,
    (i: number): string => `${(i * 2654435761) >>> 0}-4f6e-47d2-${i}`,
  ]) {
    const filter = bloomFilter(Array.from({ length: 1000 }, (_, i) => id(i)));
    const others = Array.from({ length: 20_000 }, (_, i) => id(i + 1000));
    const wrong = others.filter((key) => bloomContains(filter, key)).length / others.length;
    assert.ok(wrong < 0.015, `${wrong}`);
  }
});

test('a filter of no keys has no bytes and contains nothing', () => {
  assert.equal(bloomFilter([]).length, 0);
  assert.equal(bloomContains(bloomFilter([]), 'a'), false);
});

test('a filter is sized by its distinct keys', () => {
  assert.equal(bloomFilter(Array(1000).fill('same')).length, 9);
  assert.equal(bloomFilter(Array.from({ length: 1000 }, (_, i) => `${i}`)).length, 1251);
});

test('the bytes of a filter never change', () => {
  assert.equal(Buffer.from(bloomFilter(['hello'])).toString('hex'), '070082200041008040');
  assert.equal(Buffer.from(bloomFilter(['é', '漢字', 'abc', ''])).toString('hex').length, 18);
});
