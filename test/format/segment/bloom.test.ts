import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bloomContains, bloomFilter, isBloomFilter } from '../../../src/format/segment/bloom.ts';

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
  assert.equal(bloomFilter(Array(1000).fill('same')).length, 65);
  assert.equal(bloomFilter(Array.from({ length: 1000 }, (_, i) => `${i}`)).length, 1251);
});

test('the bytes of a filter never change', () => {
  assert.equal(
    Buffer.from(bloomFilter(['hello'])).toString('hex'),
    [
      '070000000000000000000200000000000400000000000800000000000000000000',
      '1000000000002000000000000000000000000000000000800000000000000100',
    ].join(''),
  );
  assert.equal(Buffer.from(bloomFilter(['é', '漢字', 'abc', ''])).toString('hex').length, 130);
});

test('a filter of 8 bytes, as earlier versions wrote them, is read', () => {
  const filter = Buffer.from('070082200041008040', 'hex');
  assert.ok(isBloomFilter(filter) && bloomContains(filter, 'hello'));
  assert.equal(bloomContains(filter, 'jello'), false);
});

test('no key, however its probes fall, is taken for one of the keys of many blocks with few keys each', () => {
  const filters = Array.from({ length: 250 }, (_, block) =>
    bloomFilter(Array.from({ length: 11 }, (_, key) => `there-${block}-${key}`)),
  );
  const shares = Array.from({ length: 5000 }, (_, i) => {
    return filters.filter((filter) => bloomContains(filter, `other-${i}`)).length / filters.length;
  });
  shares.sort((a, b) => a - b);
  // By filters of 14 bytes, one key in a thousand was taken for one of half of the blocks.
  assert.ok(shares[4995]! < 0.04, `${shares[4995]}`);
  assert.ok(shares.reduce((sum, share) => sum + share) / shares.length < 0.001);
});

test('the bits of a large filter are those that docs/format.md defines', () => {
  const keys = Array.from(
    { length: 40_000 },
    (_, i) => `${'é漢😀x'.slice(0, i % 6)}${'k'.repeat(i % 5)}${i}`,
  );
  const found = bloomFilter(keys);
  const expected = new Uint8Array(found.length);
  expected[0] = 7;
  const bits = BigInt(found.length - 1) * 8n;
  for (const key of keys) {
    const bytes = Buffer.from(key);
    let position = BigInt(murmur3(bytes, 0));
    let step = BigInt(murmur3(bytes, 0x9747b28c));
    for (let probe = 0n; probe < 7n; probe++) {
      const bit = Number((position * bits) >> 32n);
      expected[1 + Math.floor(bit / 8)]! |= 2 ** (bit % 8);
      position = (position + step) & 0xffffffffn;
      step = (step + probe + 1n) & 0xffffffffn;
    }
  }
  assert.ok(Buffer.from(found).equals(expected));
  assert.ok(keys.every((key) => bloomContains(found, key)));
});

/** MurmurHash3, x86, 32 bits, written anew from its definition. */
function murmur3(bytes: Buffer, seed: number): number {
  const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));
  const mix = (word: number): number => Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  let state = seed;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    state = Math.imul(rotate(state ^ mix(bytes.readInt32LE(at)), 13), 5) + 0xe6546b64;
  }
  if (at < bytes.length) state ^= mix(bytes.readUIntLE(at, bytes.length - at));
  state ^= bytes.length;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
