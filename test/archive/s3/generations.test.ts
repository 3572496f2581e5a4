import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  generationKey,
  generationPrefix,
  hasGenerations,
  parseGenerationKey,
} from '../../../src/archive/s3/generations.ts';
import { FirnError } from '../../../src/model/errors.ts';

const path = 'cold/2026/2026-01.tar.gz';

test('a generation of a bundle has a key whose text order is the order of the numbers', () => {
  const numbers = [1, 2, 9, 10, 99, 100, 999_999];
  const keys = numbers.map((generation) => generationKey({ path, generation }));
  assert.equal(keys[0], 'cold/2026/2026-01.000001.tar.gz');
  assert.deepEqual(keys.toSorted(), keys);
  for (const [at, key] of keys.entries()) {
    assert.deepEqual(parseGenerationKey(key), { path, generation: numbers[at] });
    assert.ok(key.startsWith(generationPrefix(path)));
  }
});

test('numbers that have no key are refused', () => {
  for (const generation of [0, -1, 1.5, 1_000_000, Number.NaN]) {
    assert.throws(
      () => generationKey({ path, generation }),
      (error) => error instanceof FirnError && error.code === 'refused',
    );
  }
});

test('only bundles have generations', () => {
  assert.ok(hasGenerations(path));
  for (const other of [
    'lineage.json',
    'warm/2026-01-16/t.jsonl.gz',
    'cold/2026/2025-01.tar.gz',
    `quarantine/${path}`,
  ])
    assert.ok(!hasGenerations(other), other);
  for (const other of [
    path,
    'cold/2026/2026-01.1.tar.gz',
    'cold/2026/2026-01.000000.tar.gz',
    'cold/2026/2026-13.000001.tar.gz',
    'cold/2026/2025-01.000001.tar.gz',
    'quarantine/cold/2026/2026-01.000001.tar.gz',
  ])
    assert.equal(parseGenerationKey(other), null, other);
});
