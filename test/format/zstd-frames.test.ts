import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { constants, crc32, type ZstdOptions, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import { deflateBlock } from '../../src/format/framing/deflate.ts';
import { inflateBlock } from '../../src/format/framing/inflate.ts';
import { canHold, dataFrameLength } from '../../src/format/framing/zstd-frame.ts';
import { provenFooter } from '../../src/format/segment/prove.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { refusesWith } from '../support/archives/archive.ts';
import { forged } from '../support/archives/forged-segment.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBlock, sampleHead, sampleSegment } from '../support/archives/sample-segment.ts';

const { ZSTD_c_checksumFlag, ZSTD_c_contentSizeFlag, ZSTD_c_compressionLevel } = constants;
const LINES = Buffer.from('{"id":"a"}\n{"id":"b"}\n');

/** A frame of a text, with a checksum and its content size unless the parameters say otherwise. */
function frameOf(text: Uint8Array, params: Record<number, number> = {}, options: ZstdOptions = {}): Buffer {
  const all = { [ZSTD_c_checksumFlag]: 1, [ZSTD_c_contentSizeFlag]: 1, ...params };
  return zstdCompressSync(text, { pledgedSrcSize: text.length, params: all, ...options });
}

/** A segment of two lines whose one block has these bytes in the file; footer and seal agree with them. */
async function segmentWith(frame: Uint8Array): Promise<MemoryFile> {
  const good = new MemoryFile();
  const writer = createSegmentWriter(good, { ...sampleHead, compression: 'zstd' }, { lookupKeys: [] });
  await writer.add({ ...sampleBlock(0, 2), lines: LINES });
  const bytes = (await writer.finish()).blocks[0]!.bytes;
  const shift = frame.length - bytes;
  const told = await forged(good, (footer) => {
    footer.blocks[0].bytes += shift;
  });
  const file = new MemoryFile(Buffer.concat([frame, told.content.subarray(bytes)]));
  return resealed(file, shift);
}

/** The same bytes with a tail that agrees with them; the footer stands `shift` bytes further on than the tail says. */
function resealed(file: MemoryFile, shift: number): MemoryFile {
  const tail = Buffer.from(file.content.subarray(file.bytes - 72));
  tail.writeBigUInt64LE(tail.readBigUInt64LE(12) + BigInt(shift), 12);
  createHash('sha256')
    .update(file.content.subarray(0, file.bytes - 80))
    .digest()
    .copy(tail, 36);
  tail.writeUInt32LE(crc32(tail.subarray(0, 68)), 68);
  return new MemoryFile(Buffer.concat([file.content.subarray(0, file.bytes - 72), tail]));
}

async function isRefused(file: MemoryFile, why: string): Promise<void> {
  const reader = await openSegment(file, 'segment');
  for (const proof of ['digest', 'crc'] as const)
    await assert.rejects(reader.block(0, proof), { code: 'integrity' }, `${why} (${proof})`);
  await assert.rejects(provenFooter(file, 'segment'), { code: 'integrity' }, why);
}

test('a frame that another program has written is read', async () => {
  for (const level of [1, 9, 19]) {
    const file = await segmentWith(frameOf(LINES, { [ZSTD_c_compressionLevel]: level }));
    assert.equal((await (await openSegment(file, 'segment')).readAll()).length, 2);
    await provenFooter(file, 'segment');
  }
});

test('bytes hidden behind the end of a frame are refused', async () => {
  const frame = frameOf(LINES);
  const hiding = {
    'bytes that are no frame': Buffer.from('hidden'),
    'a frame of nothing': frameOf(Buffer.alloc(0)),
    'the same frame again': frame,
    'a skippable frame': Buffer.from('572a4d180400000068696465', 'hex'),
  };
  for (const [what, hidden] of Object.entries(hiding))
    await isRefused(await segmentWith(Buffer.concat([frame, hidden])), what);
});

test('a frame that would hide damage, or asks for what Firn never needs, is refused', async () => {
  const damaged = frameOf(LINES);
  damaged[damaged.length - 1]! ^= 1;
  const reserved = frameOf(LINES);
  reserved[4]! |= 0b1_0000;
  const frames = {
    'no checksum': frameOf(LINES, { [ZSTD_c_checksumFlag]: 0 }),
    'no content size': frameOf(LINES, { [ZSTD_c_contentSizeFlag]: 0 }),
    'another checksum': damaged,
    'a bit that means nothing': reserved,
    'another content size': frameOf(Buffer.concat([LINES, LINES])),
    'less content': frameOf(LINES.subarray(0, 11)),
    'a gzip member': Buffer.from('1f8b0800000000000000ff03000000000000000000', 'hex'),
    'a frame cut short': frameOf(LINES).subarray(0, -1),
    'a skippable frame before it': Buffer.concat([Buffer.from('572a4d180100000000', 'hex'), frameOf(LINES)]),
  };
  for (const [what, frame] of Object.entries(frames)) await isRefused(await segmentWith(frame), what);
});

test('frames of one length that changed places are found by the proof', async () => {
  const { file, footer } = await sampleSegment('zstd', 9, 40);
  const pair = footer.blocks
    .flatMap((a, i) => footer.blocks.slice(i + 1).map((b) => [a, b] as const))
    .find(([a, b]) => a.bytes === b.bytes);
  assert.ok(pair, 'two frames have the same length');
  const [a, b] = pair;
  const swapped = Buffer.from(file.content);
  file.content.copy(swapped, a.offset, b.offset, b.offset + b.bytes);
  file.content.copy(swapped, b.offset, a.offset, a.offset + a.bytes);
  await assert.rejects(provenFooter(new MemoryFile(swapped), 'segment'), { code: 'integrity' });
});

test('the tail of another file is refused', async () => {
  const [one, other] = [await sampleSegment('zstd', 3, 40), await sampleSegment('zstd', 3, 41)];
  const body = one.file.content.subarray(0, -80);
  const tail = other.file.content.subarray(-80);
  await refusesWith('integrity', openSegment(new MemoryFile(Buffer.concat([body, tail])), 'segment'));
  const gzip = await sampleSegment('gzip', 3, 40);
  for (const end of [98, 114]) {
    const mixed = Buffer.concat([body, gzip.file.content.subarray(-end)]);
    await refusesWith('integrity', openSegment(new MemoryFile(mixed), 'segment'));
  }
});

test('a zstd segment of a later format says that it needs a later Firn', async () => {
  const { file } = await sampleSegment('zstd', 1, 5);
  const later = Buffer.from(file.content);
  later.writeUInt16LE(4, later.length - 64);
  const error = { code: 'refused', message: /format 4/ };
  await assert.rejects(openSegment(resealed(new MemoryFile(later), 0), 'segment'), error);
});

test('a footer whose compression is not that of the frames, or whose format is older, is refused', async () => {
  const { file } = await sampleSegment('zstd', 1, 5);
  for (const edit of [
    { compression: 'gzip' },
    { compression: 'none' },
    { compression: 'xz' },
    { format: 2 },
  ]) {
    const other = await forged(file, (footer) => Object.assign(footer, edit));
    await refusesWith('integrity', openSegment(other, 'segment'));
  }
  const older = await forged(
    file,
    (footer) => Object.assign(footer, { format: 2 }),
    (tail) => ({ ...tail, format: 2 }),
  );
  await refusesWith('integrity', openSegment(older, 'segment'));
});

test('a bundle never ends with the tail of a zstd segment', async () => {
  const { file } = await sampleSegment('zstd', 1, 10);
  const renamed = Buffer.from(file.content);
  renamed.write('firn-tar', renamed.length - 72, 'latin1');
  renamed.writeUInt16LE(2, renamed.length - 64);
  await refusesWith('integrity', openBundle(resealed(new MemoryFile(renamed), 0), 'bundle'));
});

test('a block of any size and kind becomes one frame that reads back', async () => {
  const noise = createHash('shake256', { outputLength: 6 << 20 })
    .update('noise')
    .digest();
  const texts = [Buffer.from('{}\n'), noise, Buffer.concat([Buffer.alloc(9 << 20, '{"id":"a"}\n'), noise])];
  for (const text of texts) {
    const { before, bytes, after } = await deflateBlock('zstd', text, undefined);
    assert.deepEqual([before.length, after.length], [0, 0]);
    assert.equal(dataFrameLength(bytes, text.length), bytes.length);
    assert.ok(text.equals((await inflateBlock('zstd', bytes, text.length))!), `${text.length} bytes`);
  }
});

test('a column without values has a filter of no bytes', async () => {
  const file = new MemoryFile();
  const writer = createSegmentWriter(
    file,
    { ...sampleHead, compression: 'zstd' },
    { lookupKeys: ['execution_id', 'id'] },
  );
  const block = sampleBlock(0, 5);
  await writer.add({ ...block, keys: new Map([...block.keys, ['execution_id', []]]) });
  await writer.finish();
  await provenFooter(file, 'segment');
  const reader = await openSegment(file, 'segment');
  assert.deepEqual(await reader.mayContain('execution_id', 'execution-0'), [false]);
  assert.deepEqual(await reader.mayContain('id', 'id-3'), [true]);
});

test('the length of a frame is that of its blocks, whatever their types', () => {
  const texts = [
    Buffer.from('x'),
    Buffer.alloc(255, 'ab'),
    Buffer.alloc(256, 'ab'),
    Buffer.alloc(65_791, 'abc'),
    Buffer.alloc(65_792, 'abc'),
    Buffer.alloc(400_000),
    createHash('shake256', { outputLength: 300_000 }).update('no pattern').digest(),
  ];
  for (const text of texts)
    for (const level of [1, 3, 9]) {
      const frame = frameOf(text, { [ZSTD_c_compressionLevel]: level });
      assert.ok(zstdDecompressSync(frame).equals(text));
      assert.equal(dataFrameLength(Buffer.concat([frame, frame]), text.length), frame.length);
      assert.equal(dataFrameLength(frame, text.length + 1), null);
      assert.equal(dataFrameLength(frame.subarray(0, -1), text.length), null);
      assert.ok(canHold(frame.length, text.length), `${frame.length} bytes for ${text.length}`);
    }
  assert.equal(canHold(30, 2 ** 30), false);
});
