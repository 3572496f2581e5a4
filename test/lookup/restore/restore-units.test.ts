import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import type { Kin } from '../../../src/lookup/read/kin.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { estimateRestore } from '../../../src/lookup/restore/restore-estimate.ts';
import { type RestoreReport, restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';
import { tagsCreated, UnitsWorld } from '../../support/worlds/units-world.ts';

const CHILDREN: Kin = { children: true, parents: false };
const PARENTS: Kin = { children: false, parents: true };
const BOTH: Kin = { children: true, parents: true };
const leaseUntil = instantOfMs(SMALL_NOW + 86_400_000);

function of(tables: string[], ...where: string[]) {
  return { ...everything(tables), where: where.map(parseCondition) };
}

async function intoHot(world: UnitsWorld, query: ReturnType<typeof of>, kin: Kin): Promise<RestoreReport> {
  return await world.change((run) => restoreIntoHot(run, query, { kin, leaseUntil }));
}

async function intoFile(world: UnitsWorld, query: ReturnType<typeof of>, kin: Kin): Promise<RestoreReport> {
  await using target = openRestoreFile(join(world.folder, 'other.db'), world.database);
  return await restoreRows(await world.places(), query, target, { kin });
}

function inserted(report: RestoreReport): Record<string, number> {
  return Object.fromEntries(report.tables.map(({ table, inserted: rows }) => [table, rows]));
}

test('children of several levels come with their parents, each once, and no row of another unit', async () => {
  await using world = await UnitsWorld.archived();
  const report = await intoFile(world, of(['session'], 'id=s4'), CHILDREN);
  assert.deepEqual(world.tagsOf('s4', join(world.folder, 'other.db')), tagsCreated('s4'));
  assert.equal(
    Object.values(inserted(report)).reduce((sum, rows) => sum + rows, 0),
    tagsCreated('s4').length,
  );
  assert.deepEqual(
    report.tables.map(({ same, kept }) => same + kept),
    report.tables.map(() => 0),
  );
});

test('parents come without the other rows of their units; with both options the whole unit comes', async () => {
  await using world = await UnitsWorld.archived();
  // Part 7 is of message 7, of session s5 (1 + 7 * 7 % 9).
  const query = of(['part'], 'tag=part 7');
  assert.deepEqual(inserted(await intoHot(world, query, PARENTS)), { session: 1, message: 1, part: 1 });
  assert.deepEqual(world.tagsOf('s5'), ['message 7', 'part 7', 'session 5']);
  await intoHot(world, query, BOTH);
  assert.deepEqual(world.tagsOf('s5'), tagsCreated('s5'));
});

test('parents are inserted before their children, whatever the order of the tables', async () => {
  for (const kin of [{ children: false, parents: false }, BOTH]) {
    await using world = await UnitsWorld.archived();
    // Fails where a child is inserted whose parent is not there: foreign keys are the application's.
    world.write((db) =>
      db.exec(`CREATE TRIGGER message_first BEFORE INSERT ON message WHEN NOT EXISTS (SELECT 1 FROM session WHERE id = new.session_id)
        BEGIN SELECT RAISE(ABORT, 'no session'); END;
      CREATE TRIGGER part_first BEFORE INSERT ON part WHEN NOT EXISTS (SELECT 1 FROM message WHERE id = new.message_id)
        BEGIN SELECT RAISE(ABORT, 'no message'); END`),
    );
    const report = await intoHot(world, of(['part', 'note', 'message', 'session']), kin);
    assert.deepEqual(
      report.tables.map(({ table, refused }) => [table, refused]).sort(),
      ['message', 'note', 'part', 'session'].map((table) => [table, 0]),
    );
    world.write((db) => {
      assert.equal(db.prepare('PRAGMA foreign_key_check(message)').all().length, 1, 'the orphan of before');
      assert.deepEqual(db.prepare('PRAGMA foreign_key_check(part)').all(), []);
    });
    assert.deepEqual(world.tagsOf('s8'), tagsCreated('s8'));
  }
});

test('a table that a declared foreign key names is restored before the referring one', async () => {
  const policies = buildPolicySet([policyOf('aaa', { lookupKeys: [] }), policyOf('zzz', { lookupKeys: [] })]);
  await using world = new UnitsWorld(policies, (path) => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE zzz (id TEXT PRIMARY KEY, ts TEXT);
      CREATE TABLE aaa (id TEXT PRIMARY KEY, of TEXT REFERENCES zzz(id), ts TEXT);
      CREATE TABLE watch (n INTEGER PRIMARY KEY, name TEXT);
      CREATE TRIGGER a AFTER INSERT ON aaa BEGIN INSERT INTO watch (name) VALUES ('aaa'); END;
      CREATE TRIGGER z AFTER INSERT ON zzz BEGIN INSERT INTO watch (name) VALUES ('zzz'); END;
      INSERT INTO zzz VALUES ('z', '2026-01-12T00:00:00Z'); INSERT INTO aaa VALUES ('a', 'z', '2026-01-09T00:00:00Z');
      DELETE FROM watch`);
  });
  await world.archiveAll();
  await intoHot(world, of(['aaa', 'zzz']), { children: false, parents: false });
  using db = new DatabaseSync(world.database);
  const order = db.prepare('SELECT name FROM watch ORDER BY n').all();
  assert.deepEqual(
    order.map(({ name }) => name),
    ['zzz', 'aaa'],
  );
});

test('a child that is restored into hot without its parent is counted', async () => {
  await using world = await UnitsWorld.archived();
  const report = await intoHot(world, of(['message'], 'session_id=s4'), { children: false, parents: false });
  const { withoutParent, inserted: rows } = report.tables[0]!;
  assert.ok(rows > 1);
  assert.equal(withoutParent, rows);
  const again = await intoHot(world, of(['message'], 'session_id=s4'), PARENTS);
  assert.deepEqual(
    again.tables.map(({ withoutParent: count }) => count),
    [0, 0],
  );
});

test('a dry run counts the files that hold kin, and changes nothing', async () => {
  await using world = await UnitsWorld.archived();
  const before = world.tagsOf('s4');
  const query = of(['session'], 'id=s4');
  const found = await estimateRestore(await world.places(), query, async () => null, CHILDREN);
  assert.equal(found.exact, false);
  assert.deepEqual(found.tables.map(({ table }) => table).sort(), ['message', 'note', 'part', 'session']);
  for (const { table, rows } of found.tables) assert.ok(rows > 0, table);
  assert.deepEqual(world.tagsOf('s4'), before);
});

test('without the database, the files say which rows belong together', async () => {
  await using world = await UnitsWorld.archived();
  const places = { ...(await world.places()), hot: null };
  await using target = openRestoreFile(join(world.folder, 'other.db'), world.database);
  const report = await restoreRows(places, of(['session'], 'id=s2'), target, { kin: CHILDREN });
  assert.deepEqual(report.problems, []);
  assert.deepEqual(world.tagsOf('s2', join(world.folder, 'other.db')), tagsCreated('s2'));
});

test('children are found by keys of several columns, and by BLOBs', async () => {
  const policies = buildPolicySet([
    policyOf('run', { lookupKeys: [] }),
    policyOf('step', { with: { parent: 'run', by: ['host', 'run'] }, lookupKeys: [] }),
    policyOf('log', { with: { parent: 'step', by: ['step'] }, lookupKeys: [] }),
  ]);
  await using world = new UnitsWorld(policies, (path) => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE run (host TEXT, id INTEGER, ts TEXT, PRIMARY KEY (host, id));
      CREATE TABLE step (id BLOB PRIMARY KEY, host TEXT, run INTEGER);
      CREATE TABLE log (step BLOB, words TEXT);
      INSERT INTO run VALUES ('a', 1, '2026-01-10'), ('a', 2, '2026-01-10'), ('b', 1, '2026-01-10');
      INSERT INTO step VALUES (x'fffe', 'a', 1), (x'fffd', 'a', 2), (x'fffc', 'b', 1);
      INSERT INTO log VALUES (x'fffe', 'a1'), (x'fffd', 'a2'), (x'fffc', 'b1')`);
  });
  await world.archiveAll();
  await intoHot(world, of(['run'], 'host=a', 'id=1'), CHILDREN);
  using db = new DatabaseSync(world.database);
  assert.deepEqual(
    db
      .prepare('SELECT words FROM log')
      .all()
      .map(({ words }) => words),
    ['a1'],
  );
});
