import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { provenFooter, proveSegment, sealDigest } from '../../../src/format/segment/prove.ts';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { COMPRESSIONS } from '../../../src/model/policy/compression.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';
import { sampleBlock, sampleHead, sampleSegment } from '../../support/archives/sample-segment.ts';

for (const compression of COMPRESSIONS) {
  test(`a segment reads back as it was written (${compression})`, async () => {
    const { file, footer, text } = await sampleSegment(compression, 7, 100);
    const reader = await openSegment(file, 'segment');
    assert.deepEqual(reader.footer, footer);
    assert.equal(footer.rows, 700);
    assert.equal(footer.rawBytes, text.length);
    let read = '';
    for await (const line of reader.lines()) read += line;
    assert.equal(read, text);
    const rows = await reader.readAll();
    assert.equal(rows.length, 700);
    assert.equal(rows[699]?.n, 699n);
    assert.equal(
      Buffer.from(await reader.block(3)).toString(),
      Buffer.from(sampleBlock(300, 100).lines).toString(),
    );
  });

  test(`the proof yields every block in order and returns the footer (${compression})`, async () => {
    const { file, footer, text } = await sampleSegment(compression, 5, 40);
    let read = '';
    const firsts: number[] = [];
    for await (const { first, lines } of proveSegment(file, 'segment')) {
      firsts.push(first);
      read += Buffer.from(lines).toString();
    }
    assert.equal(read, text);
    assert.deepEqual(firsts, [0, 40, 80, 120, 160]);
    assert.deepEqual(await provenFooter(file, 'segment'), footer);
    assert.equal(await sealDigest(file, 'segment'), footer.digest);
  });

  test(`the proof reads each byte but the tail once (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 5, 40);
    file.bytesRead = 0;
    await provenFooter(file, 'segment');
    // The tail of either kind is looked for in the last 114 bytes.
    assert.ok(
      file.bytesRead >= file.bytes && file.bytesRead <= file.bytes + 114,
      `${file.bytesRead} of ${file.bytes}`,
    );
  });

  test(`filters find the blocks of a key and touch only their own bytes (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 6, 100);
    const reader = await openSegment(file, 'segment');
    const opened = reader.bytesRead;
    assert.equal((await reader.mayContain('id', 'id-250'))?.[2], true);
    const afterOne = reader.bytesRead;
    assert.ok(afterOne > opened);
    assert.ok((await reader.mayContain('id', 'nobody'))!.filter(Boolean).length <= 1);
    assert.equal(reader.bytesRead, afterOne);
    assert.equal(await reader.mayContain('n', '1'), null);
  });
}

test('a gzip segment is a chain of gzip members that inflates to the lines', async () => {
  const { file, text } = await sampleSegment('gzip', 5, 40);
  assert.equal(gunzipSync(file.content).toString(), text);
});

test('opening reads the tail and the footer only', async () => {
  const { file } = await sampleSegment('gzip', 40, 400);
  await openSegment(file, 'segment');
  assert.ok(file.bytesRead < 6000, `${file.bytesRead} of ${file.bytes}`);
});

test('nothing is sealed without rows', async () => {
  const writer = createSegmentWriter(new MemoryFile(), sampleHead, { lookupKeys: [] });
  await assert.rejects(writer.finish(), { code: 'refused' });
});

test('an error of the sink comes out of the writer', async () => {
  const sink = { write: async (): Promise<void> => Promise.reject(new Error('disk full')) };
  const writer = createSegmentWriter(sink, sampleHead, { lookupKeys: ['id'] });
  await writer.add(sampleBlock(0, 10));
  await assert.rejects(writer.finish(), /disk full/);
});
