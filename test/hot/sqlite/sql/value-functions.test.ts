import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { defineValueFunctions } from '../../../../src/hot/sqlite/connection/value-functions.ts';

/** UTF-8 of any code point, lone surrogates too, by the bits of its definition. */
function generalUtf8(units: readonly number[]): string {
  const bytes = units.flatMap((unit) => {
    if (unit < 0x80) return [unit];
    if (unit < 0x800) return [192 + Math.floor(unit / 64), 128 + (unit % 64)];
    return [224 + Math.floor(unit / 4096), 128 + (Math.floor(unit / 64) % 64), 128 + (unit % 64)];
  });
  return Buffer.from(bytes).toString('base64');
}

function bytesOf(units: readonly number[], bigEndian: boolean): Uint8Array {
  return Uint8Array.from(
    units.flatMap((unit) => (bigEndian ? [unit >> 8, unit & 255] : [unit & 255, unit >> 8])),
  );
}

for (const encoding of ['UTF-16le', 'UTF-16be'] as const) {
  test(`every lone surrogate of ${encoding} text is kept, whatever stands around it, and valid text is left alone`, () => {
    using db = new DatabaseSync(':memory:');
    defineValueFunctions(db, encoding);
    const text = db.prepare('SELECT firn_text(?) AS text');
    const told = (units: readonly number[]): unknown =>
      text.get(bytesOf(units, encoding === 'UTF-16be'))!.text;
    for (let lone = 0xd800; lone <= 0xdfff; lone++) {
      const units = [0x61, lone, 0xe9, 0x6f22];
      assert.equal(told(units), JSON.stringify({ $text: generalUtf8(units) }), lone.toString(16));
    }
    for (const units of [[], [0x61], [0xe9, 0x6f22], [0xd83d, 0xde00]]) assert.equal(told(units), null);
    assert.notEqual(told([0xfffe]), null);
    assert.notEqual(told([0x61, 0xffff]), null);
  });
}

test('of UTF-8 text the bytes that are not valid are kept, and valid text is left alone', () => {
  using db = new DatabaseSync(':memory:');
  defineValueFunctions(db, 'UTF-8');
  const text = db.prepare('SELECT firn_text(?) AS text, firn_blob(?) AS blob');
  const bytes = Uint8Array.from([0x61, 0xff, 0]);
  const base64 = Buffer.from(bytes).toString('base64');
  const found = text.get(bytes, bytes)!;
  assert.equal(found.text, JSON.stringify({ $text: base64 }));
  assert.equal(found.blob, JSON.stringify({ $blob: base64 }));
  assert.equal(text.get(Buffer.from('é漢'), bytes)!.text, null);
});
