import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyTexts } from '../../../src/format/line/key-texts.ts';

const halves = fc.constantFrom(
  0xd8,
  0xdb,
  0xdc,
  0xdf,
  0xff,
  0xfe,
  0x00,
  0x22,
  0x5c,
  0xef,
  0xbf,
  0xbe,
  0xed,
  0xa0,
);
const bytes = fc
  .array(fc.oneof(halves, fc.integer({ min: 0, max: 255 })), { maxLength: 20 })
  .map((all) => Buffer.from(all));

for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be']) {
  test(`the text under which SQLite gives a BLOB to a filter is among those of its condition (${encoding})`, () => {
    using db = new DatabaseSync(':memory:');
    db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t (b BLOB); INSERT INTO t VALUES (NULL)`);
    const array = 'json_group_array(CAST(b AS TEXT))';
    const read = db.prepare(
      `SELECT ${encoding === 'UTF-8' ? `CAST(${array} AS BLOB)` : array} AS keys FROM t`,
    );
    const update = db.prepare('UPDATE t SET b = ?');
    fc.assert(
      fc.property(bytes, (blob) => {
        update.run(blob);
        const { keys } = read.get() as { keys: Uint8Array | string };
        const [text] = JSON.parse(typeof keys === 'string' ? keys : Buffer.from(keys).toString()) as [string];
        for (const form of [`x'${blob.toString('hex')}'`, `{"$blob":"${blob.toString('base64')}"}`])
          assert.ok(keyTexts(form)!.map(utf8).includes(utf8(text)), `${form} as ${JSON.stringify(text)}`);
      }),
      { numRuns: 3000 },
    );
  });
}

/** Filters hash UTF-8, in which a lone half of a pair is a replacement character. */
function utf8(text: string): string {
  return Buffer.from(text).toString('hex');
}
