import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Footer } from '../../../src/format/segment/segment.ts';
import { planReconcile } from '../../../src/lifecycle/reconcile/plan-reconcile.ts';
import type { Inventory, WarmFile } from '../../../src/lifecycle/reconcile/reconcile-inventory.ts';
import { receiptOf } from '../../support/archives/receipts.ts';

const SEGMENT = '2026-01-16/t.jsonl.gz';
const SECOND = '2026-01-16/t.2.jsonl.gz';

function known(segment: string, bytes = 1000): WarmFile {
  return { segment, bytes, kind: 'known' };
}

function sealed(segment: string, replaces: string | null = null): WarmFile {
  return { segment, bytes: 1000, kind: 'sealed', footer: { replaces } as Footer };
}

function plan(inventory: Partial<Inventory>): string[] {
  const steps = planReconcile({
    receipts: [],
    away: new Map(),
    frozen: new Set(),
    warm: [],
    cold: new Map(),
    foreign: [],
    ...{ unreadable: [], quarantined: [], journal: [], records: [] },
    ...inventory,
  });
  return steps.map(({ action, subject }) => `${action} ${subject}`);
}

const inBundle = (segment: string, digest = 'd'.repeat(64)): Inventory['cold'] =>
  new Map([[segment, { bundle: 'cold/2026/2026-01.tar.gz', bytes: 1000, digest }]]);

test('an archive and receipts that agree need nothing', () => {
  assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT)], warm: [known(SEGMENT)] }), []);
});

test('a receipt whose file never got its name is forgotten', () => {
  assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT, { state: 'sealing' })] }), [`forget ${SEGMENT}`]);
});

test('a sealed file whose drain never began, or was cut short, is resumed', () => {
  for (const state of ['sealing', 'draining'] as const) {
    assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT, { state })], warm: [known(SEGMENT)] }), [
      `resume ${SEGMENT}`,
    ]);
  }
});

test('a sealed file that the ledger does not know is adopted', () => {
  assert.deepEqual(plan({ warm: [sealed(SEGMENT)] }), [`adopt ${SEGMENT}`]);
  assert.deepEqual(plan({ cold: inBundle(SEGMENT) }), [`adopt ${SEGMENT}`]);
});

test('a missing file and one of another size are alarms, whatever the state', () => {
  for (const state of ['draining', 'archived'] as const) {
    assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT, { state })] }), [`alarm ${SEGMENT}`]);
    assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT, { state })], warm: [known(SEGMENT, 999)] }), [
      `alarm ${SEGMENT}`,
    ]);
  }
});

test('a bundle that holds another segment under the same name loses neither: its own is adopted under a new name', () => {
  const found = plan({
    receipts: [receiptOf(SEGMENT)],
    warm: [known(SEGMENT)],
    cold: inBundle(SEGMENT, 'e'.repeat(64)),
  });
  const bundle = 'cold/2026/2026-01.tar.gz';
  assert.deepEqual(found, [`rename ${bundle}:${SEGMENT}`, `trim ${bundle}`]);
});

test('an unreadable bundle is an alarm', () => {
  const unreadable = [{ bundle: 'cold/2026/2026-01.tar.gz', why: 'torn', alarm: 'damaged' as const }];
  assert.deepEqual(plan({ unreadable }), ['alarm cold/2026/2026-01.tar.gz']);
});

test('a rewrite that died before its receipts were handed over is discarded while the original is whole', () => {
  const receipts = [receiptOf(SEGMENT, { state: 'draining' })];
  assert.deepEqual(plan({ receipts, warm: [known(SEGMENT), sealed(SECOND, SEGMENT)] }), [
    `discard ${SECOND}`,
    `resume ${SEGMENT}`,
  ]);
});

test('a rewritten file whose original is gone is adopted, never discarded, and its receipt takes over', () => {
  for (const state of ['draining', 'archived'] as const) {
    const receipts = [receiptOf(SEGMENT, { state })];
    const steps = [`adopt ${SECOND}`, `supersede ${SEGMENT}`];
    assert.deepEqual(plan({ receipts, warm: [sealed(SECOND, SEGMENT)] }), steps);
    const bundled = { bundle: 'cold/2026/2026-01.tar.gz', bytes: 1, digest: 'd', replaces: SEGMENT };
    assert.deepEqual(plan({ receipts, cold: new Map([[SECOND, bundled]]) }), steps);
  }
});

test('a replaced file goes only when its successor is there', () => {
  const receipts = [receiptOf(SEGMENT, { state: 'replaced', replacedBy: SECOND }), receiptOf(SECOND)];
  assert.deepEqual(plan({ receipts, warm: [known(SEGMENT), known(SECOND)] }), [`discard ${SEGMENT}`]);
  assert.deepEqual(plan({ receipts, warm: [known(SEGMENT)] }), [`alarm ${SECOND}`]);
});

test('what was purged and what is bundled leaves warm; the receipt learns its tier first', () => {
  assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT, { state: 'purged' })], warm: [known(SEGMENT)] }), [
    `discard ${SEGMENT}`,
  ]);
  const receipts = [receiptOf(SEGMENT, { tier: 'cold' })];
  assert.deepEqual(plan({ receipts, warm: [known(SEGMENT)], cold: inBundle(SEGMENT) }), [
    `discard ${SEGMENT}`,
  ]);
  assert.deepEqual(plan({ receipts: [receiptOf(SEGMENT)], cold: inBundle(SEGMENT) }), [`settle ${SEGMENT}`]);
  assert.deepEqual(plan({ receipts, warm: [known(SEGMENT)] }), [`settle ${SEGMENT}`]);
});

test('foreign files are left alone, and segments under a wrong name are set aside', () => {
  const warm: WarmFile[] = [
    { segment: 'notes.txt', bytes: 1, kind: 'foreign', why: 'its name' },
    { segment: SEGMENT, bytes: 1, kind: 'misnamed', footer: { digest: 'e'.repeat(64) } as Footer },
  ];
  assert.deepEqual(plan({ warm }), ['foreign warm/notes.txt', `quarantine warm/${SEGMENT}`]);
  const receipts = [receiptOf('2026-01-17/t.jsonl.gz', { digest: 'e'.repeat(64), state: 'purged' })];
  assert.deepEqual(plan({ receipts, warm }), ['foreign warm/notes.txt', `quarantine warm/${SEGMENT}`]);
});

test('while the location of cold is away nothing is concluded from what is missing, and nothing is taken in', () => {
  const location = { location: '/mnt/cold', why: '/mnt/cold has no archive.json', remedy: 'Mount its disk.' };
  const away: Inventory['away'] = new Map([['cold', { tier: 'cold', ...location }]]);
  const alarm = 'alarm /mnt/cold';
  const cold = receiptOf(SEGMENT, { tier: 'cold' });
  assert.deepEqual(plan({ away, receipts: [cold] }), [alarm], 'it is in its bundle');
  assert.deepEqual(plan({ away, receipts: [receiptOf(SEGMENT)] }), [alarm], 'it may be in its bundle');
  assert.deepEqual(plan({ away, warm: [sealed(SEGMENT)] }), [alarm, `blocked ${SEGMENT}`]);
  const replaced = receiptOf(SEGMENT, { state: 'replaced', replacedBy: SECOND });
  assert.deepEqual(plan({ away, receipts: [replaced], warm: [known(SEGMENT)] }), [alarm]);
  const sealing = receiptOf(SECOND, { state: 'sealing' });
  assert.deepEqual(
    plan({ away, receipts: [sealing] }),
    [alarm, `forget ${SECOND}`],
    'it was never published',
  );
  const warm: Inventory['away'] = new Map([['warm', { tier: 'warm', ...location }]]);
  assert.deepEqual(plan({ away: warm, receipts: [cold, sealing] }), [alarm]);
});
