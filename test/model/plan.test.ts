import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Instant, instantOfMs } from '../../src/model/instant.ts';
import type { Inventory, TableSurvey } from '../../src/model/policy/archive-plan.ts';
import { planArchive } from '../../src/model/policy/plan-archive.ts';
import {
  buildPolicySet,
  getPolicy,
  observabilityPolicies,
  resolveTarget,
} from '../../src/model/policy/policies.ts';
import { matchesGolden } from '../support/golden.ts';

const DAY = 86_400_000;
const set = observabilityPolicies();
const all = resolveTarget(set, 'all');
const now: Instant = instantOfMs(Date.parse('2026-03-01T12:30:00.250Z'));
const nothing: TableSurvey = { days: [], open: 0, held: 0, leased: 0, lastId: 0, undated: 0 };
const nothingDue: Inventory = new Map(all.map((table) => [table, nothing]));

const golden = (name: string, plan: unknown): void =>
  matchesGolden(new URL(`golden/${name}.json`, import.meta.url), plan);

test('an ordinary day: one step per table and event day', () => {
  const inventory: Inventory = new Map(nothingDue)
    .set('tool_uses', {
      days: [
        { day: '2026-01-20', rows: 12 },
        { day: '2026-02-21', rows: 25_010 },
        { day: '2026-02-22', rows: 12_801 },
      ],
      open: 3,
      held: 0,
      leased: 0,
      lastId: 0,
      undated: 1,
    })
    .set('message_bus_log', {
      days: [{ day: '2026-02-22', rows: 4_000 }],
      open: 0,
      held: 250,
      leased: 0,
      lastId: 0,
      undated: 0,
    });
  golden('ordinary-day', planArchive(set, all, inventory, now));
});

test('what is not there, exempt, unknown or unreadable is said, and the others go on', () => {
  const inventory: Inventory = new Map(nothingDue)
    .set('skill_traces', 'missing')
    .set('assertion_chains', { error: 'no such column: created_at' })
    .set('transcript_entries', { days: [], open: 4, held: 9, leased: 0, lastId: 0, undated: 2 });
  const targets = [...all, 'task_list_execution_runs', 'orders'];
  golden('troubles', planArchive(set, targets, inventory, now));
});

test('--older-than shorter than the policy is planned with a warning', () => {
  const inventory: Inventory = new Map(nothingDue).set('tool_uses', {
    days: [{ day: '2026-03-01', rows: 7 }],
    open: 2,
    held: 0,
    leased: 0,
    lastId: 0,
    undated: 0,
  });
  golden('older-than-zero', planArchive(set, ['tool_uses'], inventory, now, { olderThanMs: 0 }));
});

test('a longer --older-than is no matter for a warning', () => {
  const plan = planArchive(set, all, nothingDue, now, { olderThanMs: 31 * DAY });
  assert.deepEqual(plan.warnings, []);
  assert.equal(plan.tables[0]!.cutoffDate, '2026-01-29');
});

test('a survey that reports younger rows than the cutoff moves nothing', () => {
  const inventory: Inventory = new Map([
    ['tool_uses', { ...nothing, days: [{ day: '2026-02-23', rows: 1 }] }],
  ]);
  const [table] = planArchive(set, ['tool_uses'], inventory, now).tables;
  assert.equal(table!.status, 'error');
  assert.equal(table!.records, 0);
});

const dayNames = fc
  .integer({ min: 0, max: 900 })
  .map((age) => new Date(now / 1000 - age * DAY).toISOString().slice(0, 10));
const surveys = fc.record({
  days: fc.uniqueArray(fc.record({ day: dayNames, rows: fc.nat(1e6) }), {
    selector: ({ day }) => day,
    maxLength: 20,
  }),
  open: fc.nat(1000),
  held: fc.nat(1000),
  leased: fc.nat(2),
  lastId: fc.nat(1),
  undated: fc.nat(1000),
});
const found = fc.oneof(surveys, fc.constant('missing' as const), fc.record({ error: fc.string() }));
const olderThan = fc.option(fc.integer({ min: 0, max: 500 }).map((days) => days * DAY));

test('a plan holds every due row once and nothing younger than its cutoff', () => {
  fc.assert(
    fc.property(fc.array(found, { minLength: 6, maxLength: 6 }), olderThan, (findings, olderThanMs) => {
      const inventory: Inventory = new Map(all.map((table, at) => [table, findings[at]!]));
      const plan = planArchive(set, all, inventory, now, { olderThanMs });

      assert.deepEqual(
        plan.tables.map(({ table }) => table),
        all,
      );
      assert.equal(
        plan.total,
        plan.tables.reduce((sum, { records }) => sum + records, 0),
      );
      for (const table of plan.tables) {
        assert.equal(
          table.records,
          table.steps.reduce((sum, { rows }) => sum + rows, 0),
        );
        assert.equal(table.status === 'due', table.steps.length > 0);
        assert.ok(table.status === 'due' || table.message !== null);
        for (const [at, step] of table.steps.entries()) {
          assert.ok(step.rows > 0 && step.reason !== '' && step.table === table.table);
          assert.ok(step.day <= table.cutoffDate!);
          assert.ok(at === 0 || table.steps[at - 1]!.day < step.day);
        }
        const survey = inventory.get(table.table);
        if (typeof survey === 'object' && 'days' in survey && table.status !== 'error') {
          assert.equal(
            table.records,
            survey.days.reduce((sum, { rows }) => sum + rows, 0),
          );
        }
      }
      assert.deepEqual(planArchive(set, all, inventory, now, { olderThanMs }), plan, 'the same again');
    }),
  );
});

test('rows that rules keep are counted, and a shorter rule may be the only reason of a step', () => {
  const tools = getPolicy(set, 'tool_uses')!;
  const ruled = buildPolicySet([
    {
      ...tools,
      hotRules: [{ where: "result_status = 'debug'", hotMs: DAY }],
      keepLast: 50,
      span: 'week',
    },
  ]);
  const inventory: Inventory = new Map([
    [
      'tool_uses',
      {
        ...nothing,
        days: [
          { day: '2026-02-09', rows: 12 },
          { day: '2026-02-16', rows: 3 },
        ],
        ruled: 4,
        newest: 5,
      },
    ],
  ]);
  golden('row-rules', planArchive(ruled, ['tool_uses'], inventory, now));
  const stayed: Inventory = new Map([['tool_uses', { ...nothing, ruled: 4, newest: 5 }]]);
  assert.equal(
    planArchive(ruled, ['tool_uses'], stayed, now).tables[0]!.message,
    "all rows that are 7d old or older (the policy's hot time) stay: 0 unfinished, 0 held, 4 by hot_rules, 5 among the newest 50 (keep_last)",
  );
});
