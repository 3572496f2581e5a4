import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  bundlePath,
  parseBundlePath,
  parseSegmentName,
  parseWarmPath,
  segmentName,
  warmPath,
} from '../../src/format/segment-names.ts';
import { COMPRESSIONS } from '../../src/model/policy/compression.ts';

const day = fc
  .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const table = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 15 })
  .filter((name) => name.isWellFormed());

test('a segment name is read back as what it was made of', () => {
  const part = fc.integer({ min: 1, max: 999_999_999 });
  const compression = fc.constantFrom(...COMPRESSIONS);
  fc.assert(
    fc.property(table, day, part, compression, (table, day, part, compression) => {
      const name = segmentName(table, day, part, compression);
      assert.match(name, /^[0-9]{4}-[0-9]{2}-[0-9]{2}\/[A-Za-z0-9_%-]+(\.[0-9]+)?\.jsonl(\.gz|\.zst)?$/);
      assert.deepEqual(parseSegmentName(name), { table, day, part, compression });
      assert.equal(parseWarmPath(warmPath(name)), name);
    }),
  );
});

test('whatever parses prints as it was', () => {
  const piece = fc.constantFrom(
    '2026-01-16/',
    '2026-02-30/',
    'a',
    '%41',
    '%2e',
    '%2E',
    '%C3%A9',
    '.',
    '..',
    '/',
    '.2',
    '.1',
    '.02',
    '.jsonl',
    '.gz',
    '.zst',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const parsed = parseSegmentName(pieces.join(''));
      if (parsed === null) return;
      assert.equal(segmentName(parsed.table, parsed.day, parsed.part, parsed.compression), pieces.join(''));
    }),
    { numRuns: 5000 },
  );
});

test('names that look alike are not segment names', () => {
  assert.deepEqual(parseSegmentName('2026-01-16/tool_uses.2.jsonl.gz'), {
    table: 'tool_uses',
    day: '2026-01-16',
    part: 2,
    compression: 'gzip',
  });
  for (const name of [
    '2026-02-30/a.jsonl.gz',
    '0000-01-01/a.jsonl.gz',
    '2026-01-16/a.1.jsonl.gz',
    '2026-01-16/a.02.jsonl.gz',
    '2026-01-16/a.0.jsonl',
    '2026-01-16/%41.jsonl',
    '2026-01-16/%2e.jsonl',
    '2026-01-16/%FF.jsonl',
    '2026-01-16/.jsonl',
    '2026-01-16/a.jsonl.gz\n',
    '2026-01-16/../a.jsonl',
    '/2026-01-16/a.jsonl',
    'warm/2026-01-16/a.jsonl',
    '2026-01-16/a.JSONL',
    '2026-01-16/a.jsonl.ZST',
    '2026-01-16/a.jsonl.zstd',
    '2026-01-16/a.jsonl.gz.zst',
  ]) {
    assert.equal(parseSegmentName(name), null, name);
  }
});

test('what no file name can hold is refused', () => {
  for (const name of ['', '\ud800', 'é'.repeat(40)]) {
    assert.throws(() => segmentName(name, '2026-01-16', 1, 'gzip'), { code: 'refused' });
  }
  assert.throws(() => segmentName('a', '2026-01-32', 1, 'gzip'), { code: 'refused' });
  assert.throws(() => segmentName('a', '2026-01-16', 0, 'gzip'), { code: 'refused' });
});

test('a bundle lies in the folder of its year', () => {
  assert.equal(bundlePath('2026-01'), 'cold/2026/2026-01.tar.gz');
  assert.equal(parseBundlePath('cold/2026/2026-01.tar.gz'), '2026-01');
  for (const path of [
    'cold/2025/2026-01.tar.gz',
    'cold/2026/2026-13.tar.gz',
    'cold/2026/2026-01.tar',
    'cold/2026/2026-01-1.tar.gz',
  ]) {
    assert.equal(parseBundlePath(path), null, path);
  }
  assert.throws(() => bundlePath('2026-00'), { code: 'refused' });
});
