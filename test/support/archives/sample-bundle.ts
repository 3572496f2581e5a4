import type { Bundle } from '../../../src/format/bundle/bundle.ts';
import { type BundleInput, writeBundle } from '../../../src/format/bundle/bundle-writer.ts';
import type { Block } from '../../../src/format/segment/segment.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { segmentName } from '../../../src/format/segment-names.ts';
import { asInstant, startOfDay } from '../../../src/model/instant.ts';
import { COMPRESSIONS } from '../../../src/model/policy/compression.ts';
import { MemoryFile } from './memory-file.ts';
import { SAMPLE_DAY, sampleBlock, sampleHead } from './sample-segment.ts';

/** A bundle of January 2026 in memory with one segment for each of its first `days` days. */
export async function sampleBundle(
  days: number,
  blocks = 3,
  rows = 40,
): Promise<{ readonly file: MemoryFile; readonly bundle: Bundle; readonly inputs: readonly BundleInput[] }> {
  const inputs: BundleInput[] = [];
  for (let date = 1; date <= days; date++) {
    const day = `2026-01-${String(date).padStart(2, '0')}`;
    const compression = COMPRESSIONS[date % 3]!;
    const source = new MemoryFile();
    const writer = createSegmentWriter(source, { ...sampleHead, day, compression }, { lookupKeys: ['id'] });
    for (let block = 0; block < blocks; block++)
      await writer.add(onDay(sampleBlock(block * rows, rows), day));
    await writer.finish();
    inputs.push({ name: segmentName('tool_uses', day, 1, compression), source });
  }
  const file = new MemoryFile();
  const bundle = await writeBundle(file, '2026-01', inputs);
  return { file, bundle, inputs };
}

function onDay(block: Block, day: string): Block {
  const shift = startOfDay(day) - startOfDay(SAMPLE_DAY);
  const lines = Buffer.from(Buffer.from(block.lines).toString().replaceAll(SAMPLE_DAY, day));
  return {
    ...block,
    lines,
    minTime: asInstant(block.minTime + shift),
    maxTime: asInstant(block.maxTime + shift),
  };
}
