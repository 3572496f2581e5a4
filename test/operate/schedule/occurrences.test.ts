import assert from 'node:assert/strict';
import { test } from 'node:test';
import { occurrencesOf } from '../../../src/operate/schedule/occurrences.ts';
import { quietUntil } from '../../../src/operate/schedule/quiet-hours.ts';
import { at } from '../runs.ts';

test('the last occurrence is at or before now, the next one after', () => {
  const daily = occurrencesOf('0 2 * * *', 'UTC');
  assert.equal(daily.last(at('2026-06-03T02:00:00.000Z')), at('2026-06-03T02:00:00Z'));
  assert.equal(daily.last(at('2026-06-03T01:59:59.999Z')), at('2026-06-02T02:00:00Z'));
  assert.equal(daily.next(at('2026-06-03T02:00:00.000Z')), at('2026-06-04T02:00:00Z'));
  assert.equal(daily.next(at('2026-06-03T01:59:59.999Z')), at('2026-06-03T02:00:00Z'));
});

test('every day of a year with both changes of the clock has one occurrence', () => {
  const berlin = occurrencesOf('0 2 * * *', 'Europe/Berlin');
  const seen: string[] = [];
  const end = at('2027-01-01T00:00:00Z');
  for (let now = at('2025-12-31T23:00:00Z'); ; ) {
    now = berlin.next(now)!;
    if (now >= end) break;
    seen.push(new Date(now + 7_200_000).toISOString().slice(0, 10));
  }
  assert.equal(seen.length, 365);
  assert.equal(new Set(seen).size, 365);
});

test('quiet hours end when their span does, over midnight too, and touching spans count as one', () => {
  const night = [
    { fromMinute: 22 * 60, toMinute: 2 * 60 },
    { fromMinute: 2 * 60, toMinute: 6 * 60 },
  ];
  assert.equal(quietUntil(night, 'UTC', at('2026-06-03T23:30:20Z')), at('2026-06-04T06:00:00Z'));
  assert.equal(quietUntil(night, 'UTC', at('2026-06-04T06:00:00Z')), null);
  assert.equal(quietUntil(night, 'Europe/Berlin', at('2026-06-03T20:00:00Z')), at('2026-06-04T04:00:00Z'));
  assert.equal(quietUntil([], 'UTC', at('2026-06-03T23:30:00Z')), null);
});
