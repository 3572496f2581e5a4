import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { inLanes } from '../../../src/lifecycle/verify/lanes.ts';

test('so many items are worked on at once, each once', async () => {
  let [now, most] = [0, 0];
  const done: number[] = [];
  await inLanes([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    most = Math.max(most, ++now);
    await setImmediate();
    now--;
    done.push(item);
    return true;
  });
  assert.equal(most, 3);
  assert.deepEqual(done.sort(), [1, 2, 3, 4, 5, 6, 7]);
});

test('nothing is begun after an end or an error, and what was begun is waited for', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = (end: () => boolean) => async (item: number) => {
    begun.push(item);
    await setImmediate();
    ended.push(item);
    return item === 2 ? end() : true;
  };
  await inLanes(
    [1, 2, 3, 4, 5, 6],
    2,
    work(() => false),
  );
  assert.ok(begun.length < 6);
  assert.deepEqual(ended, begun);
  const fails = work(() => {
    throw new Error('no');
  });
  await assert.rejects(inLanes([1, 2, 3, 4, 5, 6], 2, fails), /no/);
  assert.deepEqual(ended, begun);
});
