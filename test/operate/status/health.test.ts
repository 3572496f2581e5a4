import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunOutcome } from '../../../src/hot/run-log.ts';
import type { JobState } from '../../../src/operate/schedule/job-state.ts';
import { type Health, judgeHealth } from '../../../src/operate/status/health.ts';
import { at, history } from '../runs.ts';

const NOW = at('2026-06-03T12:00:00Z');

function judged(change: Partial<Parameters<typeof judgeHealth>[0]>): Health {
  const nothing = { jobs: [], tables: [], pause: null, backlogs: [], overdue: [], alarms: [] };
  return judgeHealth({ ...nothing, ...change }, NOW);
}

function lastRun(outcome: RunOutcome | null, message: string | null = null, running = false): JobState {
  const [run] = history(['2026-06-03T02:00:00Z', 'daily', outcome]);
  const record = { ...run!, end: run!.end && { ...run!.end, message } };
  return {
    ...{ job: 'daily', running, lastRun: record, lastSuccess: null },
    ...{ nextStart: null, reason: '', overdueSince: null },
  };
}

test('a last run that did not do its work is a problem, in words', () => {
  const words: Partial<Record<RunOutcome, string>> = {
    failed: 'the last daily job failed',
    partly: 'the last daily job was partly completed',
    died: 'the last daily job died',
  };
  for (const outcome of [
    ...(['done', 'budget', 'partly', 'failed', 'integrity', 'busy'] as const),
    ...(['locked', 'paused', 'quiet', 'stopped', 'died'] as const),
  ]) {
    const { level, problems } = judged({ jobs: [lastRun(outcome)] });
    const word = words[outcome];
    assert.deepEqual(problems, word === undefined ? [] : [word]);
    assert.equal(level, word === undefined ? 'ok' : 'attention');
  }
  assert.deepEqual(judged({ jobs: [lastRun('failed', 'no space')] }).problems, [
    'the last daily job failed (no space)',
  ]);
});

test('a run without an end died, unless it is running', () => {
  assert.deepEqual(judged({ jobs: [lastRun(null)] }).problems, ['the last daily job died']);
  assert.deepEqual(judged({ jobs: [lastRun(null, null, true)] }).problems, []);
  assert.deepEqual(judged({ jobs: [lastRun('failed', null, true)] }).problems, []);
  assert.deepEqual(judged({ jobs: [{ ...lastRun('done'), lastRun: null }] }).problems, []);
});

test('everything that is wrong is in one line, alarms first', () => {
  const pause = { since: '2026-06-03T01:00:00.000Z', until: null, reason: 'backup' };
  const late = { ...lastRun('done'), lastSuccess: lastRun('done').lastRun, overdueSince: NOW - 7_200_000 };
  const health = judged({
    ...{ alarms: ['x: damaged'], pause, jobs: [late] },
    overdue: [{ table: 't', what: 'purge', rows: 5, since: '2026-05-01' }],
    backlogs: [
      { job: 'daily', rows: 9, endsAt: null },
      { job: 'weekly', rows: 3, endsAt: NOW },
    ],
    tables: [
      { table: 'u', problem: 'no such collation' },
      { table: 'v', problem: null },
    ] as never,
  });
  const [alarm, paused, overdue, waiting, table, backlog, ...others] = health.problems;
  assert.equal(alarm, 'integrity: x: damaged');
  assert.match(paused!, /^paused since 2026-06-03.*: backup$/);
  assert.match(overdue!, /daily .*2h/);
  assert.match(waiting!, /^t: 5 rows .*purged since 2026-05-01$/);
  assert.equal(table, 'u: no such collation');
  assert.match(backlog!, /daily .*9 rows/);
  assert.deepEqual(others, []);
  assert.equal(health.level, 'alarm');
  assert.equal(health.line, `alarm: ${health.problems.join('; ')}`);
});

test('what waits is named by what should have become of it', () => {
  const since = '2026-05-01';
  const words = (['archive', 'consolidate', 'purge'] as const).map(
    (what) => judged({ overdue: [{ table: 't', what, rows: 1, since }] }).problems[0],
  );
  assert.match(words[0]!, /archived/);
  assert.match(words[1]!, /bundled/);
  assert.match(words[2]!, /purged/);
});

test('where nothing is wrong it is said so', () => {
  const { level, line, problems } = judged({ jobs: [lastRun('done')] });
  assert.deepEqual([level, problems], ['ok', []]);
  assert.match(line, /^ok: /);
});
