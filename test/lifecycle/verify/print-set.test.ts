import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PrintSet } from '../../../src/lifecycle/archived/print-set.ts';

const half = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer());

test('a set knows what it was given, and what it was given twice', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(half, half), { maxLength: 80 }), half, half, (prints, low, high) => {
      const set = new PrintSet(4);
      for (const print of prints) set.take(...print);
      set.sort();
      const repeated = new PrintSet();
      set.repeatInto(repeated);
      repeated.sort();
      const counts = new Map<string, number>();
      for (const print of prints) counts.set(String(print), (counts.get(String(print)) ?? 0) + 1);
      for (const print of prints) {
        assert.ok(set.has(...print));
        assert.equal(repeated.has(...print), counts.get(String(print))! > 1);
      }
      assert.equal(repeated.size, [...counts.values()].filter((count) => count > 1).length);
      assert.equal(set.has(low, high), counts.has(String([low, high])));
    }),
  );
});

test('prints are found wherever they crowd', () => {
  for (const crowd of [0, 1 << 30, -1, -(1 << 30), (1 << 31) >> 0]) {
    const set = new PrintSet();
    for (let i = 0; i < 5000; i++) {
      set.take(i * 2, crowd);
      if (i < 10) set.take(i * 2, i << 28);
    }
    set.sort();
    for (let i = 0; i < 5000; i += 7) {
      assert.ok(set.has(i * 2, crowd));
      assert.ok(!set.has(i * 2 + 1, crowd));
    }
    for (let i = 0; i < 10; i++) assert.ok(set.has(i * 2, i << 28));
  }
});
