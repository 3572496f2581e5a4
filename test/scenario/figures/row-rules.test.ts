import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openSqliteStats } from '../../../src/hot/sqlite/stats/sqlite-stats.ts';
import { dueRule } from '../../../src/lifecycle/archive/survey-tables.ts';
import { dueRows } from '../../../src/lifecycle/report/status-overdue.ts';
import { explainRow } from '../../../src/lookup/search/explain-row.ts';
import { formatInstant, type Instant, instantOfMs } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import { SpansWorld } from '../../support/worlds/spans-world.ts';

const DAY_MS = 86_400_000;
const NOW = '2026-02-10T12:00:00Z';

function at(text: string): Instant {
  return instantOfMs(Date.parse(text));
}

/** The ids of the rows in the database. */
function ids(world: SpansWorld): number[] {
  using db = new DatabaseSync(world.database, { readOnly: true });
  return db
    .prepare('SELECT id FROM t ORDER BY id')
    .all()
    .map(({ id }) => Number(id));
}

async function figures(world: SpansWorld, now: string) {
  await using reader = await openSqliteReader(world.database);
  await using stats = await openSqliteStats(world.database);
  const context = { policies: buildPolicySet([world.policy]), now: at(now), olderThanMs: null, holds: [] };
  const shape = (await reader.shape('t'))!;
  return await stats.table(shape, dueRule(context, world.policy));
}

async function whyKept(world: SpansWorld, id: number, now: string): Promise<readonly string[]> {
  await using reader = await openSqliteReader(world.database);
  await using lookup = openSqliteLookup(world.database);
  const policies = buildPolicySet([world.policy]);
  const places = {
    hot: { reader, lookup },
    archive: openFolder(world.archives),
    dialect: reader.dialect,
    policies,
  };
  const { places: found } = await explainRow(places, 't', [String(id)], at(now));
  return found[0]!.kept;
}

/** Rows 1 to 40 of 1 January to 9 February, at noon. By 10 February hot 7d reaches row 34 (3 February, noon). */
function worldOf(t: TestContext, policy: Partial<Policy>): SpansWorld {
  return new SpansWorld(t, '2026-01-01', 40, policy);
}

test('rows leave by the hot time of the first rule that they satisfy, and the report counts those that stay', async (t) => {
  const hotRules = [
    { where: 'id % 10 = 7', hotMs: null },
    { where: 'id % 5 = 2', hotMs: 20 * DAY_MS },
    { where: 'id % 5 = 0', hotMs: DAY_MS },
  ];
  const world = worldOf(t, { hotRules });
  const before = world.rows().hot;
  const { tables, total } = await world.archive(NOW);
  // 20d reaches row 21, 1d reaches row 40.
  const stays = (id: number): boolean => {
    if (id % 10 === 7) return true;
    if (id % 5 === 2) return id > 21;
    return id % 5 === 0 ? false : id > 34;
  };
  const all = Array.from({ length: 40 }, (_, i) => i + 1);
  assert.deepEqual(ids(world), all.filter(stays));
  assert.equal(total, all.filter((id) => !stays(id)).length);
  const ruled = all.filter((id) => stays(id) && id <= 34).length;
  assert.deepEqual([tables[0]!.kept.rule, tables[0]!.kept.keepLast], [ruled, 0]);
  const { hot, archived } = world.rows();
  assert.deepEqual([...hot, ...archived].sort(), before);
  const again = await figures(world, NOW);
  assert.deepEqual([again.due, again.stale, again.hot], [0, 0, ids(world).length]);
  assert.equal((await world.archive(NOW)).total, 0, 'nothing is due that could leave');
  assert.deepEqual((await world.verify(NOW)).alarms, []);
});

test('a row that a rule keeps longer is not overdue, and its wait counts from the end of its own hot time', async (t) => {
  const world = worldOf(t, { hotRules: [{ where: 'id <= 30', hotMs: 35 * DAY_MS }] });
  await world.archive(NOW);
  const later = '2026-02-12T12:00:00Z';
  const { due, firstDue } = await figures(world, later);
  assert.equal(due, 4, 'rows 7 and 8 (35d), rows 35 and 36 (7d)');
  assert.ok(firstDue !== null);
  const found = dueRows(world.policy, await figures(world, later))!;
  assert.equal(formatInstant(found.since), '2026-02-11T12:00:00Z');
});

test('the newest rows never leave, not even with --older-than 0d, and one leaves when a newer one comes', async (t) => {
  const world = worldOf(t, { keepLast: 10 });
  const { tables } = await world.archive('2026-03-10T12:00:00Z');
  assert.deepEqual(
    ids(world),
    Array.from({ length: 10 }, (_, i) => 31 + i),
  );
  assert.equal(tables[0]!.kept.keepLast, 10);
  assert.equal((await world.archive('2026-03-10T13:00:00Z', { olderThanMs: 0 })).total, 0);
  world.sql("INSERT INTO t (ts, words) VALUES ('2026-03-09T12:00:00Z', 'new')");
  assert.equal((await world.archive('2026-03-10T14:00:00Z')).total, 1);
  assert.equal(ids(world)[0], 32);
  const { due, stale, total, hot } = await figures(world, '2026-03-10T15:00:00Z');
  assert.deepEqual([due, stale, total, hot], [0, 0, 10, 10]);
});

test('with --older-than a rule that keeps rows longer than the table still keeps them, a shorter one does not count', async (t) => {
  const hotRules = [
    { where: 'id % 2 = 0', hotMs: 20 * DAY_MS },
    { where: 'id % 3 = 0', hotMs: DAY_MS },
  ];
  const world = worldOf(t, { hotRules });
  await world.archive(NOW, { olderThanMs: 10 * DAY_MS });
  const all = Array.from({ length: 40 }, (_, i) => i + 1);
  // 10d reaches row 31.
  assert.deepEqual(
    ids(world),
    all.filter((id) => (id % 2 === 0 ? id > 21 : id > 31)),
  );
});

test('an unfinished row stays without an end with open_until: never', async (t) => {
  const world = worldOf(t, { openWhile: "words = 'row 4'", openUntil: 'never', warmMs: 0 });
  const { tables } = await world.archive('2027-02-10T12:00:00Z');
  assert.deepEqual(ids(world), [5]);
  assert.equal(tables[0]!.kept.open, 1);
  const { open, due, warm } = await figures(world, '2027-02-10T12:00:00Z');
  assert.deepEqual([open, due, warm], [1, 0, 0]);
  world.sql("UPDATE t SET words = 'finished' WHERE id = 5");
  assert.equal((await world.archive('2027-02-10T13:00:00Z')).total, 1);
});

test('a row that comes to satisfy a longer rule between the survey and the copy stays', async (t) => {
  const world = worldOf(t, { hotRules: [{ where: "words = 'pinned'", hotMs: null }] });
  await using reader = await openSqliteReader(world.database);
  const context = { policies: buildPolicySet([world.policy]), now: at(NOW), olderThanMs: null, holds: [] };
  const rule = dueRule(context, world.policy);
  const shape = (await reader.shape('t'))!;
  await reader.survey(shape, rule);
  world.sql("UPDATE t SET words = 'pinned' WHERE id = 3");
  let copied = 0;
  for await (const block of reader.blocks(shape, rule, '2026-01-03', NOW, 1 << 20)) copied += block.rows;
  assert.equal(copied, 0);
});

test('firn explain says until when a row stays, and because of what', async (t) => {
  const hotRules = [
    { where: 'id = 7', hotMs: null },
    { where: 'id = 8', hotMs: 60 * DAY_MS },
  ];
  const world = worldOf(t, { hotRules, keepLast: 2, openWhile: 'id = 9', openUntil: 'never' });
  assert.deepEqual(await whyKept(world, 7, NOW), [
    'stays forever, because a rule of hot_rules keeps it forever (id = 7)',
  ]);
  assert.deepEqual(await whyKept(world, 8, NOW), [
    'stays until 2026-03-09T12:00:00Z, because a rule of hot_rules gives it a hot time of 60d (id = 8)',
  ]);
  assert.deepEqual(await whyKept(world, 9, NOW), [
    'stays until it is finished, because it is unfinished (id = 9)',
  ]);
  assert.deepEqual(await whyKept(world, 40, NOW), [
    'stays until 2 newer rows exist, because it is one of the newest 2 rows (keep_last)',
  ]);
  assert.deepEqual(await whyKept(world, 10, NOW), []);
});
