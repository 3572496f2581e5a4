import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import { writeBundle } from '../../src/format/bundle/bundle-writer.ts';
import { proveBundle } from '../../src/format/bundle/prove-bundle.ts';
import { proveSegment } from '../../src/format/segment/prove.ts';
import type { Block } from '../../src/format/segment/segment.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { segmentName } from '../../src/format/segment-names.ts';
import { asInstant, startOfDay } from '../../src/model/instant.ts';
import { COMPRESSIONS } from '../../src/model/policy/compression.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { SAMPLE_DAY, sampleHead } from '../support/archives/sample-segment.ts';

const key = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed());
const block: fc.Arbitrary<Block> = fc
  .record({
    lines: fc.array(fc.string({ unit: 'grapheme', maxLength: 200 }), { minLength: 1, maxLength: 20 }),
    keys: fc.array(key, { maxLength: 20 }),
    times: fc.tuple(fc.nat(86_399_999_999), fc.nat(86_399_999_999)),
  })
  .map(({ lines, keys, times }) => ({
    lines: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')),
    rows: lines.length,
    minTime: asInstant(startOfDay(SAMPLE_DAY) + Math.min(...times)),
    maxTime: asInstant(startOfDay(SAMPLE_DAY) + Math.max(...times)),
    keys: new Map([['id', keys]]),
  }));
const blocks = fc.array(block, { minLength: 1, maxLength: 8 });
const compression = fc.constantFrom(...COMPRESSIONS);

test('whatever blocks are written, the same are proved, read and found by their keys', async () => {
  await fc.assert(
    fc.asyncProperty(
      blocks,
      compression,
      fc.integer({ min: 1, max: 5 }),
      async (written, compression, concurrency) => {
        const file = new MemoryFile();
        const writer = createSegmentWriter(file, { ...sampleHead, compression }, { lookupKeys: ['id'] });
        for (const one of written) await writer.add(one);
        const footer = await writer.finish();
        const proven: string[] = [];
        for await (const { lines } of proveSegment(file, 'segment', { concurrency })) {
          proven.push(Buffer.from(lines).toString());
        }
        assert.deepEqual(
          proven,
          written.map(({ lines }) => Buffer.from(lines).toString()),
        );
        const reader = await openSegment(file, 'segment');
        assert.deepEqual(reader.footer, footer);
        for (const [index, { keys }] of written.entries()) {
          for (const held of keys.get('id') as string[]) {
            assert.equal((await reader.mayContain('id', held))![index], true);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('any range of any segment in a bundle reads as in the segment', async () => {
  const name = segmentName('tool_uses', SAMPLE_DAY, 1, 'none');
  const range = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300_000 }),
      fc.array(range, { maxLength: 10 }),
      async (size, ranges) => {
        const segment = new MemoryFile();
        const writer = createSegmentWriter(
          segment,
          { ...sampleHead, compression: 'none' },
          { lookupKeys: [] },
        );
        const time = startOfDay(SAMPLE_DAY);
        const lines = Buffer.from(`"${'x'.repeat(size)}"\n`);
        await writer.add({ lines, rows: 1, minTime: time, maxTime: time, keys: new Map() });
        await writer.finish();
        const file = new MemoryFile();
        await writeBundle(file, SAMPLE_DAY.slice(0, 7), [{ name, source: segment }]);
        await proveBundle(file, 'bundle');
        const view = (await openBundle(file, 'bundle')).open(name)!;
        for (const [a, b] of ranges) {
          const from = Math.floor(Math.min(a, b) * segment.bytes);
          const to = Math.floor(Math.max(a, b) * segment.bytes);
          assert.ok(segment.content.subarray(from, to).equals(await view.read(from, to - from)));
        }
      },
    ),
    { numRuns: 60 },
  );
});
