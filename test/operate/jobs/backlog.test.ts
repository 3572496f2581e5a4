import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunOutcome, RunRecord } from '../../../src/hot/run-log.ts';
import { backlogOf } from '../../../src/operate/schedule/backlog.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { retryDelay } from '../../../src/operate/schedule/job-state.ts';
import { at, history, scheduleOf } from '../runs.ts';

const NOW = at('2026-06-10T12:00:00Z');
const [DAILY] = jobTimes(scheduleOf());

/** Daily runs that left so many rows, the newest first; null for one that did not count them. */
function left(...remaining: (number | null)[]): RunRecord[] {
  const [run] = history(['2026-06-03T02:00:00Z', 'daily', 'budget']);
  return remaining.map((rows) => ({ ...run!, end: { ...run!.end!, remaining: rows } }));
}

function endsAfter(days: number): number {
  return at('2026-06-10T02:00:00Z') + days * 86_400_000;
}

test('a backlog ends with the run that its pace says', () => {
  const ends = (...remaining: (number | null)[]) => backlogOf(DAILY!, left(...remaining), NOW);
  assert.deepEqual(ends(50, 100), { job: 'daily', rows: 50, endsAt: endsAfter(1) });
  assert.deepEqual(ends(60, 100), { job: 'daily', rows: 60, endsAt: endsAfter(2) });
  assert.deepEqual(ends(60, null, 90, 120), { job: 'daily', rows: 60, endsAt: endsAfter(2) });
  // The last five runs count, and no older one.
  assert.deepEqual(ends(40, 50, 60, 70, 80, 1_000), { job: 'daily', rows: 40, endsAt: endsAfter(4) });
});

test('the end of a backlog that does not shrink, or has no past, is not in sight', () => {
  assert.deepEqual(backlogOf(DAILY!, left(1), NOW), { job: 'daily', rows: 1, endsAt: null });
  assert.deepEqual(backlogOf(DAILY!, left(5, 5), NOW), { job: 'daily', rows: 5, endsAt: null });
  assert.deepEqual(backlogOf(DAILY!, left(6, 5), NOW), { job: 'daily', rows: 6, endsAt: null });
});

test('there is none where the last run left nothing, nothing was counted or the runs are of another job', () => {
  assert.equal(backlogOf(DAILY!, left(0, 100), NOW), null);
  assert.equal(backlogOf(DAILY!, left(null), NOW), null);
  assert.equal(backlogOf(DAILY!, [{ ...left(1)[0]!, end: null }], NOW), null);
  assert.equal(backlogOf(DAILY!, [{ ...left(1)[0]!, jobs: ['weekly'] }], NOW), null);
  assert.equal(backlogOf(DAILY!, [], NOW), null);
});

test('the next try comes later the more often it failed', () => {
  const delays = (outcome: RunOutcome, tries: number): (number | null)[] =>
    Array.from({ length: tries }, (_, at) => {
      const delay = retryDelay(Array.from({ length: at + 1 }, () => outcome));
      return delay === null ? null : delay / 60_000;
    });
  for (const outcome of ['failed', 'partly'] as const)
    assert.deepEqual(delays(outcome, 6), [5, 15, 45, 135, null, null]);
  for (const outcome of ['busy', 'locked', 'died'] as const)
    assert.deepEqual(delays(outcome, 7), [1, 2, 4, 8, 16, 30, 30]);
  for (const outcome of ['paused', 'quiet', 'stopped'] as const) assert.deepEqual(delays(outcome, 2), [0, 0]);
  for (const outcome of ['done', 'budget', 'integrity'] as const)
    assert.deepEqual(delays(outcome, 2), [null, null]);
  assert.equal(retryDelay([]), null);
});
