import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TableStats } from '../../../src/hot/hot-stats.ts';
import { planCleanup } from '../../../src/lifecycle/cleanup/cleanup-plan.ts';
import { findOverdue, type Overdue, scheduledGrace } from '../../../src/lifecycle/report/status-overdue.ts';
import { asInstant, type Instant, instantOfMs } from '../../../src/model/instant.ts';
import { observabilityPolicies } from '../../../src/model/policy/policies.ts';
import { sampleReceipt } from '../../support/archives/sample-receipt.ts';

const NOW = Date.parse('2026-06-01T03:00:00Z') * 1000;
const policies = observabilityPolicies();
const WEEKLY = ['assertion_results', 'assertion_chains'];
const DAY = 86_400_000;

function overdue(
  tables: Readonly<Record<string, Partial<TableStats>>>,
  receipts: readonly ReturnType<typeof sampleReceipt>[] = [],
  firstRun: number | null = null,
): Overdue[] {
  const none: TableStats = {
    ...{ total: 100, hot: 0, stale: 0, warm: 0, undated: 0, open: 0, held: 0, leased: 0, lastId: 0, due: 0 },
    ...{ sentinel: 0, future: 0, timeHint: null },
    ...{ oldest: null, newest: null, firstDue: null, estimated: false, bounds: null },
  };
  const counted = new Map(
    Object.entries(tables).map(([table, stats]) => {
      const all = { ...none, ...stats };
      return [
        table,
        { ...all, due: all.stale - all.undated - all.open - all.held - all.leased - all.lastId },
      ];
    }),
  );
  const plan = planCleanup(policies, { receipts, held: new Map() }, asInstant(NOW));
  return findOverdue(policies, counted, plan, scheduledGrace(WEEKLY, firstRun));
}

const at = (text: string): Instant => instantOfMs(Date.parse(text));

test('rows that wait for the next run are not overdue, those that missed one are', () => {
  assert.deepEqual(overdue({ tool_uses: { stale: 5, firstDue: asInstant(at('2026-05-24T03:00:00Z')) } }), []);
  assert.deepEqual(overdue({ tool_uses: { stale: 5, firstDue: asInstant(at('2026-05-22T12:00:00Z')) } }), [
    { table: 'tool_uses', what: 'archive', rows: 5, since: '2026-05-29T12:00:00Z' },
  ]);
});

test('weekly tables have a week', () => {
  assert.deepEqual(
    overdue({ assertion_results: { stale: 5, firstDue: asInstant(at('2026-04-25T00:00:00Z')) } }),
    [],
  );
  assert.equal(
    overdue({ assertion_results: { stale: 5, firstDue: asInstant(at('2026-04-22T00:00:00Z')) } }).length,
    1,
  );
});

test('rows that are kept on purpose are not overdue', () => {
  const stats = { stale: 6, undated: 1, open: 2, held: 3, lastId: 0, firstDue: null };
  assert.deepEqual(overdue({ tool_uses: stats }), []);
});

test('segments that a monthly cleanup should have moved or purged, the longest waiting first', () => {
  const found = overdue({}, [
    sampleReceipt('tool_uses', '2026-04-10', { rows: 7 }),
    sampleReceipt('tool_uses', '2026-03-20', { rows: 5 }),
    sampleReceipt('tool_uses', '2026-03-10', { rows: 4 }),
    sampleReceipt('message_bus_log', '2025-12-01', { tier: 'cold', rows: 3 }),
    sampleReceipt('assertion_results', '2026-01-25', { rows: 2 }),
  ]);
  assert.deepEqual(found, [
    { table: 'message_bus_log', what: 'purge', rows: 3, since: '2026-04-08T00:00:00Z' },
    { table: 'tool_uses', what: 'consolidate', rows: 16, since: '2026-04-17T00:00:00Z' },
  ]);
});

test('before the first recorded run nothing was waited for, however old the rows are', () => {
  const tables = { assertion_results: { stale: 5, firstDue: at('2024-01-01T00:00:00Z') } };
  const receipts = [sampleReceipt('tool_uses', '2024-03-10')];
  const since = (days: number) => overdue(tables, receipts, NOW / 1000 - days * DAY).map(({ what }) => what);
  assert.deepEqual(since(8), []);
  assert.deepEqual(since(9), ['archive']);
  assert.deepEqual(new Set(since(34)), new Set(['archive', 'purge']));
});
