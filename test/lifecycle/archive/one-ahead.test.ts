import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { oneAhead } from '../../../src/copying/one-ahead.ts';

async function* numbers(until: number, made: number[], failAt = 0): AsyncGenerator<number, void, void> {
  for (let number = 1; number <= until; number++) {
    await setImmediate();
    if (number === failAt) throw new Error(`no ${number}`);
    made.push(number);
    yield number;
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

test('one item, and no more, is made while another is in hand', async () => {
  const made: number[] = [];
  const dropped: number[] = [];
  const taken: number[] = [];
  for await (const number of oneAhead(numbers(4, made), async (item) => void dropped.push(item))) {
    await turns();
    taken.push(number);
    assert.deepEqual(made, [1, 2, 3, 4].slice(0, number + 1));
  }
  assert.deepEqual([taken, dropped], [[1, 2, 3, 4], []]);
});

test('what was made in vain is dropped, and nothing more is made', async () => {
  const made: number[] = [];
  const dropped: number[] = [];
  for await (const _ of oneAhead(numbers(9, made), async (item) => void dropped.push(item))) break;
  await turns();
  assert.deepEqual([made, dropped], [[1, 2], [2]]);
});

test('a failure comes when its item is asked for, after all before it', async () => {
  const taken: number[] = [];
  await assert.rejects(async () => {
    for await (const number of oneAhead(numbers(9, [], 3), async () => assert.fail())) {
      await turns();
      taken.push(number);
    }
  }, /no 3/);
  assert.deepEqual(taken, [1, 2]);
});
