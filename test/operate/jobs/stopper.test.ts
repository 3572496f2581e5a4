import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PauseState } from '../../../src/hot/run-log.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { Stopper, type StopperOptions } from '../../../src/operate/jobs/stopper.ts';

const PAUSE: PauseState = { since: '2026-06-03T01:00:00.000Z', until: null, reason: 'backup' };

function world(options: StopperOptions = {}) {
  const state = { at: 1_000, looks: 0, pause: null as PauseState | null, error: null as Error | null };
  const clock = { now: () => Date.parse('2026-06-03T02:00:00Z'), monotonic: () => state.at };
  const log = {
    pause: async () => {
      state.looks++;
      if (state.error !== null) throw state.error;
      return state.pause;
    },
  };
  return { state, stopper: new Stopper(clock as never, log, options) };
}

test('a pause is looked for every quarter of a second, and seen at the next question', async () => {
  const { state, stopper } = world();
  const ask = async (at: number): Promise<string | null> => {
    state.at = at;
    const answer = stopper.check();
    await stopper.settled();
    return answer;
  };
  assert.equal(await ask(1_000), null);
  assert.equal(state.looks, 1);
  assert.equal(await ask(1_249), null);
  assert.equal(state.looks, 1);
  state.pause = PAUSE;
  assert.equal(await ask(1_250), null);
  assert.equal(state.looks, 2);
  assert.match((await ask(1_251))!, /^paused since .*backup$/);
  assert.equal(stopper.cause?.kind, 'paused');
  state.pause = null;
  assert.match((await ask(9_000))!, /backup/, 'it stays by its reason');
  assert.equal(state.looks, 2);
});

test('before a run begins the pause is looked for first', async () => {
  const { state, stopper } = world();
  state.pause = PAUSE;
  assert.match((await stopper.checkNow())!, /backup/);
  const over = world();
  over.state.pause = { ...PAUSE, until: '2026-06-03T02:00:00.000Z' };
  assert.equal(await over.stopper.checkNow(), null);
});

test('a database that is busy hides a pause for a moment only, and another failure is told', async () => {
  const { state, stopper } = world();
  state.error = new FirnError('unavailable', 'locked', { operation: 'look' });
  assert.equal(await stopper.checkNow(), null);
  state.error = new FirnError('database', 'broken', { operation: 'look' });
  await assert.rejects(stopper.checkNow(), { code: 'database' });
});

test('a signal, the time allowed and quiet hours end a run, in this order', () => {
  const signal = AbortSignal.abort();
  const quietUntil = () => Date.parse('2026-06-03T06:00:00Z');
  const kind = (options: StopperOptions, at = 1_000): string | undefined => {
    const { state, stopper } = world(options);
    state.at = at;
    stopper.check();
    return stopper.cause?.kind;
  };
  assert.equal(kind({ signal, maxRuntimeMs: 0, quietUntil }), 'stopped');
  assert.equal(kind({ maxRuntimeMs: 0, quietUntil }), 'budget');
  assert.equal(kind({ maxRuntimeMs: 500 }, 1_499), undefined);
  assert.equal(kind({ maxRuntimeMs: 500 }, 1_500), 'budget');
  assert.equal(kind({ maxRuntimeMs: null, quietUntil }, 1e12), 'quiet');
  assert.equal(kind({ quietUntil: () => null }), undefined);
  assert.match(world({ quietUntil }).stopper.check()!, /2026-06-03T06:00:00\.000Z/);
});
