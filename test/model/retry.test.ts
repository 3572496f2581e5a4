import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, FirnError } from '../../src/model/errors.ts';
import { retrying } from '../../src/model/retry.ts';

/** A call that fails so often with this code, each time after `takesMs`, and a clock that only its sleeps and the call move on. */
function world(failures: number, code: ErrorCode = 'unavailable', takesMs = 0) {
  let now = 1_000;
  const waits: number[] = [];
  let calls = 0;
  const clock = {
    monotonic: () => now,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const call = async (): Promise<string> => {
    now += takesMs;
    if (++calls <= failures) throw new FirnError(code, `failure ${calls}`, { operation: 'call' });
    return `call ${calls}`;
  };
  return { clock, call, waits, calls: () => calls };
}

test('what succeeds is done once, without a pause', async () => {
  const { clock, call, waits } = world(0);
  assert.equal(await retrying(clock, call), 'call 1');
  assert.deepEqual(waits, []);
});

test('what is unavailable is tried again after growing pauses, four times at most', async () => {
  const { clock, call, waits } = world(3);
  assert.equal(await retrying(clock, call), 'call 4');
  assert.deepEqual(waits, [50, 250, 1_000]);
  const never = world(9);
  await assert.rejects(retrying(never.clock, never.call), { message: 'failure 4' });
  assert.equal(never.calls(), 4);
});

test('any other failure is thrown at once', async () => {
  for (const code of ['io', 'integrity', 'locked', 'not_found', 'database', 'refused'] as const) {
    const { clock, call, waits, calls } = world(1, code);
    await assert.rejects(retrying(clock, call), { code });
    assert.deepEqual([calls(), waits], [1, []]);
  }
  const { clock } = world(0);
  await assert.rejects(
    retrying(clock, async () => {
      throw new TypeError('unavailable');
    }),
    TypeError,
  );
});

test('within a limit, what has waited long by itself is not tried again', async () => {
  const { clock, call, calls } = world(9, 'unavailable', 5_000);
  await assert.rejects(retrying(clock, call, { withinMs: 4_000 }), { message: 'failure 1' });
  assert.equal(calls(), 1);
  const twice = world(9, 'unavailable', 1_900);
  await assert.rejects(retrying(twice.clock, twice.call, { withinMs: 4_000 }), { message: 'failure 2' });
});

test('pauses can be given', async () => {
  const { clock, call, waits } = world(2, 'unavailable', 60_000);
  const patience = { pausesMs: [1, 2, 3] };
  assert.equal(await retrying(clock, call, patience), 'call 3');
  assert.deepEqual(waits, [1, 2]);
});
