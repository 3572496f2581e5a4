import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayOf, instantOfMs, laterBy, startOfDay } from '../../src/model/instant.ts';
import { afterSpan, endOfSpan, firstDay, lastDay, SPANS } from '../../src/model/policy/span.ts';

const days = fc
  .date({ min: new Date('0001-01-08'), max: new Date('9999-12-01'), noInvalidDate: true })
  .map((date) => dayOf(instantOfMs(date.getTime())));

test('a week begins on Monday, also across years and before 1970', () => {
  assert.equal(firstDay('2026-01-04', 'week'), '2025-12-29');
  assert.equal(firstDay('2026-01-05', 'week'), '2026-01-05');
  assert.equal(firstDay('1969-12-31', 'week'), '1969-12-29');
  assert.equal(firstDay('0001-01-01', 'week'), '0001-01-01');
  assert.equal(lastDay({ day: '2025-12-29', span: 'week' }), '2026-01-04');
});

test('a month ends with its own last day', () => {
  assert.equal(firstDay('2024-02-29', 'month'), '2024-02-01');
  assert.deepEqual(
    ['2024-02-01', '2026-02-01', '2026-12-01', '0004-02-01'].map((first) =>
      lastDay({ day: first, span: 'month' }),
    ),
    ['2024-02-29', '2026-02-28', '2026-12-31', '0004-02-29'],
  );
});

test('the spans of a kind cover every day once, without gaps', () => {
  fc.assert(
    fc.property(days, fc.constantFrom(...SPANS), (day, span) => {
      const first = firstDay(day, span);
      const covered = { day: first, span };
      const last = lastDay(covered);
      assert.ok(first <= day && day <= last, `${first} ${day} ${last}`);
      assert.equal(firstDay(first, span), first);
      assert.equal(firstDay(last, span), first);
      const next = dayOf(afterSpan(covered));
      assert.equal(firstDay(next, span), next, 'the day after a span begins one');
      assert.ok(startOfDay(last) < endOfSpan(covered) && endOfSpan(covered) < afterSpan(covered));
      assert.equal(laterBy(startOfDay(last), 86_400_000), afterSpan(covered));
      const weekday = new Date(startOfDay(first) / 1000).getUTCDay();
      if (span === 'week') assert.equal(weekday, 1);
      if (span === 'month') assert.equal(first.slice(8), '01');
    }),
  );
});
