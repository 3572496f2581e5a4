import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { rebuildLedger } from '../../../src/lifecycle/begin/rebuild-ledger.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { explainRow } from '../../../src/lookup/search/explain-row.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant, instantOfMs } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { planErase } from '../../../src/operate/jobs/erase-plan.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const KEYS = {
  'INTEGER PRIMARY KEY': 'id INTEGER PRIMARY KEY',
  AUTOINCREMENT: 'id INTEGER PRIMARY KEY AUTOINCREMENT',
  'TEXT PRIMARY KEY': 'id TEXT PRIMARY KEY',
  'no key': 'id INTEGER',
} as const;
const OLD = 40;
const NEW = 12;

function fill(path: string, key: string, name: string, ts: string, rows: number): void {
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE t (${key}, ts TEXT, txt TEXT)`);
  const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?)');
  for (let i = 1; i <= rows; i++) insert.run(BigInt(i), ts, `${name}-${i}`);
}

/** Rows 1 … 40 are archived; then the database is lost, and a new one, whose ids begin at 1 again, is paired with the archive by a rebuild. */
async function rebuilt(key: string): Promise<LookupWorld> {
  const world = new LookupWorld(buildPolicySet([policyOf('t', { lookupKeys: ['id'] })]), (path) =>
    fill(path, key, 'old', '2026-01-10T00:00:00Z', OLD),
  );
  await world.archiveAll();
  const lost = new DatabaseSync(world.database);
  const left = lost.prepare('SELECT count(*) AS n FROM t').get() as { n: number };
  lost.close();
  for (const end of ['', '-wal', '-shm']) rmSync(`${world.database}${end}`, { force: true });
  fill(world.database, key, 'new', '2026-02-10T00:00:00Z', NEW);
  await using store = await openSqliteStore(world.database);
  await rebuildLedger({ store, archive: world.archive, clock: standingClock() });
  assert.ok(left.n <= 1);
  return world;
}

async function texts(world: LookupWorld, query: Partial<Query> = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const hit of search(await world.places(), { ...everything(['t']), ...query }))
    found.push(String(rowOf(hit).txt));
  return found.sort();
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
}

async function sql(world: LookupWorld, statement: string): Promise<unknown[][]> {
  await using session = await SqlSession.open(await world.places(), everything(['t']));
  const rows: unknown[][] = [];
  for await (const piece of (await session.run(statement)).rows) rows.push(...piece.map((row) => [...row]));
  return rows;
}

for (const [kind, key] of Object.entries(KEYS)) {
  test(`a new row hides no archived row that had its key (${kind})`, async () => {
    await using world = await rebuilt(key);
    const expected = [...numbered('old', OLD), ...numbered('new', NEW)].sort();
    const all = await texts(world);
    // The row with the greatest id may have stayed in the database that was lost.
    const kept = expected.filter((name) => name !== `old-${OLD}` || all.includes(name));
    assert.deepEqual(all, kept);
    assert.deepEqual(await texts(world, { where: [parseCondition('txt=old-7')] }), ['old-7']);
    assert.deepEqual(await texts(world, { where: [parseCondition('id=7')] }), ['new-7', 'old-7']);
    const counted = await sql(world, 'SELECT count(*), count(DISTINCT txt) FROM t');
    assert.deepEqual(counted, [[BigInt(kept.length), BigInt(kept.length)]]);
    const both = await sql(
      world,
      "SELECT txt, _tier, _archived_at IS NULL FROM t WHERE CAST(id AS VARCHAR) = '7' ORDER BY 1",
    );
    assert.deepEqual(both, [
      ['new-7', 'hot', true],
      ['old-7', 'warm', false],
    ]);
    const plan = await planErase(await world.places(), {
      ...everything(['t']),
      where: [parseCondition('txt=old-7')],
    });
    assert.deepEqual(
      [plan.hot.length, plan.segments.flatMap(({ positions }) => [...positions]).length],
      [0, 1],
    );
  });

  test(`archived rows whose keys were used again are restored into a file, and one restored row hides no other (${kind})`, async () => {
    await using world = await rebuilt(key);
    const archived = (await texts(world)).filter((name) => name.startsWith('old'));
    const file = join(world.folder, 'other.db');
    {
      await using target = openRestoreFile(file, world.database);
      await restoreRows(await world.places(), everything(['t']), target);
    }
    using other = new DatabaseSync(file);
    const restored = other.prepare('SELECT txt FROM t').all() as { txt: string }[];
    assert.deepEqual(restored.map(({ txt }) => txt).sort(), archived);

    await using store = await openSqliteStore(world.database);
    await using lookup = openSqliteLookup(world.database);
    const run = { store, lookup, archive: world.archive, policies: world.policies, clock: standingClock() };
    const query = { ...everything(['t']), where: [parseCondition('txt=old-30')] };
    const report = await restoreIntoHot(run, query, { leaseUntil: instantOfMs(SMALL_NOW + 86_400_000) });
    assert.equal(report.tables[0]!.inserted, 1);
    const after = await texts(world);
    assert.deepEqual(after, [...archived, ...numbered('new', NEW)].sort());
  });
}

test('a search marks the archived rows whose key another row of the database has', async () => {
  await using world = await rebuilt(KEYS['TEXT PRIMARY KEY']);
  const marked: string[] = [];
  for await (const hit of search(await world.places(), everything(['t']), { marks: true }))
    if (hit.sameKeyInHot) marked.push(String(rowOf(hit).txt));
  assert.deepEqual(marked.sort(), numbered('old', NEW).sort());
});

test('explain lists the lives of a key, and tells a restored row from another row with its key', async () => {
  await using world = await rebuilt(KEYS['INTEGER PRIMARY KEY']);
  const now = SMALL_NOW * 1000;
  const two = await explainRow(await world.places(), 't', ['7'], asInstant(now));
  assert.deepEqual(
    two.places.map(({ tier, row, sameRow }) => [tier, row.txt, sameRow]),
    [
      ['hot', 'new-7', null],
      ['warm', 'old-7', false],
    ],
  );
  await using store = await openSqliteStore(world.database);
  await using lookup = openSqliteLookup(world.database);
  const run = { store, lookup, archive: world.archive, policies: world.policies, clock: standingClock() };
  const query = { ...everything(['t']), where: [parseCondition('id=30')] };
  await restoreIntoHot(run, query, { leaseUntil: instantOfMs(SMALL_NOW + 86_400_000) });
  const one = await explainRow(await world.places(), 't', ['30'], asInstant(now));
  assert.deepEqual(
    one.places.map(({ tier, row, sameRow }) => [tier, row.txt, sameRow]),
    [
      ['hot', 'old-30', null],
      ['warm', 'old-30', true],
    ],
  );
});
