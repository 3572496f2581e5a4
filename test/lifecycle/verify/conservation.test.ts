import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawUpAccounts } from '../../../src/lifecycle/verify/conservation.ts';
import { receiptOf } from '../../support/archives/receipts.ts';

const A = '2026-01-16/t.jsonl.gz';
const B = '2026-01-16/t.2.jsonl.gz';

test('rows that left are in warm, in cold, purged, erased, or back in the database', () => {
  const receipts = [
    receiptOf(A),
    receiptOf(B, { tier: 'cold', deleted: 9, absent: 1 }),
    receiptOf('2025-01-16/t.jsonl.gz', { state: 'purged' }),
    receiptOf('2025-01-17/t.jsonl.gz', { state: 'purged', replacedBy: 'erased' }),
    receiptOf('2025-01-18/t.jsonl.gz', { state: 'purged', replacedBy: 'returned' }),
  ];
  const account = {
    table: 't',
    archived: 50,
    warm: 10,
    cold: 10,
    purged: 10,
    erased: 10,
    returned: 10,
    balanced: true,
  };
  assert.deepEqual(drawUpAccounts(receipts), [account]);
});

test('rows that changed while they were copied never left', () => {
  const receipts = [
    receiptOf(A, { state: 'replaced', replacedBy: B, deleted: 8, changed: 2 }),
    receiptOf(B, { rows: 8, deleted: 8 }),
  ];
  assert.equal(drawUpAccounts(receipts)[0]?.archived, 8);
  assert.equal(drawUpAccounts(receipts)[0]?.balanced, true);
});

test('a segment that holds fewer rows than left hot is off balance', () => {
  assert.equal(drawUpAccounts([receiptOf(A, { rows: 9 })])[0]?.balanced, false);
});

test('a rewrite that lost a line is off balance', () => {
  const receipts = [
    receiptOf(A, { state: 'replaced', replacedBy: B, deleted: 8, changed: 2 }),
    receiptOf(B, { rows: 7, deleted: 7 }),
  ];
  assert.equal(drawUpAccounts(receipts)[0]?.balanced, false);
});
