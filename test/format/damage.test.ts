import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import { proveBundle } from '../../src/format/bundle/prove-bundle.ts';
import { provenFooter, proveSegment, sealDigest } from '../../src/format/segment/prove.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { FirnError } from '../../src/model/errors.ts';
import { COMPRESSIONS } from '../../src/model/policy/compression.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

/** Asserts that every damage of the file that fast-check thinks of is found. */
async function everyDamageIsFound(
  file: MemoryFile,
  prove: (file: MemoryFile) => Promise<unknown>,
  numRuns: number,
): Promise<void> {
  const place = fc.oneof(
    fc.nat(file.bytes - 1),
    fc.nat(Math.min(3000, file.bytes - 1)).map((back) => file.bytes - 1 - back),
  );
  const flip = fc.tuple(place, fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(flip, async ([at, mask]) => {
      await assert.rejects(prove(file.flipped(at, mask)), FirnError);
    }),
    { numRuns },
  );
}

for (const compression of COMPRESSIONS) {
  test(`one flipped byte anywhere in a segment is found by the proof (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 3, 60);
    await provenFooter(file, 'segment');
    await everyDamageIsFound(file, (damaged) => provenFooter(damaged, 'segment'), 500);
    await everyDamageIsFound(file, (damaged) => sealDigest(damaged, 'segment'), 500);
  });

  test(`each byte of the tail counts (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 1, 5);
    for (let at = file.bytes - 114; at < file.bytes; at++) {
      await assert.rejects(sealDigest(file.flipped(at, 1), 'segment'), { code: 'integrity' }, `byte ${at}`);
    }
  });

  test(`a segment cut short or grown anywhere is no segment (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 2, 20);
    for (let bytes = 0; bytes < file.bytes; bytes += 7) {
      const cut = new MemoryFile(file.content.subarray(0, bytes));
      await assert.rejects(openSegment(cut, 'segment'), { code: 'integrity' });
    }
    const grown = new MemoryFile(Buffer.concat([file.content, Buffer.from('\n')]));
    await assert.rejects(openSegment(grown, 'segment'), { code: 'integrity' });
    const shifted = new MemoryFile(Buffer.concat([Buffer.from('\n'), file.content]));
    await assert.rejects(openSegment(shifted, 'segment'), { code: 'integrity' });
  });

  test(`a damaged filter is refused, not believed (${compression})`, async () => {
    const { file, footer } = await sampleSegment(compression, 2, 200);
    const last = footer.blocks.at(-1)!;
    const reader = await openSegment(file.flipped(last.offset + last.bytes + 60, 1), 'segment');
    await assert.rejects(reader.mayContain('id', 'id-1'), { code: 'integrity' });
  });
}

test('the proof names the block that is damaged, and yields those before it', async () => {
  const { file, footer } = await sampleSegment('gzip', 4, 60);
  const damaged = file.flipped(footer.blocks[2]!.offset + 40, 4);
  const proven: number[] = [];
  await assert.rejects(
    async () => {
      for await (const { block } of proveSegment(damaged, 'segment')) proven.push(block);
    },
    { code: 'integrity', message: /block 2/ },
  );
  assert.deepEqual(proven, [0, 1]);
});

test('a proof that is given up leaves nothing behind', async () => {
  const { file, footer } = await sampleSegment('gzip', 4, 60);
  const damaged = file.flipped(footer.blocks[2]!.offset + 40, 4);
  for await (const { block } of proveSegment(damaged, 'segment')) if (block === 0) break;
});

test('one flipped byte anywhere in a bundle is found by the proof', async () => {
  const { file } = await sampleBundle(4, 2, 20);
  await everyDamageIsFound(file, (damaged) => proveBundle(damaged, 'bundle'), 800);
});

test('a bundle cut short or grown is no bundle', async () => {
  const { file } = await sampleBundle(2, 1, 10);
  for (let bytes = 0; bytes < file.bytes; bytes += 61) {
    await assert.rejects(openBundle(new MemoryFile(file.content.subarray(0, bytes)), 'bundle'), {
      code: 'integrity',
    });
  }
});

test('a segment is no bundle, and a bundle no segment', async () => {
  const { file: segment } = await sampleSegment('gzip', 1, 5);
  const { file: bundle } = await sampleBundle(1, 1, 5);
  await assert.rejects(openBundle(segment, 'segment'), { code: 'integrity' });
  await assert.rejects(openSegment(bundle, 'bundle'), { code: 'integrity' });
});
