import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runStates } from '../../../src/operate/status/run-history.ts';
import { statusJson } from '../../../src/operate/status/status-json.ts';
import { history } from '../runs.ts';
import { statusOf } from '../status-of.ts';

test('the JSON of a status tells a running run from a dead one, which both have no outcome', () => {
  const [ended] = history(['2026-05-31T02:00:00Z', 'daily', 'done']);
  const dead = { ...ended!, id: 2, startedAt: '2026-05-31T10:00:00.000Z', end: null };
  const open = { ...ended!, id: 3, startedAt: '2026-05-31T12:00:00.000Z', end: null };
  const runs = [open, dead, ended!];
  const lock = { since: '2026-05-31T12:00:00.000Z', pid: 1, host: 'h', command: 'job' };
  const states = (holder: typeof lock | null): unknown[] => {
    const { runs: said } = statusJson(statusOf({ runs, stateOf: runStates(runs, holder as never) }));
    return said.map(({ outcome, state }) => [outcome, state]);
  };
  assert.deepEqual(states(lock), [
    [null, 'running'],
    [null, 'died'],
    ['done', 'ended'],
  ]);
  assert.deepEqual(states(null), [
    [null, 'died'],
    [null, 'died'],
    ['done', 'ended'],
  ]);
});
