import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heap } from '../../../src/lookup/read/heap.ts';

function heapOf(items: readonly number[]): Heap<number> {
  const heap = new Heap<number>((a, b) => a - b);
  for (const item of items) heap.push(item);
  return heap;
}

function drained(heap: Heap<number>): number[] {
  const all: number[] = [];
  while (heap.size > 0) {
    const first = heap.peek();
    assert.equal(heap.pop(), first);
    all.push(first!);
  }
  return all;
}

/** Every order of a few items, some of them twice. */
function* ordersOf(items: readonly number[]): Generator<number[]> {
  if (items.length < 2) yield [...items];
  else
    for (const [at, item] of items.entries())
      for (const rest of ordersOf(items.toSpliced(at, 1))) yield [item, ...rest];
}

test('items come out in their order, however they went in', () => {
  for (const order of ordersOf([1, 2, 2, 3, 4, 5])) {
    assert.deepEqual(heapOf(order).first(3), [1, 2, 2]);
    assert.deepEqual(drained(heapOf(order)), [1, 2, 2, 3, 4, 5]);
  }
  const many = Array.from({ length: 500 }, (_, at) => (at * 7919) % 503);
  assert.deepEqual(
    drained(heapOf(many)),
    many.toSorted((a, b) => a - b),
  );
});

test('items may be put in while others are taken out', () => {
  const heap = heapOf([5, 3]);
  assert.equal(heap.pop(), 3);
  heap.push(4);
  heap.push(6);
  assert.deepEqual(drained(heap), [4, 5, 6]);
});

test('an empty heap has nothing to give', () => {
  const heap = heapOf([]);
  assert.deepEqual([heap.size, heap.peek(), heap.pop(), heap.first(2)], [0, undefined, undefined, []]);
});

test('the least are looked at or kept, and the others given back', () => {
  const heap = heapOf([9, 1, 8, 2, 7]);
  assert.deepEqual(heap.first(0), []);
  assert.deepEqual(heap.first(2), [1, 2]);
  assert.deepEqual(heap.first(9), [1, 2, 7, 8, 9]);
  assert.equal(heap.size, 5);
  assert.deepEqual(
    heap.cut(2).sort((a, b) => a - b),
    [7, 8, 9],
  );
  assert.deepEqual(drained(heap), [1, 2]);
});
