import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidText, type SqlValue } from '../../src/format/line/line.ts';
import { encodeValue } from '../../src/format/line/line-encode.ts';
import { sameValue } from '../../src/format/line/same-value.ts';
import { isBloomFilter } from '../../src/format/segment/bloom.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { forged } from '../support/archives/forged-segment.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

test('bytes are a filter from 9 to 262,145 of them, with 1 to 32 probes', () => {
  const filter = (bytes: number, probes: number): boolean => {
    const made = new Uint8Array(bytes);
    if (bytes > 0) made[0] = probes;
    return isBloomFilter(made);
  };
  assert.ok(filter(0, 0), 'the filter of no keys');
  const sizes = [1, 8, 9, 10, 262_144, 262_145, 262_146];
  assert.deepEqual(
    sizes.filter((bytes) => filter(bytes, 7)),
    [9, 10, 262_144, 262_145],
  );
  assert.deepEqual(
    [0, 1, 2, 31, 32, 33, 255].filter((probes) => filter(9, probes)),
    [1, 2, 31, 32],
  );
});

test('values are the same only with the same type and the same content', () => {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
  const values: readonly (() => SqlValue)[] = [
    ...[() => null, () => 1n, () => 1, () => 0, () => -0, () => '1', () => ''],
    ...[() => bytes('1'), () => bytes('12'), () => bytes('')],
    ...[() => new InvalidText(bytes('1')), () => new InvalidText(bytes('\u{ff}'))],
  ];
  for (const [i, a] of values.entries())
    for (const [j, b] of values.entries()) assert.equal(sameValue(a(), b()), i === j, `${i}, ${j}`);
});

test('reals are written so that SQLite and JSON read the very same number, and see that it is a real', () => {
  using db = new DatabaseSync(':memory:');
  const read = db.prepare('SELECT value, type FROM json_each(?)');
  const check = (value: number): void => {
    const text = encodeValue(value);
    assert.match(text, /^-?\d+\.\d+(e[+-]\d{2,3})?$/);
    const { value: found, type } = read.get(`[${text}]`)!;
    assert.deepEqual([type, found, JSON.parse(text)], ['real', value, value], text);
  };
  for (let digits = 1; digits <= 17; digits++) {
    for (const power of [-300, -5, -4, 0, 3, 15, 16, 17, 300]) {
      for (const text of [
        '1234567890123456789',
        '9999999999999999999',
        '1000000000000000001',
        '5'.repeat(19),
      ])
        check(Number(`${text[0]}.${text.slice(1, digits)}e${power}`));
    }
  }
  const reals = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
  fc.assert(fc.property(reals, check), { numRuns: 2000 });
});

test('every gzip member has no time, no name and no system in its header', async () => {
  for (const { content } of [(await sampleSegment('gzip', 3, 40)).file, (await sampleBundle(4)).file]) {
    let members = 0;
    for (let at = content.indexOf(MAGIC); at >= 0; at = content.indexOf(MAGIC, at + 1)) {
      const header = content.subarray(at, at + 10);
      assert.deepEqual([...header.subarray(4)], [0, 0, 0, 0, 0, 0xff], `at ${at}`);
      members++;
    }
    assert.ok(members >= 6, `${members} members`);
  }
});

/** What begins a member, with and without an extra field; the text of the samples cannot hold it. */
const MAGIC = Buffer.from([0x1f, 0x8b, 8]);

test('a footer of another format than its tail says is damage', async () => {
  const { file } = await sampleSegment('gzip', 2, 10);
  const other = await forged(new MemoryFile(file.content), (footer) => {
    footer.format = footer.format === 1 ? 2 : 1;
  });
  await assert.rejects(openSegment(other, 'segment'), { code: 'integrity' });
});
