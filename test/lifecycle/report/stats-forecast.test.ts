import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { forecast, paceOf } from '../../../src/lifecycle/report/stats-forecast.ts';
import { asInstant, dayOf } from '../../../src/model/instant.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-01T03:00:00Z') * 1000;
const policy = policyOf('t', { hotMs: 7 * DAY, warmMs: 30 * DAY, coldMs: 90 * DAY });
const size = { raw: 1000, packed: 200 };

const dayAgo = (days: number): string => dayOf(asInstant(NOW - days * DAY * 1000));
const steady = (days: number, rows: number): Map<string, number> =>
  new Map(Array.from({ length: days }, (_, at) => [dayAgo(at + 1), rows]));

test('a table in its stride stays as it is', () => {
  const [now, later] = [0, 365].map((days) =>
    forecast(policy, steady(200, 10), 10, size, asInstant(NOW), days),
  );
  assert.deepEqual(now!.hot, { rows: 70, bytes: 70_000 });
  assert.deepEqual(now!.warm, { rows: 300, bytes: 60_000 });
  assert.deepEqual(now!.cold, { rows: 900, bytes: 180_000 });
  assert.deepEqual({ ...later, days: 0 }, now);
});

test('a young table fills its tiers one after the other', () => {
  const rows = (days: number) => {
    const { hot, warm, cold } = forecast(policy, steady(3, 10), 10, null, asInstant(NOW), days);
    assert.equal(warm.bytes, null);
    return [hot.rows, warm.rows, cold.rows];
  };
  assert.deepEqual(rows(0), [30, 0, 0]);
  assert.deepEqual(rows(30), [70, 260, 0]);
  assert.deepEqual(rows(365), [70, 300, 900]);
});

test('no row is in two tiers, and none is forgotten before its end', () => {
  const days = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(1000), days, (known, pace, ahead) => {
      const { hot, warm, cold } = forecast(policy, steady(known, pace), pace, null, asInstant(NOW), ahead);
      const kept = Math.min(known + ahead, 127);
      assert.equal(hot.rows + warm.rows + cold.rows, kept * pace);
    }),
  );
});

test('the pace counts from the first day that has rows, and growth compares the halves', () => {
  assert.deepEqual(paceOf([0, 0, 10, 10, 10, 20, 20, 20]), { pace: 15, growth: 2 });
  assert.deepEqual(paceOf([0, 0, 5]), { pace: 5, growth: null });
  assert.deepEqual(paceOf([0, 0]), { pace: 0, growth: null });
});
