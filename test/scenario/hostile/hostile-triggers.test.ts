import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { smallSizes } from '../../support/small-sizes.ts';
import { DUE, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

function fill(db: DatabaseSync, ...tables: readonly string[]): void {
  for (const table of tables) {
    db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
      INSERT INTO ${table} SELECT i, '${DUE}', 'word' || i FROM n`);
  }
}

const REFUSALS: Readonly<Record<string, string>> = {
  'RAISE(ABORT)': "CREATE TRIGGER keep BEFORE DELETE ON kept BEGIN SELECT RAISE(ABORT, 'not this one'); END",
  'RAISE(ABORT) of one row':
    "CREATE TRIGGER keep BEFORE DELETE ON kept WHEN OLD.id = 222 BEGIN SELECT RAISE(ABORT, 'not this one'); END",
  'RAISE(FAIL)': "CREATE TRIGGER keep BEFORE DELETE ON kept BEGIN SELECT RAISE(FAIL, 'not this one'); END",
  'RAISE(ROLLBACK)':
    "CREATE TRIGGER keep BEFORE DELETE ON kept BEGIN SELECT RAISE(ROLLBACK, 'not this one'); END",
  'RAISE(IGNORE)': 'CREATE TRIGGER keep BEFORE DELETE ON kept BEGIN SELECT RAISE(IGNORE); END',
  'RAISE(IGNORE) of one row':
    'CREATE TRIGGER keep BEFORE DELETE ON kept WHEN OLD.id = 222 BEGIN SELECT RAISE(IGNORE); END',
  'an insert of the same row again':
    'CREATE TRIGGER keep AFTER DELETE ON kept BEGIN INSERT INTO kept VALUES (OLD.id, OLD.ts, OLD.words); END',
};

for (const [kind, trigger] of Object.entries(REFUSALS)) {
  test(`a deletion that a trigger refuses by ${kind} is said, and nothing is lost`, async (t) => {
    const world = new HostileWorld(t, {
      tables: { kept: { triggers: 'allow' }, other: {} },
      fill: (db) => {
        fill(db, 'kept', 'other');
        db.exec(trigger);
      },
    });
    const first = await world.archive();
    const [kept, other] = first.tables;
    assert.deepEqual([other!.status, other!.records], ['archived', 300], 'the other table is complete');
    assert.equal(first.status, 3);
    assert.ok(['partial', 'error'].includes(kept!.status), kept!.status);
    assert.ok(kept!.message);
    using db = world.others();
    const hot = Number(db.prepare('SELECT count(*) AS n FROM kept').get()!.n);
    assert.equal(kept!.records, 300 - hot, 'what is counted as archived is no longer hot');

    // While the trigger stands, other tables go on.
    db.exec(`INSERT INTO other VALUES (1000, '${DUE}', 'later')`);
    const second = await world.archive();
    assert.equal(second.status, 3, second.stderr);
    assert.equal(second.tables[1]!.records, 1);
    const left = Number(db.prepare('SELECT count(*) AS n FROM kept').get()!.n);
    assert.ok(left > 0 && left <= hot, 'rows before the one that is kept may leave');

    db.exec("DROP TRIGGER keep; UPDATE kept SET words = 'changed' WHERE id = 297");
    const third = await world.archive();
    assert.equal(third.status, 0, third.stderr);
    db.exec("DELETE FROM kept WHERE 0; INSERT INTO other VALUES (2000, 'none', '')");
    const ids = world
      .archived()
      .get('kept')!
      .map((row) => JSON.parse(row).find(([name]: [string]) => name === 'id')[1]);
    assert.equal(new Set(ids).size, 300);
    assert.equal(ids.length, 300, 'no row is archived twice');
    assert.equal(Number(db.prepare('SELECT count(*) AS n FROM kept').get()!.n), 0);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  });
}

test('a full-text index over external content stays in step', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
        CREATE VIRTUAL TABLE found USING fts5(words, content = 'notes', content_rowid = 'id');
        CREATE TRIGGER notes_insert AFTER INSERT ON notes BEGIN INSERT INTO found(rowid, words) VALUES (NEW.id, NEW.words); END;
        CREATE TRIGGER notes_delete AFTER DELETE ON notes BEGIN
          INSERT INTO found(found, rowid, words) VALUES ('delete', OLD.id, OLD.words); END;
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
        INSERT INTO notes SELECT i, iif(i % 5, '${DUE}', '${YOUNG}'), 'snow number ' || i FROM n`);
    },
  });
  const { status, total } = await world.archive();
  assert.deepEqual([status, total], [0, 400]);
  using db = world.others();
  db.exec("INSERT INTO found(found) VALUES ('integrity-check')");
  const { n } = db.prepare("SELECT count(*) AS n FROM found WHERE found MATCH 'snow'").get()!;
  assert.equal(n, 100);
  world.assertWhole();
});

test('a trigger that may write down deletions elsewhere sees each once', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: { triggers: 'allow' } },
    fill: (db) => {
      fill(db, 'notes');
      db.exec(`CREATE TABLE gone (id INTEGER, words TEXT);
        CREATE TRIGGER down AFTER DELETE ON notes BEGIN INSERT INTO gone VALUES (OLD.id, OLD.words); END`);
    },
  });
  assert.equal((await world.archive()).total, 300);
  using db = world.others();
  assert.deepEqual(
    { ...db.prepare('SELECT count(*) AS n, count(DISTINCT id) AS d FROM gone').get() },
    { n: 300, d: 300 },
  );
});

test('a trigger that changes other due rows of the table makes them stay, or leave as they are then', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: { triggers: 'allow' } },
    fill: (db) => {
      fill(db, 'notes');
      db.exec(`CREATE TRIGGER chain AFTER DELETE ON notes WHEN OLD.id % 50 = 0 BEGIN
        UPDATE notes SET words = words || ' after ' || OLD.id WHERE id = OLD.id + 25; END`);
    },
  });
  for (let run = 0; run < 3; run++) assert.ok((await world.archive()).status <= 3);
  using db = world.others();
  const hot = db
    .prepare('SELECT id FROM notes')
    .all()
    .map(({ id }) => `i${id}`);
  const archived = world
    .archived()
    .get('notes')!
    .map((row) => new Map<string, string>(JSON.parse(row)));
  const ids = [...archived.map((row) => row.get('id')!), ...hot];
  assert.deepEqual([ids.length, new Set(ids).size], [300, 300]);
  for (const row of archived) {
    const id = Number(row.get('id')!.slice(1));
    // What left before its trigger fired has no suffix; what left afterwards has it.
    assert.match(row.get('words')!, new RegExp(`^tword${id}( after ${id - 25})?$`));
  }
});

test('foreign keys that cascade delete nothing, and a table that is its own parent is as fast as any', async (t) => {
  const world = new HostileWorld(t, {
    tables: { nodes: { references: 'ignore' } },
    fill: (db) => {
      db.exec(`CREATE TABLE nodes (id TEXT PRIMARY KEY, ts TEXT, parent TEXT REFERENCES nodes(id) ON DELETE CASCADE);
        CREATE TABLE children (id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL REFERENCES nodes(id) ON DELETE CASCADE);
        CREATE TABLE nulls (id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT REFERENCES nodes(id) ON DELETE SET NULL);
        CREATE TABLE strict_ones (id INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT REFERENCES nodes(id) ON DELETE RESTRICT);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
        INSERT INTO nodes SELECT 'n' || i, iif(i % 2, '${DUE}', '${YOUNG}'), 'n' || (i / 2) FROM n;
        INSERT INTO children SELECT NULL, id FROM nodes;
        INSERT INTO nulls SELECT NULL, id FROM nodes;
        INSERT INTO strict_ones SELECT NULL, id FROM nodes`);
    },
  });
  const began = performance.now();
  const { status, total } = await world.archive();
  // With foreign keys on this took half a second a row, and cascaded.
  const took = performance.now() - began;
  assert.deepEqual([status, total], [0, 10_000]);
  // With batches of 3 it takes as long as its 3,000 transactions.
  assert.ok(took < 30_000 || smallSizes, `${took} ms`);
  using db = world.others();
  const counts = {
    ...db
      .prepare(
        'SELECT (SELECT count(*) FROM children) AS c, (SELECT count(node) FROM nulls) AS n, (SELECT count(*) FROM strict_ones) AS s',
      )
      .get(),
  };
  assert.deepEqual(counts, { c: 20_000, n: 20_000, s: 20_000 });
  world.assertWhole();
});
