import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  hotWindows,
  pastWindows,
  rangesToExamine,
  type Window,
} from '../../../../src/hot/sqlite/survey/age-ranges.ts';
import { asInstant } from '../../../../src/model/instant.ts';
import { parseAuto, parseInstant } from '../../../../src/model/time/parse-instant.ts';
import { plausibleNumbers } from '../../../../src/model/time/plausible.ts';
import { isSentinel } from '../../../../src/model/time/sentinels.ts';
import { UNIT_NAMES } from '../../../../src/model/time/time-units.ts';

const DAY = 86_400_000_000;
const FIRST = Date.UTC(1990, 0, 1) * 1000;
const LAST = Date.UTC(2040, 11, 31) * 1000;

/** Instants at ends of days, months and years more often than elsewhere. */
const instant = fc.oneof(
  fc.integer({ min: FIRST / 1e6, max: LAST / 1e6 }).map((seconds) => seconds * 1e6),
  fc
    .tuple(
      fc.integer({ min: 1990, max: 2040 }),
      fc.integer({ min: 0, max: 11 }),
      fc.constantFrom(-DAY, -1, 0, 1, DAY),
    )
    .map(([year, month, off]) => Date.UTC(year, month, 1) * 1000 + off),
);
const span = fc
  .tuple(instant, fc.integer({ min: 0, max: 1500 }))
  .map(([cutoff, days]) => [cutoff, cutoff + days * DAY]);

function bounds(cutoff: number, now: number, numeric: boolean, format = 'auto') {
  return { cutoff: asInstant(cutoff), now: asInstant(now), numeric, format };
}

/** A text as SQLite compares it with the literals of a window. */
function holds(windows: readonly Window[], text: string): boolean {
  const inner = (literal: string): string | null => /^'(.*)'$/.exec(literal)?.[1] ?? null;
  return windows.some(([from, to]) => {
    const [least, end] = [inner(from), inner(to)];
    return least !== null && end !== null && text >= least && text < end;
  });
}

/** The ways in which a day is written at its beginning, and shifted by a zone. */
function texts(at: number): string[] {
  const iso = new Date(at / 1000).toISOString();
  const behind = new Date(at / 1000 - 43_200_000).toISOString().slice(0, 19);
  return [iso, iso.slice(0, 10), iso.replace('T', ' ').slice(0, 19), `${behind}-12:00`];
}

test('no text of a time at or before the cutoff lies in a hot window, and none after it in a past one', () => {
  fc.assert(
    fc.property(span, fc.integer({ min: 0, max: 1500 }), ([cutoff, now], days) => {
      const [hot, past] = [
        hotWindows(bounds(cutoff!, now!, false)),
        pastWindows(bounds(cutoff!, now!, false)),
      ];
      for (const text of texts(cutoff! - days * DAY))
        assert.ok(!holds(hot, text), `${text} in ${hot.join(' ')}`);
      for (const text of texts(cutoff! + 1 + days * DAY))
        assert.ok(!holds(past, text), `${text} in ${past.join(' ')}`);
    }),
    { numRuns: 3000 },
  );
});

test('texts more than some days from both bounds lie in the windows, so that little is left to look at', () => {
  fc.assert(
    fc.property(
      span,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 4, max: 6000 }),
      ([cutoff, now], part, days) => {
        const [first, end] = [cutoff! + 4 * DAY, now! - DAY];
        const inside = first + Math.floor((part * (end - first)) / DAY) * DAY;
        if (first < end)
          for (const text of texts(inside))
            assert.ok(holds(hotWindows(bounds(cutoff!, now!, false)), text), text);
        for (const text of texts(cutoff! - days * DAY))
          assert.ok(holds(pastWindows(bounds(cutoff!, now!, false)), text) || text < '1971-01-02', text);
      },
    ),
    { numRuns: 3000 },
  );
});

test('what is to be examined are the ranges between the windows, in the order of the index', () => {
  fc.assert(
    fc.property(span, ([cutoff, now]) => {
      const ranges = rangesToExamine(bounds(cutoff!, now!, true));
      const windows = hotWindows(bounds(cutoff!, now!, true));
      assert.equal(ranges.length, windows.length + 1);
      assert.deepEqual([ranges[0]!.from, ranges.at(-1)!.to], [null, null]);
      for (const [at, [from, to]] of windows.entries())
        assert.deepEqual([ranges[at]!.to, ranges[at + 1]!.from], [from, to]);
    }),
  );
});

test('numbers in a hot window are after the cutoff and not after now, in every unit, and none that may be is left out', () => {
  fc.assert(
    fc.property(span, fc.constantFrom('auto', ...UNIT_NAMES), ([cutoff, now], format) => {
      const read = (value: bigint): number | null =>
        format === 'auto' ? parseAuto(value, plausibleNumbers(asInstant(now!))) : parseInstant(value, format);
      for (const [from, to] of hotWindows(bounds(cutoff!, now!, true, format))) {
        if (from.startsWith("'")) continue;
        const [least, end] = [BigInt(from), BigInt(to)];
        const step = read(least + 1n)! - read(least)!;
        assert.ok(read(least)! > cutoff!, `${format} ${from} at ${cutoff}`);
        assert.ok(read(end - 1n)! <= now!, `${format} ${to} at ${now}`);
        // Less than two steps from the bounds, or what is before is no time for certain.
        const before = read(least - 1n);
        const isNone = before === null || isSentinel(asInstant(before), format);
        assert.ok(isNone || before <= cutoff!, `${format} ${from}`);
        assert.ok(now! - read(end - 1n)! <= 2 * Math.max(step, 1), `${format} ${to}`);
      }
    }),
    { numRuns: 2000 },
  );
});

test('numbers in a past window are at or before the cutoff, and stand for a time', () => {
  fc.assert(
    fc.property(span, fc.constantFrom('auto', ...UNIT_NAMES), ([cutoff, now], format) => {
      for (const [from, to] of pastWindows(bounds(cutoff!, now!, true, format))) {
        if (from.startsWith("'")) continue;
        for (const value of [BigInt(from), BigInt(to) - 1n]) {
          const instant =
            format === 'auto'
              ? parseAuto(value, plausibleNumbers(asInstant(now!)))
              : parseInstant(value, format);
          assert.ok(instant !== null && instant <= cutoff!, `${format} ${value} at ${cutoff}`);
          assert.ok(!isSentinel(instant, format), `${format} ${value}`);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('a pattern has windows where its texts are in the order of time, and only there', () => {
  const [cutoff, now] = [Date.UTC(2026, 0, 20) * 1000, Date.UTC(2026, 2, 1) * 1000];
  const windows = hotWindows(bounds(cutoff, now, true, 'YYYY/MM/DD HH:mm'));
  assert.deepEqual(windows, [
    ["'2026/01/22'", "'2026/01/:'"],
    ["'2026/02/01'", "'2026/02/:'"],
    ["'2026/03/01'", "'2026/03/02'"],
  ]);
  for (const format of ['DD.MM.YYYY', 'YYYY.MM.DD', 'YYYYMMDD HH:mm', 'MM/DD/YYYY'])
    assert.deepEqual(hotWindows(bounds(cutoff, now, true, format)), [], format);
});
