import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { provenFooter } from '../../../src/format/segment/prove.ts';
import type { Block, ByteSink } from '../../../src/format/segment/segment.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { sampleBlock, sampleHead, sampleSegment } from '../../support/archives/sample-segment.ts';

const keyless = { lookupKeys: [] };

function largeBlock(bytes: number): Block {
  return largeBlockOf('x'.repeat(bytes));
}

function largeBlockOf(text: string): Block {
  return { ...sampleBlock(0, 1), lines: Buffer.from(`{"id":"${text}"}\n`) };
}

test('adding waits while three blocks are on their way', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const sink: ByteSink = { write: () => opened };
  const writer = createSegmentWriter(sink, sampleHead, keyless);
  let added = 0;
  const adding = (async () => {
    for (let block = 0; block < 9; block++) {
      await writer.add(sampleBlock(block, 1));
      added++;
    }
  })();
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  assert.equal(added, 3);
  open();
  await adding;
  assert.equal((await writer.finish()).rows, 9);
});

test('a block beyond 16 MiB is on its way alone', async () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const writer = createSegmentWriter({ write: () => opened }, sampleHead, keyless);
  await writer.add(largeBlock(17 * 1024 * 1024));
  let added = false;
  const adding = writer.add(largeBlock(10)).then(() => {
    added = true;
  });
  for (let turn = 0; turn < 100; turn++) await setImmediate();
  assert.equal(added, false);
  open();
  await adding;
  await writer.finish();
});

test('blocks are written in the order they were added, whichever is compressed first', async () => {
  const file = new MemoryFile();
  const writer = createSegmentWriter(file, sampleHead, keyless);
  await Promise.all(
    [largeBlock(3_000_000), largeBlock(1), sampleBlock(0, 9)].map((block) => writer.add(block)),
  );
  const footer = await writer.finish();
  assert.deepEqual(
    footer.blocks.map((block) => block.rows),
    [1, 1, 9],
  );
  assert.deepEqual(await provenFooter(file, 'segment'), footer);
});

test('the same blocks give the same bytes', async () => {
  const [one, other] = await Promise.all([sampleSegment('gzip', 4, 50), sampleSegment('gzip', 4, 50)]);
  assert.ok(one.file.content.equals(other.file.content));
});

test('what a block took is given back as soon as it is written, not when the collector comes round', async () => {
  const writer = createSegmentWriter({ write: async () => {} }, sampleHead, { ...keyless, releases: true });
  // About as dense as rows are: a sixth is left of it.
  const text = randomBytes(150_000).toString('hex') + 'x'.repeat(700_000);
  const before = process.memoryUsage().arrayBuffers;
  for (let count = 0; count < 40; count++) await writer.add(largeBlockOf(text));
  await writer.finish();
  const held = process.memoryUsage().arrayBuffers - before;
  assert.ok(held < 3 << 20, `${held} bytes are held after 40 blocks`);
});

test('after an error nothing more is written and the segment is not sealed', async () => {
  let writes = 0;
  const sink: ByteSink = {
    write: async () => {
      if (++writes === 2) throw new Error('disk full');
    },
  };
  const writer = createSegmentWriter(sink, sampleHead, keyless);
  await assert.rejects(async () => {
    for (let block = 0; block < 9; block++) await writer.add(sampleBlock(block, 1));
  }, /disk full/);
  await assert.rejects(writer.finish(), /disk full/);
  assert.equal(writes, 2);
});

test('lookup keys that the table lacks are left out', async () => {
  const writer = createSegmentWriter(new MemoryFile(), sampleHead, { lookupKeys: ['id', 'wave_id'] });
  await writer.add(sampleBlock(0, 3));
  assert.deepEqual((await writer.finish()).lookupKeys, ['id']);
});

test('nothing is added to a segment that is finished, and it is finished once', async () => {
  const file = new MemoryFile();
  const writer = createSegmentWriter(file, sampleHead, keyless);
  await writer.add(sampleBlock(0, 3));
  await writer.finish();
  const sealed = Buffer.from(file.content);
  await assert.rejects(async () => await writer.add(sampleBlock(3, 3)), /finished/);
  await assert.rejects(async () => await writer.finish(), /has no rows/);
  assert.ok(Buffer.from(file.content).equals(sealed));
});
