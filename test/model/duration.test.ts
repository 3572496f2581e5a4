import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  DURATION_PATTERN,
  formatDuration,
  parseDuration,
  SHORT_DURATION_PATTERN,
} from '../../src/model/duration.ts';
import { FirnError } from '../../src/model/errors.ts';

const DAY = 86_400_000;
const parse = (text: string): number => parseDuration(text, { what: '--older-than' });

test('every unit is a fixed span, in any case', () => {
  assert.equal(parse('7d'), 7 * DAY);
  assert.equal(parse('2W'), 14 * DAY);
  assert.equal(parse('3m'), 90 * DAY);
  assert.equal(parse('3M'), 90 * DAY);
  assert.equal(parse('1Y'), 365 * DAY);
  assert.equal(parse('12H'), DAY / 2);
  assert.equal(parse('30Min'), 1_800_000);
  assert.equal(parse('0d'), 0);
  assert.equal(parse('500y'), 500 * 365 * DAY);
});

for (const text of [
  '',
  ' ',
  '-5d',
  '+5d',
  '1_0d',
  '1.5d',
  '٣d',
  '７d',
  '7',
  'd',
  'abc',
  '7 d',
  ' 7d',
  '7d ',
  '7d\n',
  '7days',
  '1e3d',
  '0x7d',
  '501y',
  `${'9'.repeat(400)}d`,
]) {
  test(`${JSON.stringify(text.slice(0, 20))} is a usage error that names the value and the forms`, () => {
    assert.throws(
      () => parse(text),
      (error: unknown) =>
        error instanceof FirnError &&
        error.code === 'usage' &&
        error.message.includes(JSON.stringify(text)) &&
        /7d|500y/.test(error.message) &&
        error.path === '--older-than',
    );
  });
}

test('what is formatted reads back as the same span', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500 * 365 * 24 * 60 }), (minutes) => {
      assert.equal(parse(formatDuration(minutes * 60_000)), minutes * 60_000);
    }),
  );
});

test('nothing but the documented forms is read', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0179dwmyhinDWM -_.') }), (text) => {
      if (/^\d+(d|w|m|y|h|min)$/i.test(text)) assert.ok(DURATION_PATTERN.test(text));
      else assert.throws(() => parse(text), FirnError);
    }),
  );
});

test('where a short time makes sense a bare m is ambiguous, and the message gives both readings', () => {
  const short = (text: string): number => parseDuration(text, { what: '--for', short: true });
  assert.equal(short('30min'), 1_800_000);
  assert.equal(short('90d'), 90 * DAY);
  assert.equal(short('12H'), DAY / 2);
  for (const text of ['30m', '30M', '0m', `${'9'.repeat(30)}m`]) {
    assert.throws(
      () => short(text),
      (error: unknown) =>
        error instanceof FirnError &&
        error.code === 'usage' &&
        error.message.includes('ambiguous') &&
        error.message.includes(`${text.slice(0, -1)}min`),
      text,
    );
  }
  assert.throws(() => short('30m'), /900d/);
  assert.throws(() => short('30'), /30min.*90d/);
  assert.doesNotMatch('30m', SHORT_DURATION_PATTERN);
  assert.match('30MIN', SHORT_DURATION_PATTERN);
});
