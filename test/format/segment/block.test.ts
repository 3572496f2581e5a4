import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitLines } from '../../../src/format/line/line.ts';
import { blockOf } from '../../../src/format/segment/block.ts';
import { sampleBlock, sampleHead } from '../../support/archives/sample-segment.ts';

const footer = { ...sampleHead, lookupKeys: ['id', 'execution_id'] };

test('a block made of its lines again is the same', () => {
  const block = sampleBlock(10, 120);
  assert.deepEqual(blockOf(splitLines(block.lines), footer), block);
});

test('a column that is NULL in every row has no keys', () => {
  const lines = [Buffer.from('{"id":null,"execution_id":7,"start_time":"2026-01-16"}\n')];
  const { keys } = blockOf(lines, footer);
  assert.deepEqual(Object.fromEntries(keys), { id: [], execution_id: ['7'] });
});

test('a line without an intelligible time is refused', () => {
  for (const line of ['{"id":"a","start_time":"soon"}\n', '{"id":"a"}\n']) {
    assert.throws(() => blockOf([Buffer.from(line)], footer), { code: 'integrity' });
  }
});
