import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  asInstant,
  dayOf,
  endOfDay,
  formatInstant,
  laterBy,
  msBetween,
  startOfDay,
} from '../../src/model/instant.ts';
import { parseInstant } from '../../src/model/time/parse-instant.ts';

const AT = Date.parse('2026-01-16T11:23:33Z') * 1000;

test('every format of the same moment is the same instant', () => {
  for (const value of [
    '2026-01-16T11:23:33Z',
    '2026-01-16 11:23:33',
    '2026-01-16T11:23:33.000Z',
    '2026-01-16T11:23:33+00:00',
    '2026-01-16T13:53:33+0230',
    '2026-01-15T23:23:33-12',
    '1768562613',
    1768562613n,
    1768562613000n,
    1768562613000000n,
    1768562613,
    1768562613000.0,
  ]) {
    assert.equal(parseInstant(value), AT, String(value));
  }
});

test('fractions are kept to the microsecond and cut off beyond', () => {
  assert.equal(parseInstant('2026-01-16T11:23:33.120157Z'), AT + 120157);
  assert.equal(parseInstant('2026-01-16T11:23:33.12Z'), AT + 120000);
  assert.equal(parseInstant('2026-01-16T11:23:33.9999999Z'), AT + 999999);
  assert.equal(parseInstant('1768562613.120157'), AT + 120157);
});

test('a date alone means the last microsecond of its day', () => {
  assert.equal(parseInstant('2026-01-16'), Date.parse('2026-01-17T00:00:00Z') * 1000 - 1);
  assert.equal(parseInstant('2026-01-16'), endOfDay('2026-01-16'));
});

test('what is no moment is not guessed at', () => {
  for (const value of [
    ...[
      '',
      ' ',
      'now',
      'yesterday',
      '2026-02-29',
      '2026-02-30T00:00:00Z',
      '2026-13-01',
      '2026-00-10',
      '0000-01-01',
    ],
    ...[
      '2026-01-16T24:00:00Z',
      '2026-01-16T11:60:00Z',
      '2026-01-16T11:23:60Z',

      '2026-1-16',
    ],
    ...['2026-01-16T11:23:33.Z', '2026-01-16T11:23:33+24:00'],
    ...[
      '2026-01-16T11:23:33 Z',
      ' 2026-01-16',
      '2026-01-16\0',
      '99999999',
      '1e9',
      '-1768562613',
      '0x5',
      '1.2.3',
    ],
    ...[99_999_999n, 10n ** 19n, -1768562613n, 1, Number.NaN, Number.POSITIVE_INFINITY, -1e10],
    ...[null, new Uint8Array([50, 48, 50, 54])],
  ]) {
    assert.equal(parseInstant(value), null, String(value));
  }
});

test('an epoch number is read by its size', () => {
  assert.equal(parseInstant(100_000_000n), 1e14);
  assert.equal(parseInstant(100_000_000_000n), 1e14);
  assert.equal(parseInstant(100_000_000_000_000n), 1e14);
});

test('far years are whole seconds, and exact', () => {
  assert.equal(formatInstant(parseInstant('0001-01-01T00:00:00.5Z')!), '0001-01-01T00:00:00Z');
  assert.equal(formatInstant(parseInstant('9999-12-31')!), '9999-12-31T23:59:59Z');
  assert.equal(parseInstant('9999-12-31T23:59:59-01:00'), null);
});

test('a day begins and ends where its instants do', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      const day = dayOf(asInstant(seconds * 1e6));
      assert.ok(startOfDay(day) <= seconds * 1e6 && seconds * 1e6 <= endOfDay(day));
      assert.equal(dayOf(startOfDay(day)), day);
      assert.equal(dayOf(endOfDay(day)), day);
      assert.equal(parseInstant(formatInstant(asInstant(seconds * 1e6))), seconds * 1e6);
    }),
  );
});

test('an instant is written with as many digits as it has', () => {
  assert.equal(formatInstant(asInstant(AT)), '2026-01-16T11:23:33Z');
  assert.equal(formatInstant(asInstant(AT + 120000)), '2026-01-16T11:23:33.120Z');
  assert.equal(formatInstant(asInstant(AT + 120157)), '2026-01-16T11:23:33.120157Z');
  assert.equal(formatInstant(asInstant(-1)), '1969-12-31T23:59:59.999999Z');
});

test('milliseconds between two instants are whole, and an instant is never taken for them', () => {
  const at = asInstant(1_767_225_600_123_456);
  assert.equal(msBetween(at, laterBy(at, 90_000)), 90_000);
  assert.equal(msBetween(laterBy(at, 1), at), -1);
  assert.equal(msBetween(at, asInstant(at + 1_999)), 1);
  // @ts-expect-error microseconds
  const wrong = (): unknown => laterBy(at, at);
  assert.equal(typeof wrong, 'function');
});
