import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAhead } from '../../src/model/open-ahead.ts';

interface Told {
  readonly begun: number[];
  readonly closed: number[];
}

function opened(width: number, told: Told, failAt = -1): AsyncGenerator<number, void, void> {
  const open = async (item: number): Promise<number> => {
    told.begun.push(item);
    if (item === failAt) throw new Error(`no ${item}`);
    return item;
  };
  return openAhead([0, 1, 2, 3, 4], width, open, async (item) => void told.closed.push(item));
}

test('items are opened ahead up to the width, come in their order, and each is closed when the next is asked for', async () => {
  for (const width of [1, 3, 99]) {
    const told: Told = { begun: [], closed: [] };
    const taken: number[] = [];
    for await (const item of opened(width, told)) {
      assert.equal(told.begun.length, Math.min(5, item + width));
      assert.deepEqual(told.closed, [0, 1, 2, 3, 4].slice(0, item));
      taken.push(item);
    }
    assert.deepEqual([taken, told.closed], [told.begun, [0, 1, 2, 3, 4]]);
  }
});

test('who stops early leaves nothing open, and a failure comes when its item is asked for', async () => {
  const early: Told = { begun: [], closed: [] };
  for await (const item of opened(3, early)) if (item === 1) break;
  assert.deepEqual(early.closed.toSorted(), [0, 1, 2, 3]);
  assert.deepEqual(early.begun, [0, 1, 2, 3]);

  const failing: Told = { begun: [], closed: [] };
  const taken: number[] = [];
  await assert.rejects(async () => {
    for await (const item of opened(3, failing, 2)) taken.push(item);
  }, /no 2/);
  assert.deepEqual(taken, [0, 1]);
  assert.deepEqual(
    failing.closed.toSorted(),
    failing.begun.filter((item) => item !== 2),
  );
});
