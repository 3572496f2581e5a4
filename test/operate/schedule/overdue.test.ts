import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunRecord } from '../../../src/hot/run-log.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { jobState } from '../../../src/operate/schedule/job-state.ts';
import { at, history, scheduleOf } from '../runs.ts';

/** The jobs that are overdue, and since when. */
function overdue(runs: readonly RunRecord[], now: string): Record<string, string> {
  const states = jobTimes(scheduleOf()).map((times) => jobState(times, runs, at(now), false));
  return Object.fromEntries(
    states.flatMap(({ job, overdueSince }) =>
      overdueSince === null ? [] : [[job, new Date(overdueSince).toISOString()]],
    ),
  );
}

// A Wednesday.
const FIRST = history(['2026-06-17T09:00:00Z', 'daily', 'done']);

test('jobs that were not due since the first recorded run are not overdue', () => {
  assert.deepEqual(overdue(FIRST, '2026-06-17T09:01:00Z'), {});
  const daily = [...history(['2026-06-21T02:00:00Z', 'daily', 'done']), ...FIRST];
  assert.deepEqual(overdue(daily, '2026-06-21T14:59:00Z'), {});
});

test('they are once they were due and did not run, also just after they were due a second time', () => {
  const daily = (day: string) => [...history([`${day}T02:00:00Z`, 'daily', 'done']), ...FIRST];
  const weekly = { weekly: '2026-06-21T03:00:00.000Z' };
  assert.deepEqual(overdue(daily('2026-06-21'), '2026-06-21T15:01:00Z'), weekly);
  assert.deepEqual(overdue(daily('2026-06-28'), '2026-06-28T03:10:00Z'), weekly);
  const both = { ...weekly, monthly: '2026-07-01T04:00:00.000Z' };
  assert.deepEqual(overdue(daily('2026-07-01'), '2026-07-01T16:01:00Z'), both);
  assert.deepEqual(overdue(daily('2026-08-01'), '2026-08-01T04:10:00Z'), both);
});

test('where nothing was ever recorded every job is overdue', () => {
  assert.deepEqual(Object.keys(overdue([], '2026-06-17T15:00:00Z')), ['daily', 'weekly', 'monthly']);
});

test('a run of a rarer job by hand does not hide that a more frequent one never ran', () => {
  const monthly = history(['2026-06-17T09:00:00Z', 'monthly', 'done']);
  assert.deepEqual(overdue(monthly, '2026-06-17T15:00:00Z'), {
    daily: '2026-06-17T02:00:00.000Z',
    weekly: '2026-06-14T03:00:00.000Z',
  });
});

test('a first run that failed counts as the first', () => {
  const failed = history(['2026-06-17T09:00:00Z', 'daily', 'failed']);
  assert.deepEqual(overdue(failed, '2026-06-17T10:00:00Z'), {});
  assert.deepEqual(Object.keys(overdue(failed, '2026-07-02T10:00:00Z')), ['daily', 'weekly', 'monthly']);
});
