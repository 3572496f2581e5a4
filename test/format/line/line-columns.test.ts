import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineWith } from '../../../src/format/line/line-columns.ts';

test('a line with some of its columns has their bytes, in their order', () => {
  const line =
    '{"id":1,"a \\"b\\"":{"$blob":"AA=="},"c":"x,\\"}","_archived_at":"t","_time":"u","_rowid":-7}';
  const only = lineWith(['_rowid', 'c', 'a "b"', 'nothing'], 'line');
  for (const end of ['', '\n'])
    assert.equal(
      only(Buffer.from(line + end)).toString(),
      '{"a \\"b\\"":{"$blob":"AA=="},"c":"x,\\"}","_rowid":-7}\n',
    );
  assert.equal(lineWith(['nothing'], 'line')(Buffer.from(line)).toString(), '{}\n');
});
