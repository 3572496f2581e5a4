import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bySegment, heirOf, successionOf } from '../../src/hot/heirs.ts';
import type { Receipt } from '../../src/hot/ledger.ts';
import { receiptOf } from '../support/archives/receipts.ts';

const NAMES = ['', '.2', '.3', '.4'].map((part) => `2026-01-16/t${part}.jsonl.gz`);
const [A, B, C, D] = NAMES as [string, string, string, string];

function replaced(segment: string, replacedBy: string | null): Receipt {
  return receiptOf(segment, { state: 'replaced', replacedBy });
}

test('successors are followed through the whole chain', () => {
  const receipts = bySegment([replaced(A, B), replaced(B, C), replaced(C, D), receiptOf(D)]);
  assert.deepEqual(
    successionOf(receipts, A).map(({ segment }) => segment),
    [A, B, C, D],
  );
  for (const segment of [A, B, C, D]) assert.equal(heirOf(receipts, segment)?.segment, D);
});

test('a chain that ends in nothing, in what is unknown or in a circle has no heir', () => {
  assert.equal(heirOf(bySegment([replaced(A, B), replaced(B, null)]), A), null);
  assert.equal(heirOf(bySegment([replaced(A, B), replaced(B, C)]), A), null);
  assert.equal(heirOf(bySegment([replaced(A, B), replaced(B, C), replaced(C, A)]), A), null);
  assert.equal(heirOf(bySegment([replaced(A, A)]), A), null);
  assert.equal(heirOf(bySegment([]), A), null);
});

test('what was purged after it was replaced is answered for by its tombstone', () => {
  const receipts = bySegment([replaced(A, B), receiptOf(B, { state: 'purged' })]);
  assert.equal(heirOf(receipts, A)?.state, 'purged');
});
