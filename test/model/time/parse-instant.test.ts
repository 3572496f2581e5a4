import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asInstant, endOfDay, formatInstant } from '../../../src/model/instant.ts';
import { parseInstant, type StoredValue } from '../../../src/model/time/parse-instant.ts';
import { timeFormatProblem } from '../../../src/model/time/time-format.ts';

const AT = Date.parse('2026-01-05T10:20:00Z') * 1000;
const SECOND = 1_000_000;

/** Checks each value against µs after 2026-01-05T10:20:00Z; null: it is no time. */
function check(format: string | undefined, cases: readonly (readonly [StoredValue, number | null])[]): void {
  for (const [value, after] of cases)
    assert.equal(parseInstant(value, format), after === null ? null : AT + after, `${format}: ${value}`);
}

test('auto reads what SQLite’s own functions and common drivers write', () => {
  check(undefined, [
    ['2026-01-05 10:20', 0],
    ['2026-01-05T10:20Z', 0],
    ['2026-01-05T12:20+02:00', 0],
    ['2026-01-05t10:20:30z', 30 * SECOND],
    ['2026-01-05T10:20:30,5', 30.5 * SECOND],
    ['2026-01-05 10:20:30,123456789Z', 30 * SECOND + 123_456],
    ['20260105T102030Z', 30 * SECOND],
    ['20260105T1020', 0],
    ['20260105T102030.25+0000', 30.25 * SECOND],
    ['20260105T132030+03', 30 * SECOND],
    ['2026-01-05 10:20:30 UTC', 30 * SECOND],
    ['2026-01-05 10:20:30 GMT', 30 * SECOND],
    ['2026-01-05 12:20:30 +0200', 30 * SECOND],
    ['2026-01-05 12:20:30 +02:00', 30 * SECOND],
    ['2026-01-05 10:20:30.123456789 +0000 UTC', 30 * SECOND + 123_456],
    ['2026-01-05 10:20:30.123456789 +0000 UTC m=+0.000100', 30 * SECOND + 123_456],
    ['2026-01-05 11:20:30.5 +0100 CET m=-12.5', 30.5 * SECOND],
    ['2026-01-05 07:20:30 -0300 -03', 30 * SECOND],
    ['2026-01-05 15:50:30 +0530 +0530', 30 * SECOND],
    [BigInt(AT) * 1_000n + 999n, 0],
    [AT * 1_000, 0],
    [`${AT}000`, 0],
  ]);
});

test('auto refuses what is ambiguous, or contradicts itself', () => {
  check(undefined, [
    ['20260105', null],
    ['2026-01-05 10', null],
    ['2026-01-05 10:20:', null],
    ['2026-01-05 10:20.5', null],
    ['20260105 102030', null],
    ['20260105T10203', null],
    ['2026-01-05 10:20:30 CET', null],
    ['2026-01-05 10:20:30 +0200 UTC', null],
    ['2026-01-05 10:20:30 +0200 +03', null],
    ['2026-01-05 10:20:30 +0000 UTC m=1', null],
    ['2026-01-05 10:20:30 m=+0.1', null],
    ['2026-01-05 10:20:30  UTC', null],
    ['2026-01-05 10:20:30 +24:00', null],
    ['2026-01-05 24:00', null],
    ['2026-02-30 10:20', null],
    ['20260230T102030Z', null],
    ['01/05/2026', null],
  ]);
  // Fourteen digits are no date: as a count of milliseconds they are of the year 2612, which nothing that leaves may be.
  assert.equal(parseInstant('20260105102030')! > AT * 10, true);
});

test('zero is 1970, and the years 1 and 9999 are read with an offset of zero', () => {
  for (const zero of [0n, 0, '0', '0.0', '000']) assert.equal(parseInstant(zero), 0);
  assert.equal(parseInstant('0.5'), null);
  assert.equal(parseInstant(''), null);
  assert.equal(formatInstant(parseInstant('0001-01-01 00:00:00 +0000 UTC')!), '0001-01-01T00:00:00Z');
  assert.equal(formatInstant(parseInstant('9999-12-31T23:59:59.9999999+00:00')!), '9999-12-31T23:59:59Z');
  assert.equal(parseInstant('9999-12-31T23:59:59+01:00'), null);
});

test('each unit counts from its own moment, as INTEGER, REAL and text of digits', () => {
  const seconds = AT / SECOND;
  const unix = BigInt(seconds);
  for (const [format, perSecond, origin] of [
    ['s', 1n, 0n],
    ['ms', 1_000n, 0n],
    ['us', 1_000_000n, 0n],
    ['ns', 1_000_000_000n, 0n],
    ['apple', 1n, 978_307_200n],
    ['apple_ns', 1_000_000_000n, 978_307_200n],
    ['webkit', 1_000_000n, -11_644_473_600n],
    ['filetime', 10_000_000n, -11_644_473_600n],
    ['ticks', 10_000_000n, -62_135_596_800n],
  ] as const) {
    const value = (unix - origin) * perSecond;
    check(format, [
      [value, 0],
      [Number(value), 0],
      [String(value), 0],
      [`${value}.0`, 0],
      [value + 5n * perSecond, 5 * SECOND],
      ['x', null],
      ['2026-01-05 10:20', null],
      ['1e9', null],
      ['', null],
      [null, null],
      [new Uint8Array([49]), null],
    ]);
  }
  check('apple', [
    [seconds - 978_307_200 + 0.25, 0.25 * SECOND],
    [`${seconds - 978_307_200}.123456789`, 123_456],
  ]);
  assert.equal(formatInstant(parseInstant(-1n, 'apple')!), '2000-12-31T23:59:59Z');
  assert.equal(formatInstant(parseInstant(3_155_378_975_999_999_999n, 'ticks')!), '9999-12-31T23:59:59Z');
  assert.equal(parseInstant(3_155_378_976_000_000_000n, 'ticks'), null);
  assert.equal(parseInstant(-1n, 'ticks'), null);
});

test('a Julian day number is read to the millisecond, as SQLite reads it', () => {
  check('julian', [
    [Number('2461045.9305555556'), 0],
    ['2461045.9305555556', 0],
    [2_461_046n, (12 - 10) * 3_600 * SECOND - 20 * 60 * SECOND],
    ['2461045.9309027778', 30 * SECOND],
    [Number('2461045.9309027778'), 30 * SECOND],
    [5_373_484.5, null],
    [1, null],
    ['-5', null],
  ]);
});

test('a pattern is read exactly, and nothing else is', () => {
  check('DD.MM.YYYY HH:mm:ss', [
    ['05.01.2026 10:20:30', 30 * SECOND],
    ['05.01.2026 10:20', null],
    ['5.1.2026 10:20:30', null],
    ['31.02.2026 10:20:30', null],
    ['05.01.2026 24:00:00', null],
    ['05.01.2026 10:20:30 ', null],
    ['2026-01-05T10:20:30Z', null],
  ]);
  check('YYYY/MM/DD HH:mm:ss.SSSZ', [
    ['2026/01/05 10:20:30.250Z', 30.25 * SECOND],
    ['2026/01/05 12:20:30.250+02:00', 30.25 * SECOND],
    ['2026/01/05 12:20:30.250+02', 30.25 * SECOND],
    ['2026/01/05 10:20:30.250', null],
    ['2026/01/05 10:20:30.25Z', null],
  ]);
  check('YYYYMMDDHHmmss', [
    ['20260105102030', 30 * SECOND],
    [20_260_105_102_030n, 30 * SECOND],
    [20_260_105_102_030, null],
  ]);
  assert.equal(parseInstant('05/01/2026', 'DD/MM/YYYY'), endOfDay('2026-01-05'));
  assert.equal(parseInstant('01/01/0001', 'DD/MM/YYYY'), asInstant(-62_135_510_401_000_000));
});

test('a format that is none is refused with what is wrong', () => {
  for (const format of ['auto', 's', 'apple', 'julian', 'YYYY-MM-DDTHH:mm:ssZ', 'DD.MM.YYYY'])
    assert.equal(timeFormatProblem(format), null, format);
  for (const [format, problem] of [
    ['unix', /is not a time format\. Use auto, s, ms/],
    ['', /is not a time format/],
    ['YYYY-MM', /lacks DD/],
    ['YYYY-MM-DD mm', /has mm without HH/],
    ['YYYY-MM-DDZ HH', /has Z without HH|has Z, the zone, before/],
    ['YYYY-MM-DD HHZ:mm', /before its end/],
    ['YYYY-MM-DD YYYY', /has YYYY twice/],
    ['YYYY-MM-DD hh:mm', /contains "h"/],
    ["YYYY-MM-DD'", /contains "'"/],
    ['YYYY-MM-DD[*]', /contains "\["/],
    ['YYYY-MM-DD HH:mm:ss.SSSSSSSSSS', /more than nine S/],
    [`YYYY-MM-DD${' '.repeat(40)}`, /longer than 40/],
  ] as const)
    assert.match(timeFormatProblem(format) ?? '', problem, format);
});
