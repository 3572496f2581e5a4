import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HostileWorld } from '../support/worlds/hostile-world.ts';
import { createObservabilitySchema, insertRow } from '../support/worlds/observability-schema.ts';

const DAY = 86_400_000;
/** Every row of these tests is of this day, which ends at the instant its files' ages count from. */
const END_OF_DAY = Date.parse('2026-01-17T00:00:00Z');
const TIME = '2026-01-16T11:23:33.120Z';

const TABLES = {
  transcript_entries: 'timestamp',
  tool_uses: 'start_time',
  skill_traces: 'start_time',
  assertion_results: 'timestamp',
  assertion_chains: 'created_at',
  message_bus_log: 'timestamp',
} as const;

/** The preset's tables with a row each, all archived. */
async function archivedWorld(t: TestContext): Promise<HostileWorld> {
  const world = new HostileWorld(t, {
    tables: null,
    fill: (db) => {
      createObservabilitySchema(db);
      for (const [table, column] of Object.entries(TABLES))
        insertRow(db, table, { id: table, [column]: TIME });
    },
  });
  const { status, total } = await world.archive('all', [], { now: END_OF_DAY + 40 * DAY });
  assert.deepEqual([status, total], [0, 6]);
  return world;
}

/** Which tables' rows the archives hold, and in which tier, after a cleanup so many days past the end of their day. */
async function tiersAfter(world: HostileWorld, days: number): Promise<Record<string, string>> {
  const now = END_OF_DAY + days * DAY;
  const { status, stderr } = await world.firn(['cleanup', 'archives', '--yes'], { now });
  assert.equal(status, 0, stderr);
  using db = world.others();
  const rows = db
    .prepare('SELECT "table", iif(state = \'purged\', state, tier) AS tier FROM _firn_receipts')
    .all();
  const tiers = Object.fromEntries(rows.map(({ table, tier }) => [String(table), String(tier)]));
  const held = new Set(world.archived().keys());
  for (const [table, tier] of Object.entries(tiers))
    assert.equal(held.has(table), tier !== 'purged', `${table} is ${tier}`);
  return tiers;
}

test('hazard 11: each table is purged at its own time, not at the longest', async (t) => {
  const world = await archivedWorld(t);
  const purged = async (days: number): Promise<string[]> =>
    Object.entries(await tiersAfter(world, days))
      .filter(([, tier]) => tier === 'purged')
      .map(([table]) => table)
      .sort();
  const [messages, transcripts, assertions] = [
    ['message_bus_log'],
    ['message_bus_log', 'skill_traces', 'tool_uses', 'transcript_entries'],
    Object.keys(TABLES).sort(),
  ];
  for (const [days, expected] of [
    [126.999, []],
    [127, messages],
    [401.999, messages],
    [402, transcripts],
    [849.999, transcripts],
    [850, assertions],
  ] as const) {
    assert.deepEqual(await purged(days), expected, `${days} days`);
  }
  assert.equal(world.archived().size, 0);
  assert.equal((await world.firn(['verify', '--deep'], { now: END_OF_DAY + 900 * DAY })).status, 0);
});

test('hazard 12: each table stays in warm for its own time: the assertions’ files for ninety days', async (t) => {
  const world = await archivedWorld(t);
  const cold = async (days: number): Promise<string[]> =>
    Object.entries(await tiersAfter(world, days))
      .filter(([, tier]) => tier === 'cold')
      .map(([table]) => table)
      .sort();
  assert.deepEqual(await cold(36.999), []);
  const soon = ['message_bus_log', 'skill_traces', 'tool_uses', 'transcript_entries'];
  assert.deepEqual(await cold(37), soon);
  assert.deepEqual(await cold(119.999), soon);
  assert.deepEqual(await cold(120), Object.keys(TABLES).sort());
});
