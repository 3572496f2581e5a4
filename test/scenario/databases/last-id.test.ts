import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

/** A table of this declaration, of five rows that are due. */
function worldOf(t: TestContext, declaration: string, ids = '(1), (2), (3), (7), (9)'): HostileWorld {
  return new HostileWorld(t, {
    tables: { t: {} },
    fill: (db) =>
      db.exec(`CREATE TABLE t (${declaration};
        INSERT INTO t (id, ts, note) SELECT column1, '${DUE}', 'old ' || column1 FROM (VALUES ${ids})`),
  });
}

const INTEGER = 'id INTEGER PRIMARY KEY, ts TEXT, note TEXT)';

function ids(world: HostileWorld): unknown[] {
  using db = world.others();
  return db
    .prepare('SELECT id FROM t ORDER BY id')
    .all()
    .map(({ id }) => id);
}

/** Each kind of table, and whether SQLite gives the id of a deleted row to a new one. */
const KINDS: Readonly<Record<string, readonly [declaration: string, stays: boolean]>> = {
  'an INTEGER PRIMARY KEY': [INTEGER, true],
  'a primary key that is declared below': [
    'id INTEGER NOT NULL, ts TEXT, note TEXT, PRIMARY KEY (id DESC))',
    true,
  ],
  'the word AUTOINCREMENT in a comment and a name': [
    'id INTEGER PRIMARY KEY /* AUTOINCREMENT */, ts TEXT, note TEXT, "AUTOINCREMENT" TEXT -- autoincrement\n)',
    true,
  ],
  AUTOINCREMENT: ['id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, note TEXT)', false],
  'INTEGER PRIMARY KEY DESC, which is not the rowid': [
    'id INTEGER PRIMARY KEY DESC, ts TEXT, note TEXT)',
    false,
  ],
  'an INT primary key, which is not the rowid': ['id INT PRIMARY KEY, ts TEXT, note TEXT)', false],
  'a TEXT key': ['id TEXT PRIMARY KEY, ts TEXT, note TEXT)', false],
  'no key': ['id INTEGER, ts TEXT, note TEXT)', false],
  'a key without rowid': ['id INTEGER PRIMARY KEY, ts TEXT, note TEXT) WITHOUT ROWID', false],
};

for (const [kind, [declaration, stays]] of Object.entries(KINDS)) {
  test(`the row with the greatest id ${stays ? 'stays' : 'leaves'} with ${kind}`, async (t) => {
    const world = worldOf(t, declaration);
    const planned = await world.archive('all', ['--dry-run', '--older-than', '0d']);
    assert.equal(planned.total, stays ? 4 : 5);
    const { tables, total } = await world.archive('all', ['--older-than', '0d']);
    assert.deepEqual(tables[0]!.kept, {
      changed: 0,
      open: 0,
      held: 0,
      leased: 0,
      last_id: stays ? 1 : 0,
      rule: 0,
      keep_last: 0,
    });
    assert.equal(total, stays ? 4 : 5);
    assert.deepEqual(ids(world).map(Number), stays ? [9] : []);
    world.assertWhole();
    const again = await world.archive();
    assert.deepEqual([again.total, again.tables[0]!.kept.last_id], [0, stays ? 1 : 0]);
  });
}

test('no id is used twice: the application that goes on gets the next one', async (t) => {
  const world = worldOf(t, INTEGER);
  await world.archive();
  {
    using db = world.others();
    assert.equal(db.prepare(`INSERT INTO t (ts) VALUES ('${YOUNG}') RETURNING id`).get()!.id, 10);
  }
  // Now that a newer row keeps the ids going, the old one leaves.
  assert.equal((await world.archive()).total, 1);
  assert.deepEqual(ids(world), [10]);
});

test('a row that stays for another reason is counted for that one', async (t) => {
  const world = worldOf(t, INTEGER);
  using db = world.others();
  world.configure({ t: { open_while: "note = 'open'" } });
  db.exec("UPDATE t SET note = 'open' WHERE id = 9");
  assert.deepEqual((await world.archive('all', ['--dry-run'])).tables[0]!.kept, {
    ...{ changed: 0, open: 1, held: 0, leased: 0, last_id: 0, rule: 0, keep_last: 0 },
  });
  db.exec("UPDATE t SET ts = 'yesterday' WHERE id = 9");
  const { kept, undated } = (await world.archive('all', ['--dry-run'])).tables[0]!;
  assert.deepEqual([kept.last_id, undated], [0, 1]);
  db.exec(`UPDATE t SET ts = '${YOUNG}' WHERE id = 9`);
  assert.equal((await world.archive('all', ['--dry-run'])).total, 4);
});

test('the application deletes the newest row between copying and draining: the one before it stays', async (t) => {
  const world = worldOf(t, INTEGER);
  let deleted = false;
  const report = await world.archiveWhile((db) => {
    if (!deleted) db.exec('DELETE FROM t WHERE id = 9');
    deleted = true;
  });
  assert.deepEqual(ids(world), [7]);
  const { kept, records } = report.tables[0]!;
  // One was due at first; the other one took its place.
  assert.deepEqual([records, kept.changed, kept.lastId], [3, 0, 2]);
  assert.equal(world.archived().get('t')!.length, 3);
  assert.deepEqual(JSON.parse((await world.firn(['verify', '--deep', '--json'])).stdout).alarms, []);
});

test('a drain that is taken up again leaves the row with the greatest id, and takes its line out', async (t) => {
  const world = worldOf(t, INTEGER);
  let [copied, asked] = [0, 0];
  // The second question after copying comes when the segment is sealed and none of its rows is deleted.
  await world.archiveWhile(() => copied++, { stop: () => (copied > 0 && ++asked > 1 ? 'enough' : null) });
  assert.deepEqual([ids(world).length, world.archived().get('t')!.length], [5, 4]);
  {
    using db = world.others();
    db.exec('DELETE FROM t WHERE id = 9');
  }
  world.photograph();
  const { reconciled } = await world.archive();
  assert.deepEqual(
    reconciled.map(({ action }) => action),
    ['resume'],
  );
  assert.deepEqual(ids(world), [7]);
  world.assertWhole();
});

test('an older copy of the database comes back: its greatest row stays, and is in one place', async (t) => {
  const world = worldOf(t, INTEGER);
  const older = `${world.database}.older`;
  {
    using db = world.others();
    db.exec('DELETE FROM t WHERE id = 9');
  }
  world.photograph();
  copyFileSync(world.database, older);
  {
    using db = world.others();
    db.exec(`INSERT INTO t VALUES (10, '${YOUNG}', 'new')`);
  }
  assert.equal((await world.archive()).total, 4);
  copyFileSync(older, world.database);
  const { reconciled } = await world.archive('all', ['--adopt']);
  assert.deepEqual(
    reconciled.map(({ action, reason }) => [action, /versions/.test(reason)]),
    [['adopt', false]],
  );
  assert.deepEqual(ids(world), [7]);
  world.assertWhole();
  const verified = await world.firn(['verify', '--deep', '--json']);
  assert.deepEqual([verified.status, JSON.parse(verified.stdout).alarms], [0, []]);
  assert.deepEqual((await world.archive()).reconciled, []);
});

test('a lease that ends leaves the row with the greatest id in the database, in one place', async (t) => {
  const world = worldOf(t, INTEGER);
  {
    using db = world.others();
    db.exec(`INSERT INTO t VALUES (10, '${YOUNG}', 'new')`);
  }
  assert.equal((await world.archive()).total, 5);
  {
    using db = world.others();
    db.exec('DELETE FROM t');
  }
  await world.firn(['restore', 't', '--into', 'hot', '--for', '1d']);
  assert.deepEqual(ids(world), [1, 2, 3, 7, 9]);
  const later = HOSTILE_NOW + 2 * 86_400_000;
  await world.archive('all', [], { now: later });
  assert.deepEqual(ids(world), [9]);
  assert.equal(world.archived().get('t')!.length, 4);
  const verified = await world.firn(['verify', '--deep', '--json'], { now: later });
  assert.deepEqual([verified.status, JSON.parse(verified.stdout).alarms], [0, []]);
});

test('status, metrics and explain say that the row stays, and it is never overdue', async (t) => {
  const world = worldOf(t, INTEGER);
  await world.archive();
  const later = { now: HOSTILE_NOW + 90 * 86_400_000 };
  const status = JSON.parse((await world.firn(['retention', 'status', '--json'], later)).stdout);
  const { due, last_id, due_since } = status.database[0];
  assert.deepEqual([due, last_id, due_since], [0, 1, null]);
  assert.deepEqual(
    status.overdue.filter(({ what }: { what: string }) => what === 'archive'),
    [],
  );
  const { stdout } = await world.firn(['metrics'], later);
  assert.match(stdout, /firn_table_due_rows\{table="t"\} 0/);
  assert.match(stdout, /firn_table_kept_rows\{table="t",reason="last_id"\} 1/);
  const { places } = JSON.parse((await world.firn(['explain', 't', '9', '--json'], later)).stdout);
  assert.match(places[0].kept.join(), /highest id/);
  assert.match((await world.firn(['archive', 'all'], later)).stdout, /t: kept 1 with the highest id/);
});
