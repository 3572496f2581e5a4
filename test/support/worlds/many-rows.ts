import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { asInstant } from '../../../src/model/instant.ts';
import type { Compression } from '../../../src/model/policy/compression.ts';
import { MemoryFile } from '../archives/memory-file.ts';
import { SAMPLE_DAY, sampleHead } from '../archives/sample-segment.ts';

const DAY_START = Date.parse(`${SAMPLE_DAY}T00:00:00Z`) * 1000;
const BLOCK_ROWS = 13_000;

/** A sealed segment in memory with `rows` small rows, `n` from 0 on, and a filter for their ids. */
export async function manyRows(rows: number, compression: Compression = 'gzip'): Promise<MemoryFile> {
  const file = new MemoryFile();
  const head = { ...sampleHead, table: 'many', compression };
  const writer = createSegmentWriter(file, head, { lookupKeys: ['id'] });
  for (let first = 0; first < rows; first += BLOCK_ROWS) {
    const numbers = Array.from({ length: Math.min(BLOCK_ROWS, rows - first) }, (_, i) => first + i);
    await writer.add({
      lines: Buffer.from(
        numbers
          .map((n) => `{"id":"id-${n}","execution_id":null,"start_time":null,"n":${n},"_archived_at":"x"}\n`)
          .join(''),
      ),
      rows: numbers.length,
      minTime: asInstant(DAY_START),
      maxTime: asInstant(DAY_START + rows),
      keys: new Map([['id', numbers.map((n) => `id-${n}`)]]),
    });
  }
  await writer.finish();
  return file;
}
