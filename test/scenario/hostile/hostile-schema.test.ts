import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DUE, HostileWorld } from '../../support/worlds/hostile-world.ts';

function fill(db: DatabaseSync): void {
  db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT, extra TEXT DEFAULT 'x');
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
    INSERT INTO notes (id, ts, words) SELECT i, '${DUE}', 'word' || i FROM n`);
}

/** Rows of the archives by id: a map of column to cell. */
function archivedById(world: HostileWorld): Map<string, Map<string, string>[]> {
  const rows = (world.archived().get('notes') ?? []).map((row) => new Map<string, string>(JSON.parse(row)));
  return Map.groupBy(rows, (row) => row.get('id')!);
}

function hotIds(world: HostileWorld): string[] {
  using db = world.others();
  return db
    .prepare('SELECT id FROM notes')
    .all()
    .map(({ id }) => `i${id}`);
}

/** Each of the ids 1 to `count` is in exactly one place, once. */
function assertEachOnce(world: HostileWorld, count: number): void {
  const places = [...archivedById(world)].flatMap(([id, rows]) => rows.map(() => id));
  const all = [...places, ...hotIds(world)];
  assert.deepEqual([all.length, new Set(all).size], [count, count]);
}

const DRIFTS: Readonly<Record<string, string>> = {
  'a column added': 'ALTER TABLE notes ADD COLUMN more INTEGER DEFAULT 7',
  'a column dropped': 'ALTER TABLE notes DROP COLUMN extra',
  'a column renamed': 'ALTER TABLE notes RENAME COLUMN extra TO other',
  'a column of another type': `CREATE TABLE again (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words BLOB, extra REAL);
    INSERT INTO again SELECT id, ts, CAST(words AS BLOB), id / 2.0 FROM notes; DROP TABLE notes; ALTER TABLE again RENAME TO notes`,
  'columns in another order': `CREATE TABLE again (extra TEXT, words TEXT, ts TEXT, id INTEGER PRIMARY KEY AUTOINCREMENT);
    INSERT INTO again SELECT extra, words, ts, id FROM notes; DROP TABLE notes; ALTER TABLE again RENAME TO notes`,
  'another primary key': `CREATE TABLE again (id INTEGER, ts TEXT, words TEXT PRIMARY KEY, extra TEXT);
    INSERT INTO again SELECT * FROM notes; DROP TABLE notes; ALTER TABLE again RENAME TO notes`,
  'a rowid given up': `CREATE TABLE again (id INTEGER PRIMARY KEY, ts TEXT, words TEXT, extra TEXT) WITHOUT ROWID;
    INSERT INTO again SELECT * FROM notes; DROP TABLE notes; ALTER TABLE again RENAME TO notes`,
  'a VACUUM that numbers rowids anew': 'VACUUM',
};

for (const [drift, sql] of Object.entries(DRIFTS)) {
  test(`between two runs: ${drift}`, async (t) => {
    const world = new HostileWorld(t, { tables: { notes: {} }, fill });
    assert.equal((await world.archive()).total, 250);
    {
      using db = world.others();
      db.exec(sql);
      db.exec(`WITH RECURSIVE n(i) AS (SELECT 251 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
        INSERT INTO notes (id, ts, words) SELECT i, '${DUE}', 'word' || i FROM n`);
    }
    const second = await world.archive();
    assert.deepEqual([second.status, second.total], [0, 50], second.stderr);
    assertEachOnce(world, 300);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  });

  test(`during a run: ${drift}`, async (t) => {
    const world = new HostileWorld(t, { tables: { notes: {} }, fill });
    let once = true;
    const { tables } = await world.archiveWhile((db) => {
      if (once) db.exec(sql);
      once = false;
    });
    assert.ok(['archived', 'partial', 'error'].includes(tables[0]!.status));
    assert.equal(hotIds(world).length, 250 - tables[0]!.records);
    const second = await world.archive();
    assert.equal(second.status, 0, second.stderr + second.tables[0]?.message);
    assertEachOnce(world, 250);
    assert.equal(hotIds(world).length, 0);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  });
}

test('a table dropped during a run keeps its copied rows in the archive, and harms no other', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: {}, other: {} },
    fill: (db) => {
      fill(db);
      db.exec(`CREATE TABLE other AS SELECT * FROM notes`);
    },
  });
  const report = await world.archiveWhile((db, segment) => {
    if (segment.includes('notes')) db.exec('DROP TABLE notes');
  });
  assert.deepEqual(
    report.tables.map(({ status, records }) => [status, records]),
    [
      ['error', 0],
      ['archived', 250],
    ],
  );
  const second = await world.archive();
  assert.deepEqual(
    second.tables.map(({ status }) => status),
    ['missing_table', 'no_records'],
  );
  assert.equal(archivedById(world).size, 250);
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('rows that others change, delete, insert or put back during the copy are where their last word is', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  const { tables } = await world.archiveWhile((db) => {
    db.exec(`UPDATE notes SET words = 'changed' WHERE id = 10;
      UPDATE notes SET words = CAST(words AS BLOB) WHERE id = 11;
      UPDATE notes SET words = words || char(0) WHERE id = 12;
      UPDATE notes SET ts = '2026-02-10T00:00:00Z' WHERE id = 13;
      UPDATE notes SET id = 1014 WHERE id = 14;
      DELETE FROM notes WHERE id = 15;
      UPDATE notes SET words = words WHERE id = 16;
      DELETE FROM notes WHERE id = 17;
      INSERT INTO notes VALUES (17, '${DUE}', 'word17', 'x');
      INSERT INTO notes VALUES (251, '${DUE}', 'word251', 'x')`);
  });
  assert.equal(tables[0]!.kept.changed, 4, 'ids 10 to 13 read otherwise than their lines');
  const hot = hotIds(world).sort();
  assert.deepEqual(hot, ['i10', 'i1014', 'i11', 'i12', 'i13', 'i251']);
  const archived = archivedById(world);
  for (const id of hot) assert.ok(!archived.has(id), `${id} is hot, and so in no archive`);
  assert.equal(archived.size, 246);

  const second = await world.archive();
  assert.deepEqual([second.status, second.total], [0, 5]);
  const rows = archivedById(world);
  assert.equal(rows.get('i10')![0]!.get('words'), 'tchanged');
  assert.match(rows.get('i11')![0]!.get('words')!, /^b/);
  assert.deepEqual(hotIds(world), ['i13']);
  for (const [id, versions] of rows) assert.equal(versions.length, 1, id);
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('rows of a table without a key that others change or double during the copy are each counted once', async (t) => {
  const world = new HostileWorld(t, {
    tables: { bare: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE bare (ts TEXT, words TEXT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 250)
        INSERT INTO bare SELECT '${DUE}', 'the same' FROM n`);
    },
  });
  await world.archiveWhile((db) => {
    db.exec(
      `UPDATE bare SET words = 'other' WHERE rowid = 100; INSERT INTO bare VALUES ('${DUE}', 'the same')`,
    );
  });
  using db = world.others();
  assert.deepEqual(
    db
      .prepare('SELECT words FROM bare ORDER BY rowid')
      .all()
      .map(({ words }) => words),
    ['other', 'the same'],
  );
  assert.equal(world.archived().get('bare')!.length, 249);
});
