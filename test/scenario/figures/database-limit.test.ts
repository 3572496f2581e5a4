import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { openSqliteReader } from '../../../src/hot/sqlite/open-sqlite.ts';
import { planRun } from '../../../src/lifecycle/archive/archive-run.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import type { Policy } from '../../../src/model/policy/policy.ts';
import { clockAt, SpansWorld } from '../../support/worlds/spans-world.ts';

const DAY_MS = 86_400_000;
const NOW = '2026-03-02T00:00:00Z';
const MB = 1_000_000;

/** 60 rows of 40 kB, of 1 January to 1 March, none of which is due. */
function worldOf(t: TestContext, policy: Partial<Policy> = {}): SpansWorld {
  const world = new SpansWorld(t, '2026-01-01', 60, { hotMs: 365 * DAY_MS, ...policy });
  world.sql("UPDATE t SET words = words || printf('%.*c', 40000, 'x')");
  return world;
}

/** What the pages in use come to, and the ids of the rows, as another program sees them. */
function look(world: SpansWorld): { readonly used: number; readonly ids: readonly number[] } {
  using db = new DatabaseSync(world.database, { readOnly: true });
  const pragma = (name: string): number => Number(Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0]);
  const used = (pragma('page_count') - pragma('freelist_count')) * pragma('page_size');
  return {
    used,
    ids: db
      .prepare('SELECT id FROM t ORDER BY id')
      .all()
      .map(({ id }) => Number(id)),
  };
}

function idsFrom(first: number): number[] {
  return Array.from({ length: 61 - first }, (_, at) => first + at);
}

test('the oldest rows leave early until the database is within its limit, and hardly one more', async (t) => {
  const world = worldOf(t);
  const before = world.rows().hot;
  const { tables, warnings, total } = await world.archive(NOW, {
    databaseLimit: { bytes: MB, minHotMs: 0 },
  });
  const { used, ids } = look(world);
  assert.ok(used <= MB, `${used} bytes are in use`);
  assert.ok(used > MB - 3 * 45_000, `${used} bytes are in use: more rows left than were needed`);
  assert.deepEqual(ids, idsFrom(ids[0]!), 'the oldest have left');
  const [table] = tables;
  assert.deepEqual([table!.status, table!.records, table!.early], ['archived', total, total]);
  assert.equal(total, 60 - ids.length);
  assert.equal(table!.archiveFiles.length, total);
  assert.match(warnings.at(-1)!, new RegExp(`limits.database\\): ${total} rows left before`));
  const { hot, archived } = world.rows();
  assert.deepEqual([...hot, ...archived].sort(), before);
  const again = await world.archive(NOW, { databaseLimit: { bytes: MB, minHotMs: 0 } });
  assert.deepEqual([again.total, again.warnings], [0, []], 'free pages do not count');
  assert.deepEqual((await world.verify(NOW)).alarms, []);
});

test('rows younger than min_hot do not leave early, and the report says that the limit is not reached', async (t) => {
  const world = worldOf(t);
  const { warnings, total } = await world.archive(NOW, {
    databaseLimit: { bytes: 100_000, minHotMs: 20 * DAY_MS },
  });
  // 20 days before is 10 February; row 40 is of 9 February.
  assert.deepEqual(look(world).ids, idsFrom(41));
  assert.equal(total, 40);
  assert.match(warnings.at(-1)!, /It still uses .*younger than min_hot/);
});

test('unfinished rows, the newest rows and rows of a longer rule stay, whatever the limit', async (t) => {
  const world = worldOf(t, {
    openWhile: 'id = 3',
    openUntil: 'never',
    keepLast: 5,
    hotRules: [{ where: 'id = 4', hotMs: null }],
  });
  await world.archive(NOW, { databaseLimit: { bytes: 0, minHotMs: 0 } });
  assert.deepEqual(look(world).ids, [3, 4, ...idsFrom(56)]);
});

test('due rows leave first, and a database within its limit keeps the others', async (t) => {
  const world = worldOf(t, { hotMs: 10 * DAY_MS });
  const { tables, warnings } = await world.archive(NOW, { databaseLimit: { bytes: MB, minHotMs: 0 } });
  assert.deepEqual(look(world).ids, idsFrom(51));
  assert.deepEqual([tables[0]!.early, warnings], [undefined, []]);
});

test('with --older-than the limit does not count', async (t) => {
  const world = worldOf(t);
  await world.archive(NOW, { olderThanMs: 50 * DAY_MS, databaseLimit: { bytes: 0, minHotMs: 0 } });
  assert.deepEqual(look(world).ids, idsFrom(11));
});

test('a dry run says how many rows could leave early, and why', async (t) => {
  const world = worldOf(t);
  await using reader = await openSqliteReader(world.database);
  const plan = (bytes: number) =>
    planRun(reader, clockAt(NOW), buildPolicySet([world.policy]), 'all', null, {
      bytes,
      minHotMs: 20 * DAY_MS,
    });
  const { warnings, total } = await plan(MB);
  assert.equal(total, 0);
  assert.match(
    warnings.at(-1)!,
    /more than its limit of 1\.0 MB \(limits\.database\).* oldest of 40 more rows/,
  );
  assert.deepEqual((await plan(100 * MB)).warnings, []);
  assert.equal(look(world).ids.length, 60);
});
