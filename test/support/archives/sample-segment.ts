import type { Block, Footer, SegmentHead } from '../../../src/format/segment/segment.ts';
import { createSegmentWriter } from '../../../src/format/segment/segment-writer.ts';
import { asInstant } from '../../../src/model/instant.ts';
import type { Compression } from '../../../src/model/policy/compression.ts';
import { MemoryFile } from './memory-file.ts';

export const SAMPLE_DAY = '2026-01-16';
const DAY_START = Date.parse(`${SAMPLE_DAY}T00:00:00Z`) * 1000;

export const sampleHead: SegmentHead = {
  table: 'tool_uses',
  day: SAMPLE_DAY,
  span: 'day',
  part: 1,
  columns: [
    { name: 'id', type: 'TEXT', key: 1 },
    { name: 'execution_id', type: 'TEXT', key: 0 },
    { name: 'start_time', type: 'TEXT', key: 0 },
    { name: 'n', type: 'INTEGER', key: 0 },
  ],
  primaryKey: ['id'],
  timeColumn: 'start_time',
  ddl: [
    'CREATE TABLE tool_uses (id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, start_time TEXT, n INTEGER)',
  ],
  archivedAt: '2026-02-01T02:00:00.000Z',
  compression: 'gzip',
  replaces: null,
};

/** The rows `first` … `first + rows - 1`, one a second from the day's start. */
export function sampleBlock(first: number, rows: number): Block {
  const lines: string[] = [];
  const keys = new Map<string, string[]>([
    ['id', []],
    ['execution_id', []],
  ]);
  for (let n = first; n < first + rows; n++) {
    const time = new Date(DAY_START / 1000 + n * 1000).toISOString();
    const execution = `execution-${Math.floor(n / 50)}`;
    keys.get('id')!.push(`id-${n}`);
    keys.get('execution_id')!.push(execution);
    lines.push(
      `{"id":"id-${n}","execution_id":"${execution}","start_time":"${time}","n":${n},"_archived_at":"${sampleHead.archivedAt}"}\n`,
    );
  }
  return {
    lines: Buffer.from(lines.join('')),
    rows,
    minTime: asInstant(DAY_START + first * 1e6),
    maxTime: asInstant(DAY_START + (first + rows - 1) * 1e6),
    keys,
  };
}

/** A sealed segment in memory, of `blocks` blocks of `rows` rows. */
export async function sampleSegment(
  compression: Compression,
  blocks: number,
  rows: number,
  head: Partial<SegmentHead> = {},
): Promise<{ readonly file: MemoryFile; readonly footer: Footer; readonly text: string }> {
  const file = new MemoryFile();
  const writer = createSegmentWriter(
    file,
    { ...sampleHead, ...head, compression },
    { lookupKeys: ['id', 'execution_id'] },
  );
  let text = '';
  for (let block = 0; block < blocks; block++) {
    const sample = sampleBlock(block * rows, rows);
    text += Buffer.from(sample.lines).toString();
    await writer.add(sample);
  }
  return { file, footer: await writer.finish(), text };
}
