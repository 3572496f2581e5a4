import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestNeedle, conditionNeedle, containsNeedle, foldBytes } from '../../../src/format/match/needle.ts';

function words(op: '=' | '~' | '<', value: string): (string | boolean | null)[] | null {
  const needle = conditionNeedle({ op, value });
  return needle && [needle.bytes.toString(), needle.or?.toString() ?? null, needle.folded];
}

test('an equality with a text is looked for as the line writes it', () => {
  assert.deepEqual(words('=', 'a"b\\'), ['"a\\"b\\\\"', null, false]);
  assert.deepEqual(words('=', 'tab\there'), ['"tab\\there"', null, false]);
  assert.deepEqual(words('=', ''), ['""', null, false]);
  // Such characters have several forms, so only a piece beside them is sure.
  assert.deepEqual(words('=', 'ab\u0001cde\u001ff'), ['cde', null, false]);
  assert.equal(words('=', '\u0001\u0002'), null);
});

test('an equality with bytes is looked for as text and as bytes', () => {
  assert.deepEqual(words('=', "x'00ff'"), [`"x'00ff'"`, '{"$blob":"AP8="}', false]);
});

test('nothing is sure of a number or an order', () => {
  for (const value of ['5', '-1.5', '1e3']) assert.equal(words('=', value), null);
  assert.equal(words('<', 'a'), null);
});

test('a text within a value is looked for in lower case', () => {
  // Or the value is text that is no UTF-8, which is in base64.
  assert.deepEqual(words('~', 'ABC'), ['abc', '{"$text":"', true]);
  assert.deepEqual(words('~', '5'), ['5', '{"$text":"', true]);
  assert.deepEqual(words('~', 'É K'), ['É K'.replace('K', 'k'), '{"$text":"', true]);
  assert.equal(containsNeedle(''), null);
  assert.equal(foldBytes(Buffer.from('aBc-9')), 'abc-9');
});

test('the best needle is an exact one, then the longest', () => {
  const [short, long] = [
    conditionNeedle({ op: '=', value: 'a' }),
    conditionNeedle({ op: '=', value: 'abc' }),
  ];
  const [part, longPart] = [containsNeedle('abcdef'), containsNeedle('abcdefgh')];
  assert.equal(bestNeedle([short, null, longPart, long]), long);
  assert.equal(bestNeedle([part, longPart]), longPart);
  assert.equal(bestNeedle([null]), null);
});
