import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ratio, speedup } from '../../bench/figures.ts';
import { inRounds, median, percentile } from '../../bench/rounds.ts';

test('each round begins with another contender, and all have as many runs', async () => {
  const order: string[] = [];
  const run = (name: string) => async (): Promise<number> => order.push(name);
  const rounds = await inRounds(3, { a: run('a'), b: run('b'), c: run('c') });
  assert.equal(order.join(''), 'abcbcacab');
  assert.deepEqual(rounds, { a: [1, 6, 8], b: [2, 4, 9], c: [3, 5, 7] });
});

test('the median of an even number of values lies between the middle two', () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.equal(median([9, 1, 5]), 5);
});

test('a percentile is one of the values, and the last one is the largest', () => {
  const values = Array.from({ length: 200 }, (_, n) => 200 - n);
  assert.equal(percentile(values, 0.99), 198);
  assert.equal(percentile(values, 1), 200);
  assert.equal(percentile([7], 0.5), 7);
});

test('a ratio is that of the medians, its spread that of single rounds', () => {
  const sides = { firn: [10, 20, 12], yardstick: [5, 8, 8] };
  const show = String;
  const { spread, ...figure } = ratio('firn / it', sides, show, { atMost: 2 });
  assert.deepEqual(figure, {
    name: 'firn / it',
    measured: '12',
    yardstick: '8',
    ratio: 1.5,
    target: { atMost: 2 },
  });
  assert.deepEqual(spread, [1.5, 2.5]);
  assert.equal(speedup('it / firn', sides, show, { better: 'more' }).ratio, 8 / 12);
});
