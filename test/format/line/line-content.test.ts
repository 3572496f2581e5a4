import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutTime } from '../../../src/format/line/line-content.ts';

const AT = '"_archived_at":"2026-02-10T12:00:00.000Z"';
const TIME = '"_time":"2026-01-05T10:20:30.123456Z"';

const bare = (lines: string): string => withoutTime(Buffer.from(lines)).toString();

test('the time that rows have from others is left out of each line, with and without a rowid behind it', () => {
  assert.equal(
    bare(`{"id":1,${AT},${TIME}}\n{"id":2,${AT},${TIME},"_rowid":-7}\n{"id":3,${AT},${TIME}}`),
    `{"id":1,${AT}}\n{"id":2,${AT},"_rowid":-7}\n{"id":3,${AT}}`,
  );
});

test('lines without such a time stay as they are, in the same memory', () => {
  const lines = Buffer.from(
    `{"id":1,${AT}}\n{"note":",\\"_time\\":\\"2026-01-05T10:20:30.123456Z\\"}",${AT}}\n`,
  );
  assert.equal(withoutTime(lines), lines);
  assert.equal(bare(''), '');
});

test('a column called _time is no time from another row, however long its text and the time of archiving', () => {
  for (let length = 0; length < 60; length++) {
    for (const at of ['', '2026-02-10T12:00:00Z', '2026-02-10T12:00:00.000Z']) {
      const line = `{"id":1,"_time":"${'x'.repeat(length)}","_archived_at":"${at}"}\n`;
      assert.equal(bare(line), line);
    }
  }
});
