import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  hotWindows,
  pastWindows,
  rangesToExamine,
  type Window,
} from '../../../../src/hot/sqlite/read/age-ranges.ts';
import { asInstant } from '../../../../src/model/instant.ts';

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
        hotWindows(asInstant(cutoff!), asInstant(now!), false),
        pastWindows(asInstant(cutoff!), false),
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
            assert.ok(holds(hotWindows(asInstant(cutoff!), asInstant(now!), false), text), text);
        for (const text of texts(cutoff! - days * DAY))
          assert.ok(holds(pastWindows(asInstant(cutoff!), false), text) || text < '1971-01-02', text);
      },
    ),
    { numRuns: 3000 },
  );
});

test('what is to be examined are the ranges between the windows, in the order of the index', () => {
  fc.assert(
    fc.property(span, ([cutoff, now]) => {
      const ranges = rangesToExamine(asInstant(cutoff!), asInstant(now!), true);
      const windows = hotWindows(asInstant(cutoff!), asInstant(now!), true);
      assert.equal(ranges.length, windows.length + 1);
      assert.deepEqual([ranges[0]!.from, ranges.at(-1)!.to], [null, null]);
      for (const [at, [from, to]] of windows.entries())
        assert.deepEqual([ranges[at]!.to, ranges[at + 1]!.from], [from, to]);
    }),
  );
});

test('numbers in a window are after the cutoff and not after now, in seconds, milliseconds and microseconds', () => {
  fc.assert(
    fc.property(span, ([cutoff, now]) => {
      for (const [from, to] of hotWindows(asInstant(cutoff!), asInstant(now!), true)) {
        if (from.startsWith("'")) continue;
        const unit = Number(from) < 1e11 ? 1e6 : Number(from) < 1e14 ? 1e3 : 1;
        assert.ok(Number(from) * unit > cutoff!, `${from} at ${cutoff}`);
        assert.ok((Number(to) - 1) * unit <= now!, `${to} at ${now}`);
        assert.ok(Number(from) * unit - cutoff! <= unit, 'no second is left out');
      }
    }),
  );
});
