import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileLocation } from '../../../src/model/location.ts';
import { jobTimes } from '../../../src/operate/schedule/job-schedule.ts';
import { jobState } from '../../../src/operate/schedule/job-state.ts';
import { nextAction } from '../../../src/operate/schedule/next-action.ts';
import { at, history, scheduleOf } from '../runs.ts';

const ONLY_DAILY = scheduleOf({ weekly: null, monthly: null });
const FULL = history(
  ['2026-05-01T04:00:00Z', 'monthly', 'done'],
  ['2026-05-31T03:00:00Z', 'weekly', 'done'],
  ['2026-06-02T02:00:00Z', 'daily', 'done'],
);

test('jobs that never ran are due at once, rows before files', () => {
  const first = nextAction(scheduleOf(), [], null, at('2026-06-03T12:00:00Z'));
  assert.deepEqual(first, {
    do: 'run',
    job: 'daily',
    reason: 'due 2026-06-03T02:00:00.000Z; it has not run yet',
  });
  const afterDaily = history(['2026-06-03T12:00:00Z', 'daily', 'done']);
  const second = nextAction(scheduleOf(), afterDaily, null, at('2026-06-03T12:01:00Z'));
  assert.equal(second.do === 'run' && second.job, 'weekly');
});

test('a job that ran waits for its next due time', () => {
  const action = nextAction(ONLY_DAILY, FULL, null, at('2026-06-02T02:01:00Z'));
  assert.deepEqual(action, {
    do: 'wait',
    until: at('2026-06-03T02:00:00Z'),
    reason: 'daily is due 2026-06-03T02:00:00.000Z',
  });
});

test('a month of sleep is made up for by one run of each job', () => {
  const runs = [...FULL];
  const done: string[] = [];
  let now = at('2026-07-10T09:00:00Z');
  for (;;) {
    const action = nextAction(scheduleOf(), runs, null, now);
    if (action.do === 'wait') break;
    done.push(action.job);
    runs.unshift(...history([new Date(now).toISOString(), action.job, 'done']));
    now += 60_000;
  }
  assert.deepEqual(done, ['daily', 'weekly', 'monthly']);
});

test('a pause holds everything back until it is over', () => {
  const pause = { since: '2026-06-03T01:00:00.000Z', until: '2026-06-03T05:00:00.000Z', reason: 'backup' };
  const held = nextAction(ONLY_DAILY, FULL, pause, at('2026-06-03T02:30:00Z'));
  assert.equal(held.do, 'wait');
  assert.equal(held.do === 'wait' && held.until, at('2026-06-03T05:00:00Z'));
  assert.match(held.reason, /backup/);
  assert.equal(nextAction(ONLY_DAILY, FULL, pause, at('2026-06-03T05:00:00Z')).do, 'run');
  const forEver = { ...pause, until: null };
  const waiting = nextAction(ONLY_DAILY, FULL, forEver, at('2027-01-01T00:00:00Z'));
  assert.deepEqual(waiting.do === 'wait' && waiting.until, null);
});

test('quiet hours put the work off to their end', () => {
  const quiet = scheduleOf(
    { weekly: null, monthly: null },
    { quietHours: [{ fromMinute: 22 * 60, toMinute: 6 * 60 }] },
  );
  const action = nextAction(quiet, FULL, null, at('2026-06-03T02:00:00Z'));
  assert.deepEqual(action.do === 'wait' && action.until, at('2026-06-03T06:00:00Z'));
  assert.equal(nextAction(quiet, FULL, null, at('2026-06-03T06:00:00Z')).do, 'run');
});

test('a busy database is asked again after one, two, four … at most thirty minutes', () => {
  const runs = [...FULL];
  const waits: number[] = [];
  let now = at('2026-06-03T02:00:00Z');
  for (let tries = 0; tries < 8; tries++) {
    assert.equal(nextAction(ONLY_DAILY, runs, null, now).do, 'run');
    runs.unshift(...history([new Date(now).toISOString(), 'daily', 'busy']));
    const ended = now + 60_000;
    const action = nextAction(ONLY_DAILY, runs, null, ended);
    assert.ok(action.do === 'wait' && action.until !== null);
    waits.push((action.until - ended) / 60_000);
    now = action.until;
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
});

for (const outcome of ['failed', 'partly'] as const)
  test(`a run that ${outcome === 'failed' ? 'failed' : 'was partly completed'} is tried four times more, and then at the next due time`, () => {
    const runs = [...FULL];
    let now = at('2026-06-03T02:00:00Z');
    let tries = 0;
    for (;;) {
      const action = nextAction(ONLY_DAILY, runs, null, now);
      if (action.do === 'run') {
        tries++;
        runs.unshift(...history([new Date(now).toISOString(), 'daily', outcome]));
        now += 60_000;
      } else if (action.until! < at('2026-06-04T02:00:00Z')) now = action.until!;
      else break;
    }
    assert.equal(tries, 5);
    assert.equal(nextAction(ONLY_DAILY, runs, null, at('2026-06-04T02:00:00Z')).do, 'run');
  });

test('an integrity alarm is not tried again before the next due time', () => {
  const runs = [...history(['2026-06-03T02:00:00Z', 'daily', 'integrity']), ...FULL];
  const action = nextAction(ONLY_DAILY, runs, null, at('2026-06-03T09:00:00Z'));
  assert.deepEqual(action.do === 'wait' && action.until, at('2026-06-04T02:00:00Z'));
});

test('a job whose runs end with an integrity alarm is not called overdue: the alarm is what there is to see', () => {
  const runs = [...history(['2026-06-03T02:00:00Z', 'daily', 'integrity']), ...FULL];
  const [daily] = jobTimes(ONLY_DAILY);
  const state = (when: string) => jobState(daily!, runs, at(when), false).overdueSince;
  assert.equal(state('2026-06-04T01:00:00Z'), null);
  assert.notEqual(state('2026-06-05T01:00:00Z'), null, 'it did not run any more');
});

test('a run that died is tried again a minute later, one that was stopped at once', () => {
  const died = [...history(['2026-06-03T02:00:00Z', 'daily', null]), ...FULL];
  const wait = nextAction(ONLY_DAILY, died, null, at('2026-06-03T02:00:30Z'));
  assert.deepEqual(wait.do === 'wait' && wait.until, at('2026-06-03T02:01:00Z'));
  const stopped = [...history(['2026-06-03T02:00:00Z', 'daily', 'stopped']), ...FULL];
  assert.equal(nextAction(ONLY_DAILY, stopped, null, at('2026-06-03T02:01:00Z')).do, 'run');
});

test('a start is put off by the same jitter whenever it is asked for, within its bound', () => {
  const jittered = scheduleOf({ weekly: null, monthly: null, jitterMs: 600_000 });
  const action = nextAction(jittered, FULL, null, at('2026-06-02T03:00:00Z'));
  assert.ok(action.do === 'wait' && action.until !== null);
  const { until } = action;
  assert.ok(until > at('2026-06-03T02:00:00Z') && until < at('2026-06-03T02:10:00Z'));
  const later = nextAction(jittered, FULL, null, at('2026-06-03T02:00:00Z'));
  assert.deepEqual(later.do === 'wait' && later.until, until);
  assert.equal(nextAction(jittered, FULL, null, until).do, 'run');
  const other = nextAction(
    { ...jittered, database: fileLocation('/other.db') },
    FULL,
    null,
    at('2026-06-02T03:00:00Z'),
  );
  assert.notDeepEqual(other.do === 'wait' && other.until, until);
});

test('a clock that was years ahead for a while does not silence the job', () => {
  const runs = [...history(['2031-01-01T02:00:00Z', 'daily', 'done']), ...FULL];
  assert.equal(nextAction(ONLY_DAILY, runs, null, at('2026-06-03T02:00:00Z')).do, 'run');
});

test('a clock set back by an hour does not run the job twice', () => {
  const runs = [...history(['2026-06-03T02:00:00Z', 'daily', 'done']), ...FULL];
  const action = nextAction(ONLY_DAILY, runs, null, at('2026-06-03T01:10:00Z'));
  assert.equal(action.do, 'wait');
});

test('with no job in the schedule there is nothing to wait for', () => {
  const none = scheduleOf({ daily: null, weekly: null, monthly: null });
  assert.deepEqual(nextAction(none, [], null, at('2026-06-03T02:00:00Z')), {
    do: 'wait',
    until: null,
    reason: 'no job is scheduled',
  });
});
