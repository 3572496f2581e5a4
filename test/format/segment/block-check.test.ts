import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { blockText } from '../../../src/format/segment/block-check.ts';
import type { Footer } from '../../../src/format/segment/segment.ts';

function footerOf(text: Uint8Array, rows: number, digest: string): Footer {
  const block = { offset: 0, bytes: text.length, rawBytes: text.length, rows, digest };
  return { compression: 'none', blocks: [block] } as never;
}

for (const [rows, where] of [
  [3, 'on the thread that asks'],
  [9_000, 'on another thread'],
] as const) {
  test(`a block of ${rows} rows is hashed ${where}, and one that differs in a bit is refused`, async () => {
    const text = Buffer.from('{"id":7}\n'.repeat(rows));
    const digest = hash('sha256', text, 'hex');
    const footer = footerOf(text, rows, digest);
    assert.deepEqual(await blockText(footer, 0, text, 'a segment'), text);
    const other = Buffer.from(text);
    other[text.length >> 1]! ^= 1;
    await assert.rejects(blockText(footer, 0, other, 'a segment'), { code: 'integrity', path: 'a segment' });
    const wrong = footerOf(
      text,
      rows,
      digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    await assert.rejects(blockText(wrong, 0, text, 'a segment'), { code: 'integrity' });
    await assert.rejects(blockText(footerOf(text, rows + 1, digest), 0, text, 'a segment'), {
      code: 'integrity',
    });
  });
}
