import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import type { RestoreReport } from '../../../src/lookup/restore/restore-rows.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { readWithZlib } from '../../support/independent/archive-rows.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const OLD = '2026-01-10T00:00:00Z';
const NEW = '2026-02-10T00:00:00Z';
/** Tables whose keys or rowids SQLite hands out, and may hand out again. */
const TABLES = {
  keyless: 'CREATE TABLE log (ts TEXT, msg TEXT)',
  'INTEGER PRIMARY KEY': 'CREATE TABLE log (id INTEGER PRIMARY KEY, ts TEXT, msg TEXT)',
  'NULL in the key': 'CREATE TABLE log (id TEXT, ts TEXT, msg TEXT, PRIMARY KEY (id))',
} as const;

function world(ddl: string, rows = 10): LookupWorld {
  return new LookupWorld(buildPolicySet([policyOf('log', { lookupKeys: [] })]), (path) => {
    using db = new DatabaseSync(path);
    db.exec(ddl);
    const insert = db.prepare('INSERT INTO log (ts, msg) VALUES (?, ?)');
    for (let i = 0; i < rows; i++) insert.run(OLD, `old-${i}`);
  });
}

async function restore(some: LookupWorld, days = 1): Promise<RestoreReport['tables'][number]> {
  await using store = await openSqliteStore(some.database);
  await using lookup = openSqliteLookup(some.database);
  const clock = standingClock();
  const run = { store, lookup, archive: some.archive, policies: some.policies, clock };
  const leaseUntil = (SMALL_NOW + days * DAY) * 1000;
  return (await restoreIntoHot(run, everything(['log']), { leaseUntil: asInstant(leaseUntil) })).tables[0]!;
}

/** What the database holds, and what the archive holds by a reader that shares no code with Firn. */
function held(some: LookupWorld): { hot: string[]; archived: string[] } {
  using db = new DatabaseSync(some.database);
  const hot = db.prepare('SELECT msg FROM log').all() as { msg: string }[];
  const archived = (readWithZlib(some.archives).get('log') ?? []).flatMap(
    (row) => /(?:old|new|edited)-\d+/.exec(row) ?? [],
  );
  return { hot: hot.map(({ msg }) => msg).sort(), archived: archived.sort() };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`).sort();
}

for (const [kind, ddl] of Object.entries(TABLES)) {
  test(`no archived row is lost when restored rows were deleted by hand and their rowids used again (${kind})`, async () => {
    for (const ts of [NEW, OLD]) {
      await using some = world(ddl);
      await some.archiveAll();
      const archived = held(some).archived;
      await restore(some);
      using db = new DatabaseSync(some.database);
      db.exec("DELETE FROM log WHERE msg LIKE 'old-%'");
      for (let i = 0; i < 4; i++) db.prepare('INSERT INTO log (ts, msg) VALUES (?, ?)').run(ts, `new-${i}`);
      await some.archiveAll({}, SMALL_NOW + 2 * DAY);
      const { hot, archived: now } = held(some);
      for (const name of archived) assert.ok(now.includes(name) || hot.includes(name), `${name} is nowhere`);
      assert.deepEqual([...hot, ...now].filter((name) => name.startsWith('new')).sort(), names('new', 4));
    }
  });

  test(`rows deleted by hand are inserted by the next restore (${kind})`, async () => {
    await using some = world(ddl);
    await some.archiveAll();
    const { archived } = held(some);
    await restore(some);
    using db = new DatabaseSync(some.database);
    db.exec("DELETE FROM log WHERE msg LIKE 'old-%'");
    db.prepare('INSERT INTO log (ts, msg) VALUES (?, ?)').run(NEW, 'new-0');
    const again = await restore(some);
    // Where the new row has the key of an archived one, that one cannot come back.
    const { hot } = held(some);
    assert.equal(again.inserted + again.kept, archived.length);
    assert.equal(hot.filter((name) => name.startsWith('old')).length, again.inserted);
    assert.ok(again.inserted >= archived.length - 1, `${again.inserted} of ${archived.length}`);
    assert.ok(hot.includes('new-0'));
    await some.archiveAll({}, SMALL_NOW + 2 * DAY);
    const after = held(some);
    const old = [...after.hot, ...after.archived].filter((name) => name.startsWith('old')).sort();
    assert.deepEqual(old, archived);
    // A restored row that has the greatest id stays.
    const stay = after.hot.filter((name) => name.startsWith('old')).length;
    assert.equal(stay, kind === 'INTEGER PRIMARY KEY' ? 1 : 0);
  });
}

test('an edited row replaces its archived line beyond the first batch of lines, and no other line', async () => {
  await using some = world('CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT, msg TEXT)', 0);
  const rows = 450;
  using db = new DatabaseSync(some.database);
  for (let i = 0; i < rows; i++) db.prepare('INSERT INTO log VALUES (?, ?, ?)').run(`k${i}`, OLD, `old-${i}`);
  await some.archiveAll();
  await restore(some);
  db.exec("UPDATE log SET msg = 'edited-321' WHERE id = 'k321'");
  await some.archiveAll({}, SMALL_NOW + 2 * DAY);
  const { hot, archived } = held(some);
  const expected = [...names('old', rows).filter((name) => name !== 'old-321'), 'edited-321'].sort();
  assert.deepEqual([...hot, ...archived].sort(), expected);
  assert.deepEqual(
    archived.filter((name) => name === 'old-321'),
    [],
  );
});

test('the end of one lease leaves a later lease of the same segment alone', async () => {
  await using some = world('CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT, msg TEXT)', 0);
  using db = new DatabaseSync(some.database);
  for (let i = 0; i < 4; i++) db.prepare('INSERT INTO log VALUES (?, ?, ?)').run(`k${i}`, OLD, `old-${i}`);
  await some.archiveAll();
  await restore(some);
  db.exec("DELETE FROM log WHERE id IN ('k2', 'k3')");
  db.exec("DELETE FROM _firn_leases WHERE key NOT IN (SELECT 't' || hex(id) FROM log)");
  await restore(some, 30);
  await some.archiveAll({}, SMALL_NOW + 2 * DAY);
  assert.deepEqual(held(some), { hot: ['old-2', 'old-3'], archived: names('old', 4) });
  await some.archiveAll({}, SMALL_NOW + 20 * DAY);
  assert.deepEqual(held(some).hot, ['old-2', 'old-3'], 'still leased');
  await some.archiveAll({}, SMALL_NOW + 31 * DAY);
  assert.deepEqual(held(some), { hot: [], archived: names('old', 4) });
});

test('a row whose column was dropped under the lease keeps its archived line', async () => {
  await using some = world('CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT, msg TEXT, more TEXT)', 0);
  using db = new DatabaseSync(some.database);
  db.prepare('INSERT INTO log VALUES (?, ?, ?, ?)').run('k', OLD, 'old-0', 'precious');
  await some.archiveAll();
  await restore(some);
  db.exec('ALTER TABLE log DROP COLUMN more');
  await some.archiveAll({}, SMALL_NOW + 2 * DAY);
  assert.match(JSON.stringify(readWithZlib(some.archives).get('log')), /precious/);
});

test('a column that was added under the lease is no change of the row', async () => {
  await using some = world('CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT, msg TEXT)', 0);
  using db = new DatabaseSync(some.database);
  db.prepare('INSERT INTO log VALUES (?, ?, ?)').run('k', OLD, 'old-0');
  await some.archiveAll();
  await restore(some);
  db.exec('ALTER TABLE log ADD COLUMN more TEXT');
  await some.archiveAll({}, SMALL_NOW + 2 * DAY);
  assert.deepEqual(held(some), { hot: [], archived: ['old-0'] });
});
