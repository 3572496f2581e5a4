import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Receipt } from '../../../src/hot/ledger.ts';
import { type CleanupPlan, dueSegments, planCleanup } from '../../../src/lifecycle/cleanup/cleanup-plan.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { buildPolicySet, getPolicy, observabilityPolicies } from '../../../src/model/policy/policies.ts';
import { purgeInstant, warmEnd } from '../../../src/model/policy/thresholds.ts';
import { sampleReceipt } from '../../support/archives/sample-receipt.ts';
import { matchesGolden } from '../../support/golden.ts';

const DAY = 86_400_000;
const set = observabilityPolicies();
const now = Date.parse('2026-06-01T03:00:00Z') * 1000;
const nothingHeld = new Map<string, string>();

const plan = (receipts: readonly Receipt[], options = {}, held = nothingHeld): CleanupPlan =>
  planCleanup(set, { receipts, held }, asInstant(now), options);
const moved = ({ consolidation }: CleanupPlan): string[] =>
  consolidation!.months.flatMap(({ segments }) => segments.map(({ segment }) => segment));
const purged = ({ purge }: CleanupPlan): string[] =>
  purge!.files.flatMap(({ segments }) => segments.map(({ segment }) => segment));

test('a monthly run: each table by its own times, one step per month and file', () => {
  const receipts = [
    sampleReceipt('tool_uses', '2026-04-23'),
    sampleReceipt('tool_uses', '2026-04-24'),
    sampleReceipt('tool_uses', '2026-04-25'),
    sampleReceipt('tool_uses', '2026-04-24', { part: 2, rows: 7 }),
    sampleReceipt('tool_uses', '2026-03-31'),
    sampleReceipt('assertion_results', '2026-03-31'),
    sampleReceipt('assertion_results', '2026-01-31'),
    sampleReceipt('message_bus_log', '2026-01-24', { tier: 'cold' }),
    sampleReceipt('message_bus_log', '2026-01-23', { tier: 'cold' }),
    sampleReceipt('message_bus_log', '2026-01-22'),
    sampleReceipt('tool_uses', '2025-04-24', { tier: 'cold' }),
    sampleReceipt('tool_uses', '2025-04-23', { tier: 'cold' }),
    sampleReceipt('tool_uses', '2025-01-01', { state: 'purged' }),
    sampleReceipt('orders', '2020-01-01'),
  ];
  const held = new Map([['2026-04-23/tool_uses.jsonl.gz', 'hold 1 keeps a row of it: the audit']]);
  matchesGolden(new URL('golden/cleanup-monthly.json', import.meta.url), plan(receipts, {}, held));
});

test('--older-than moves files without a policy too, warns where it is short, and purges nothing more', () => {
  const receipts = [
    sampleReceipt('tool_uses', '2026-05-20'),
    sampleReceipt('tool_uses', '2026-05-27'),
    sampleReceipt('orders', '2026-05-01'),
    sampleReceipt('task_list_execution_runs', '2026-05-01'),
  ];
  const changed = plan(receipts, { olderThanMs: 5 * DAY });
  matchesGolden(new URL('golden/cleanup-older-than.json', import.meta.url), changed);
  assert.deepEqual(moved(plan(receipts)), []);
  assert.deepEqual(purged(plan(receipts, { olderThanMs: 0 })), []);
});

test('--older-than 0d moves the day that has not ended too', () => {
  const today = sampleReceipt('tool_uses', '2026-06-01');
  assert.deepEqual(moved(plan([today], { olderThanMs: 0 })), [today.segment]);
  assert.deepEqual(moved(plan([today], { olderThanMs: 1 })), []);
});

test('a segment moves at the first instant of its end, not a microsecond earlier', () => {
  const receipt = sampleReceipt('tool_uses', '2026-04-23');
  const end = warmEnd(getPolicy(set, 'tool_uses'), receipt)!;
  const at = (instant: number): CleanupPlan =>
    planCleanup(set, { receipts: [receipt], held: nothingHeld }, asInstant(instant));
  assert.deepEqual(moved(at(end - 1)), []);
  assert.deepEqual(moved(at(end)), [receipt.segment]);
  const gone = purgeInstant(getPolicy(set, 'tool_uses')!, receipt);
  assert.deepEqual(purged(at(gone - 1)), []);
  assert.deepEqual(purged(at(gone)), [receipt.segment]);
  assert.deepEqual(moved(at(gone)), [], 'what is to be purged is not moved first');
});

test('a table without cold time goes straight from warm', () => {
  const short = buildPolicySet([{ ...getPolicy(set, 'tool_uses')!, coldMs: 0 }]);
  const receipt = sampleReceipt('tool_uses', '2026-04-23');
  const made = planCleanup(short, { receipts: [receipt], held: nothingHeld }, asInstant(now));
  assert.deepEqual(moved(made), []);
  assert.deepEqual(
    made.purge!.files.map(({ tier, path }) => [tier, path]),
    [['warm', 'warm/2026-04-23/tool_uses.jsonl.gz']],
  );
});

test('a segment whose rows are still being deleted neither moves nor goes', () => {
  const warm = plan([sampleReceipt('tool_uses', '2026-04-01', { state: 'draining' })]);
  assert.deepEqual(moved(warm), []);
  assert.equal(warm.consolidation!.kept.length, 1);
  const old = plan([sampleReceipt('tool_uses', '2020-04-01', { state: 'draining' })]);
  assert.deepEqual(purged(old), []);
  assert.equal(old.purge!.kept.length, 1);
});

test('consent is needed for more than half of all rows, not for half', () => {
  const old = sampleReceipt('tool_uses', '2020-01-01', { rows: 500 });
  const other = (rows: number): Receipt => sampleReceipt('tool_uses', '2026-05-30', { rows });
  assert.equal(plan([old, other(500)]).purge!.needsConsent, null);
  assert.match(plan([old, other(499)]).purge!.needsConsent!, /500 of 999/);
  assert.equal(plan([other(10)]).purge!.needsConsent, null);
});

test('either half alone', () => {
  const receipts = [sampleReceipt('tool_uses', '2020-01-01'), sampleReceipt('tool_uses', '2026-04-01')];
  assert.equal(plan(receipts, { only: 'purge' }).consolidation, null);
  assert.equal(plan(receipts, { only: 'consolidate' }).purge, null);
  assert.equal(plan(receipts, { only: 'consolidate' }).consolidation!.segments, 1);
});

const anyReceipt = fc
  .record({
    table: fc.constantFrom(...set.policies.keys(), 'orders', 'task_list_execution_runs'),
    age: fc.integer({ min: -2, max: 1000 }),
    part: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom('sealing', 'draining', 'archived', 'replaced', 'purged'),
    tier: fc.constantFrom('warm', 'cold'),
  })
  .map(({ table, age, part, state, tier }) => {
    const day = new Date(now / 1000 - age * DAY).toISOString().slice(0, 10);
    return sampleReceipt(table, day, { part, state, tier });
  });

test('nothing leaves early, nothing held moves, and no table without a policy is purged', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyReceipt, { selector: ({ segment }) => segment, maxLength: 40 }),
      fc.option(fc.integer({ min: 0, max: 100 }).map((days) => days * DAY)),
      fc.func(fc.boolean()),
      (receipts, olderThanMs, isHeld) => {
        const due = dueSegments(set, receipts, asInstant(now), { olderThanMs });
        const held = new Map(due.filter((name) => isHeld(name)).map((name) => [name, 'held']));
        const made = planCleanup(set, { receipts, held }, asInstant(now), { olderThanMs });
        const bySegment = new Map(receipts.map((receipt) => [receipt.segment, receipt]));
        const steps = [...moved(made), ...purged(made)];
        assert.equal(new Set(steps).size, steps.length, 'a segment has one step at most');
        for (const segment of steps) {
          assert.equal(bySegment.get(segment)!.state, 'archived');
          assert.ok(!held.has(segment));
          assert.ok(due.includes(segment));
        }
        for (const segment of purged(made)) {
          const receipt = bySegment.get(segment)!;
          assert.ok(purgeInstant(getPolicy(set, receipt.table)!, receipt) <= now);
        }
        for (const segment of moved(made)) {
          const receipt = bySegment.get(segment)!;
          assert.equal(receipt.tier, 'warm');
          const end = warmEnd(getPolicy(set, receipt.table), receipt, olderThanMs);
          assert.ok(olderThanMs === 0 || end! <= now);
        }
      },
    ),
  );
});
