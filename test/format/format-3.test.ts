import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provenFooter } from '../../src/format/segment/prove.ts';
import type { Block, SegmentHead } from '../../src/format/segment/segment.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { createSegmentWriter } from '../../src/format/segment/segment-writer.ts';
import { asInstant, endOfDay, startOfDay } from '../../src/model/instant.ts';
import { COMPRESSIONS } from '../../src/model/policy/compression.ts';
import { refusesWith } from '../support/archives/archive.ts';
import { type FooterJson, forged } from '../support/archives/forged-segment.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBlock, sampleHead } from '../support/archives/sample-segment.ts';

/** A segment with a row at the start of each of two days. */
async function segmentOf(
  head: Partial<SegmentHead>,
  [least, greatest] = ['2026-01-12', '2026-01-18'],
): Promise<MemoryFile> {
  const file = new MemoryFile();
  const writer = createSegmentWriter(
    file,
    { ...sampleHead, ...head },
    { lookupKeys: ['id', 'execution_id'] },
  );
  const times = { minTime: startOfDay(least!), maxTime: asInstant(endOfDay(greatest!)) };
  await writer.add({ ...sampleBlock(0, 2), ...times } satisfies Block);
  await writer.finish();
  return file;
}

for (const compression of COMPRESSIONS) {
  test(`a segment of a week is of format 3 and says so (${compression})`, async () => {
    const file = await segmentOf({ day: '2026-01-12', span: 'week', compression });
    const { format, span, day } = await provenFooter(file, 'segment');
    assert.deepEqual({ format, span, day }, { format: 3, span: 'week', day: '2026-01-12' });
    assert.equal((await (await openSegment(file, 'segment')).readAll()).length, 2);
  });

  const format = compression === 'zstd' ? 3 : 1;
  test(`a segment of a day is of format ${format} and does not name its span (${compression})`, async () => {
    const file = await segmentOf({ compression }, ['2026-01-16', '2026-01-16']);
    const { footer } = await openSegment(file, 'segment');
    assert.deepEqual([footer.format, footer.span], [format, 'day']);
    await forged(file, (json: FooterJson) => assert.equal('span' in json, false));
  });
}

test('times outside the span are refused, at its writing and at its reading', async () => {
  await refusesWith(
    'integrity',
    segmentOf({ day: '2026-01-12', span: 'week' }, ['2026-01-12', '2026-01-20']),
  );
  await refusesWith(
    'integrity',
    segmentOf({ day: '2026-02-01', span: 'month' }, ['2026-01-31', '2026-02-02']),
  );
  const week = await segmentOf({ day: '2026-01-12', span: 'week' });
  const earlier = await forged(week, (json: FooterJson) => ({ ...json, day: '2026-01-05' }));
  await refusesWith('integrity', openSegment(earlier, 'segment'));
});

test('a day that does not begin the span is refused', async () => {
  await refusesWith(
    'integrity',
    segmentOf({ day: '2026-01-13', span: 'week' }, ['2026-01-13', '2026-01-14']),
  );
  await refusesWith(
    'integrity',
    segmentOf({ day: '2026-01-02', span: 'month' }, ['2026-01-13', '2026-01-14']),
  );
});

test('the format and the keys of a footer must agree', async () => {
  const week = await segmentOf({ day: '2026-01-12', span: 'week' });
  const forgeries: ((json: FooterJson) => FooterJson)[] = [
    ({ span, ...json }) => json,
    (json) => ({ ...json, span: 'day' }),
    (json) => ({ ...json, span: 'year' }),
    (json) => ({ ...json, format: 2 }),
  ];
  for (const edit of forgeries) {
    await refusesWith('integrity', openSegment(await forged(week, edit), 'segment'));
  }
  const older = await forged(
    week,
    (json: FooterJson) => ({ ...json, format: 2 }),
    (tail) => ({ ...tail, format: 2 }),
  );
  await refusesWith('integrity', openSegment(older, 'segment'));
});
