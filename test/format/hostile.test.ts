import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { crc32, deflateRawSync } from 'node:zlib';
import { provenFooter } from '../../src/format/segment/prove.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { asInstant } from '../../src/model/instant.ts';
import { COMPRESSIONS, type Compression } from '../../src/model/policy/compression.ts';
import { type FooterJson, forged } from '../support/archives/forged-segment.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBlock, sampleHead, sampleSegment } from '../support/archives/sample-segment.ts';

const lies: Record<string, (footer: FooterJson) => unknown> = {
  'an unknown key': (footer) => {
    footer.more = 1;
  },
  'no table': (footer) => {
    delete footer.table;
  },
  'not a calendar day': (footer) => {
    footer.day = '2026-02-30';
  },
  'another day than its rows': (footer) => {
    footer.day = '2026-01-17';
  },
  'another compression': (footer) => {
    footer.compression = { gzip: 'none', zstd: 'gzip', none: 'zstd' }[footer.compression as Compression];
  },
  'a part that is none': (footer) => {
    footer.part = 0;
  },
  'more rows than its blocks': (footer) => {
    footer.rows++;
  },
  'less text than its blocks': (footer) => {
    footer.raw_bytes--;
  },
  'a block that overlaps another': (footer) => {
    footer.blocks[1].offset--;
  },
  'a negative offset': (footer) => {
    footer.blocks[0].offset = -1;
  },
  'a block of no rows': (footer) => {
    footer.rows -= footer.blocks[0].rows;
    footer.blocks[0].rows = 0;
  },
  'a block that grows into the footer': (footer) => {
    footer.blocks[1].bytes += 1e9;
  },
  'a block too large to inflate': (footer) => {
    footer.raw_bytes += 2 ** 40;
    footer.blocks[0].raw_bytes += 2 ** 40;
  },
  'a block that no frame of its length can hold': (footer) => {
    footer.raw_bytes += 2 ** 30;
    footer.blocks[0].raw_bytes += 2 ** 30;
  },
  'no blocks': (footer) => {
    footer.blocks = [];
  },
  'a digest that is none': (footer) => {
    footer.blocks[0].sha256 = 'x';
  },
  'a minimum above the maximum': (footer) => {
    footer.blocks[0].min_time = footer.blocks[0].max_time + 1;
  },
  'a fraction of a row': (footer) => {
    footer.rows += 0.5;
  },
  'a filter for no column': (footer) => {
    footer.filters[0].column = 'nothing';
  },
  'the same filter twice': (footer) => {
    footer.filters[1].column = footer.filters[0].column;
  },
  'a filter somewhere else': (footer) => {
    footer.filters[0].offset = 0;
  },
  'a filter of another size': (footer) => {
    footer.filters[0].lengths[0] += 3;
  },
  'a filter without its block': (footer) => {
    footer.filters[0].lengths.push(0);
  },
  'a primary key that is not its columns’': (footer) => {
    footer.primary_key = ['n'];
  },
  'a column twice': (footer) => {
    footer.columns[2] = footer.columns[3];
  },
  'a list': () => [],
  'a number': () => 7,
};

for (const compression of COMPRESSIONS) {
  for (const [lie, edit] of Object.entries(lies)) {
    test(`a footer with ${lie} is refused (${compression})`, async () => {
      const { file } = await sampleSegment(compression, 2, 30);
      await openSegment(await forged(file, () => undefined), 'segment');
      await assert.rejects(openSegment(await forged(file, edit), 'segment'), { code: 'integrity' });
    });
  }

  test(`a tail that leads astray is refused (${compression})`, async () => {
    const { file } = await sampleSegment(compression, 2, 30);
    for (const [key, value] of [
      ['footerOffset', 0],
      ['footerOffset', 2 ** 50],
      ['footerBytes', 1],
      ['footerBytes', 2 ** 50],
      ['footerRawBytes', 1],
      ['footerRawBytes', 2 ** 32 - 1],
      ['footerCrc', 0],
    ] as const) {
      const astray = await forged(
        file,
        () => undefined,
        (tail) => ({ ...tail, [key]: value }),
      );
      await assert.rejects(openSegment(astray, 'segment'), { code: 'integrity' }, `${key} ${value}`);
    }
  });
}

test('a block that inflates to more than it says is refused', async () => {
  const lines = Buffer.from(`{"id":"a"}\n`.repeat(2_000_000));
  const file = new MemoryFile();
  const writer = createSegmentWriter(file, sampleHead, { lookupKeys: [] });
  await writer.add({ ...sampleBlock(0, 1), lines, rows: 2_000_000 });
  await writer.finish();
  const bomb = await forged(file, (footer) => {
    footer.raw_bytes = 11;
    footer.rows = 1;
    footer.blocks[0].raw_bytes = 11;
    footer.blocks[0].rows = 1;
    footer.blocks[0].sha256 = createHash('sha256').update(lines.subarray(0, 11)).digest('hex');
  });
  const reader = await openSegment(bomb, 'segment');
  await assert.rejects(reader.block(0), { code: 'integrity' });
  await assert.rejects(provenFooter(bomb, 'segment'), { code: 'integrity' });
});

test('bytes hidden behind the end of a deflate stream are refused', async () => {
  const line = Buffer.from('{"id":"a"}\n');
  const deflated = Buffer.concat([deflateRawSync(line), Buffer.from('hidden')]);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(line), 0);
  trailer.writeUInt32LE(line.length, 4);
  const good = new MemoryFile();
  const writer = createSegmentWriter(good, sampleHead, { lookupKeys: [] });
  await writer.add({ ...sampleBlock(0, 1), lines: line });
  const footer = await writer.finish();
  const member = Buffer.concat([good.content.subarray(0, 10), deflated, trailer]);
  const shift = member.length - footer.blocks[0]!.bytes;
  const hiding = new MemoryFile(Buffer.concat([member, good.content.subarray(footer.blocks[0]!.bytes)]));
  await assert.rejects(openSegment(hiding, 'segment'), { code: 'integrity' });
  const told = await forged(
    good,
    (json) => {
      json.blocks[0].bytes += shift;
    },
    (tail) => ({ ...tail, footerOffset: tail.footerOffset + shift }),
  );
  const whole = new MemoryFile(Buffer.concat([member, told.content.subarray(footer.blocks[0]!.bytes)]));
  const reader = await openSegment(whole, 'segment');
  await assert.rejects(reader.block(0), { code: 'integrity' });
});

test('a file of a later format says that it needs a later Firn', async () => {
  const { file } = await sampleSegment('gzip', 1, 5);
  const later = new MemoryFile(file.content);
  const payload = later.content.subarray(later.bytes - 82, later.bytes - 10);
  payload.writeUInt16LE(4, 8);
  payload.writeUInt32LE(crc32(payload.subarray(0, 68)), 68);
  await assert.rejects(openSegment(later, 'segment'), { code: 'refused', message: /format 4/ });
});

test('what a reader would refuse is never sealed', async () => {
  const writer = createSegmentWriter(new MemoryFile(), sampleHead, { lookupKeys: [] });
  await writer.add({ ...sampleBlock(0, 1), minTime: asInstant(0) });
  await assert.rejects(writer.finish(), { code: 'integrity' });
});

test('a block without its keys, without rows or without its last line feed is refused', async () => {
  const writer = createSegmentWriter(new MemoryFile(), sampleHead, { lookupKeys: ['id'] });
  const good = sampleBlock(0, 2);
  await assert.rejects(writer.add({ ...good, keys: new Map() }), { code: 'refused' });
  await assert.rejects(writer.add({ ...good, rows: 0 }), { code: 'refused' });
  await assert.rejects(writer.add({ ...good, lines: good.lines.subarray(0, -1) }), { code: 'refused' });
  await assert.rejects(writer.add({ ...good, rows: 3 }), { code: 'refused' });
});
