import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Figure } from '../../bench/benchmark.ts';
import { findWorse } from '../../bench/guard.ts';
import type { Result } from '../../bench/results.ts';

function result(figures: readonly Partial<Figure>[], changes: Partial<Result> = {}): Result {
  return {
    ...{
      benchmark: 'archive',
      about: '',
      date: '2026-03-01T00:00:00.000Z',
      rows: [1000],
      runs: 3,
      warnings: [],
    },
    machine: { hardware: '2 × processor, 8 GiB', software: '' },
    figures: figures.map((figure) => ({
      ...{ name: 'a / b', measured: '', yardstick: '', ratio: 1, target: { atMost: 2 } },
      ...figure,
    })),
    ...changes,
  };
}

test('a ratio a quarter worse than the recorded one is found, whichever way is worse', () => {
  assert.deepEqual(findWorse(result([{ ratio: 1.2 }]), result([{}])), []);
  assert.deepEqual(findWorse(result([{ ratio: 1.3 }]), result([{}])), ['a / b: was 1.00, is 1.30']);
  const more = { target: { better: 'more' } } as const;
  assert.deepEqual(findWorse(result([{ ratio: 1.3, ...more }]), result([more])), []);
  assert.deepEqual(findWorse(result([{ ratio: 0.7, ...more }]), result([more])), [
    'a / b: was 1.00, is 0.70',
  ]);
});

test('a figure is not worse as long as a recorded round was as bad', () => {
  const was = result([{ spread: [0.8, 1.6] }]);
  assert.deepEqual(findWorse(result([{ ratio: 1.5 }]), was), []);
  assert.equal(findWorse(result([{ ratio: 1.7 }]), was).length, 1);
});

test('what was recorded and is not measured any more is found', () => {
  assert.deepEqual(findWorse(result([]), result([{}])), ['a / b: recorded, but not measured now']);
});

test('figures of another size, or never recorded, are not taken for well', () => {
  assert.match(findWorse(result([{}], { rows: [10] }), result([{}]))[0]!, /not comparable/);
  assert.match(findWorse(result([{}]), undefined)[0]!, /nothing is recorded/);
});

test('times against a number are held against those of the same machine only; orientation is never held', () => {
  const slow = result([{ ratio: 9 }], { machine: { hardware: 'another', software: '' } });
  assert.deepEqual(findWorse(slow, result([{ absolute: true }])), []);
  assert.equal(findWorse(slow, result([{}])).length, 1);
  assert.deepEqual(findWorse(result([{ ratio: 9 }]), result([{ unguarded: true }])), []);
});
