import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

const TABLES = `
  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
  CREATE TABLE w (id TEXT PRIMARY KEY, ts TEXT, words TEXT) WITHOUT ROWID;
  CREATE TABLE note (id INTEGER PRIMARY KEY, t INTEGER, txt TEXT);
  CREATE INDEX note_t ON note (t);
  CREATE TABLE "log of ""deletions""" (id INTEGER, at TEXT);
  CREATE TABLE counters (name TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
  CREATE VIEW notes_seen AS SELECT id, t FROM note;
  CREATE VIRTUAL TABLE found USING fts5(words, content = 't', content_rowid = 'id');`;

function fill(db: DatabaseSync, more: string): void {
  db.exec(TABLES);
  for (let i = 1; i <= 20; i++)
    db.exec(`INSERT INTO t VALUES (${i}, '${DUE}', 'w${i}'); INSERT INTO note VALUES (${i}, ${i}, 'n${i}');
      INSERT INTO w VALUES ('k${i}', '${DUE}', 'w${i}'); INSERT INTO found(rowid, words) VALUES (${i}, 'w${i}')`);
  db.exec(`INSERT INTO counters VALUES ('t', 20); ${more}`);
}

function worldOf(t: TestContext, more: string, entry: object = {}, table = 't'): HostileWorld {
  return new HostileWorld(t, { tables: { [table]: { ...entry } }, fill: (db) => fill(db, more) });
}

/** Everything in the database but Firn's own tables. */
function photograph(world: HostileWorld): string {
  using db = world.others();
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_firn%' ESCAPE '\\'")
    .all()
    .map(({ name }) => String(name));
  return JSON.stringify(
    tables.map((name) => db.prepare(`SELECT * FROM "${name.replaceAll('"', '""')}"`).all()),
  );
}

/** Triggers that write, who writes, and what is written. */
const WRITES: Readonly<
  Record<string, readonly [sql: string, trigger: string, target: string, table?: string]>
> = {
  'a delete of children': [
    'CREATE TRIGGER gone AFTER DELETE ON t BEGIN DELETE FROM note WHERE t = old.id; END',
    'gone',
    'note',
  ],
  'a delete of everything': [
    'CREATE TRIGGER gone AFTER DELETE ON t BEGIN DELETE FROM note; END',
    'gone',
    'note',
  ],
  'an update': [
    "CREATE TRIGGER count BEFORE DELETE ON t BEGIN UPDATE counters SET n = n - 1 WHERE name = 't'; END",
    'count',
    'counters',
  ],
  'an insert into a table whose name needs quoting': [
    `CREATE TRIGGER "log -- it" AFTER DELETE ON t BEGIN INSERT INTO "log of ""deletions""" VALUES (old.id, 'now'); END`,
    'log -- it',
    'log of "deletions"',
  ],
  'a condition that may be false': [
    'CREATE TRIGGER rare AFTER DELETE ON t WHEN old.id > 1000 BEGIN DELETE FROM note; END',
    'rare',
    'note',
  ],
  'an upsert': [
    "CREATE TRIGGER up AFTER DELETE ON t BEGIN INSERT INTO counters VALUES ('d', 1) ON CONFLICT DO UPDATE SET n = n + 1; END",
    'up',
    'counters',
  ],
  'a replace': [
    "CREATE TRIGGER rep AFTER DELETE ON t BEGIN INSERT OR REPLACE INTO counters VALUES ('t', 0); END",
    'rep',
    'counters',
  ],
  'the table itself': [
    'CREATE TRIGGER family AFTER DELETE ON t BEGIN DELETE FROM t WHERE id = old.id + 1; END',
    'family',
    't',
  ],
  'a view that writes through INSTEAD OF': [
    `CREATE TRIGGER seen INSTEAD OF DELETE ON notes_seen BEGIN DELETE FROM note WHERE id = old.id; END;
    CREATE TRIGGER via AFTER DELETE ON t BEGIN DELETE FROM notes_seen WHERE t = old.id; END`,
    'seen',
    'note',
  ],
  'a trigger of what it writes': [
    `CREATE TRIGGER second AFTER DELETE ON note BEGIN UPDATE counters SET n = 0; END;
    CREATE TRIGGER first AFTER DELETE ON t BEGIN DELETE FROM note WHERE t = old.id; END`,
    'second',
    'counters',
  ],
  'a full-text index and a table': [
    `CREATE TRIGGER both AFTER DELETE ON t BEGIN INSERT INTO found(found, rowid, words) VALUES ('delete', old.id, old.words);
      INSERT INTO "log of ""deletions""" VALUES (old.id, 'now'); END`,
    'both',
    'log of "deletions"',
  ],
  'a table without rowids': [
    'CREATE TRIGGER gone AFTER DELETE ON w BEGIN DELETE FROM note WHERE txt = old.words; END',
    'gone',
    'note',
    'w',
  ],
};

for (const [kind, [sql, trigger, target, table = 't']] of Object.entries(WRITES)) {
  test(`a table whose rows cannot be deleted without side effects is refused: ${kind}`, async (t) => {
    const world = worldOf(t, sql, {}, table);
    const before = photograph(world);
    for (const more of [['--dry-run'], []]) {
      const { status, tables, total } = await world.archive('all', more);
      assert.deepEqual([status, total, tables[0]!.status], [1, 0, 'error']);
      assert.ok(
        tables[0]!.message!.includes(`the trigger ${trigger} writes to ${target}`),
        tables[0]!.message,
      );
      assert.match(tables[0]!.message!, /triggers: allow/);
    }
    assert.equal(photograph(world), before);

    if (target === table) return;
    world.configure({ [table]: { triggers: 'allow' } });
    assert.ok((await world.archive('all', ['--dry-run'])).total > 0);
    const { status } = await world.archive();
    assert.equal(status, 0);
    assert.notEqual(photograph(world), before);
  });
}

/** Triggers that a deletion does not run, or that write no table. */
const HARMLESS: Readonly<Record<string, string>> = {
  'a full-text index': `CREATE TRIGGER found_delete AFTER DELETE ON t BEGIN
    INSERT INTO found(found, rowid, words) VALUES ('delete', old.id, old.words); END`,
  'triggers of other events': `CREATE TRIGGER i AFTER INSERT ON t BEGIN DELETE FROM note; END;
    CREATE TRIGGER u AFTER UPDATE ON t BEGIN DELETE FROM note; END`,
  'a trigger of another table': 'CREATE TRIGGER n AFTER DELETE ON note BEGIN DELETE FROM counters; END',
  'a query': 'CREATE TRIGGER q AFTER DELETE ON t BEGIN SELECT count(*) FROM note; END',
  'a view of the table': `CREATE VIEW v AS SELECT * FROM t;
    CREATE TRIGGER vd INSTEAD OF DELETE ON v BEGIN DELETE FROM note; END`,
};

for (const [kind, sql] of Object.entries(HARMLESS)) {
  test(`no consent is needed for ${kind}`, async (t) => {
    const world = worldOf(t, sql);
    const { status, total } = await world.archive();
    assert.deepEqual([status, total], [0, 20]);
    using db = world.others();
    assert.equal(db.prepare('SELECT count(*) AS n FROM note').get()!.n, 20);
    assert.equal(db.prepare('SELECT sum(n) AS n FROM counters').get()!.n, 20);
    db.exec("INSERT INTO found(found) VALUES ('rebuild')");
  });
}

test('a trigger that appears while a segment is deleted stops it, and the next run does not go on without consent', async (t) => {
  const world = worldOf(t, '');
  const [sql] = WRITES['a delete of children']!;
  await world.archiveWhile((db) => db.exec(sql));
  using db = world.others();
  const notes = () => db.prepare('SELECT count(*) AS n FROM note').get()!.n;
  assert.equal(notes(), 20);
  const { status, tables } = await world.archive();
  assert.deepEqual([status, tables[0]!.status], [1, 'error']);
  assert.match(tables[0]!.message!, /gone writes to note/);
  assert.equal(notes(), 20);
  db.exec('DROP TRIGGER gone');
  assert.equal((await world.archive()).status, 0);
  world.assertWhole();
});

test('neither the end of a lease nor an erasure nor an overwriting restore has side effects', async (t) => {
  const world = worldOf(t, '');
  await world.archive();
  assert.equal((await world.firn(['restore', 't', '--into', 'hot', '--for', '1d'])).status, 0);
  using db = world.others();
  db.exec(WRITES['a delete of children']![0]);
  const notes = () => db.prepare('SELECT count(*) AS n FROM note').get()!.n;
  const later = { now: HOSTILE_NOW + 3 * 86_400_000 };
  await world.archive('all', [], later);
  db.exec("UPDATE t SET words = 'other' WHERE id = 3");
  await world.firn(['restore', 't', '--into', 'hot', '--for', '9d', '--overwrite'], later);
  const erased = await world.firn(['erase', '--table', 't', '--where', 'id=4', '--yes'], later);
  assert.match(erased.stderr, /gone writes to note/);
  assert.equal(notes(), 20);
  assert.equal(db.prepare('SELECT count(*) AS n FROM t').get()!.n, 20);
});

test('init says which triggers write, and its file says how to allow them', async (t) => {
  const world = worldOf(t, WRITES['a delete of children']![0]);
  using db = world.others();
  db.exec(`UPDATE t SET ts = '${YOUNG}' WHERE id < 3`);
  const { stdout } = await world.firn(['init', '--print']);
  assert.match(stdout.replaceAll(/\n\s+# /g, ' '), /the trigger gone writes to note/);
  assert.match(stdout, /# {2}triggers: allow/);
  assert.ok(readFileSync(world.config).length > 0);
});

test('a dry run foresees triggers and collations that only the application can use, and names them', async (t) => {
  const world = new HostileWorld(t, {
    tables: { t: {}, u: {}, ok: {} },
    fill: (db) => {
      db.function('notify', () => null);
      db.exec(`${TABLES}
        INSERT INTO t VALUES (1, '${DUE}', 'w');
        CREATE TRIGGER tell AFTER DELETE ON t BEGIN SELECT notify(old.id); END;
        CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
        INSERT INTO u VALUES (1, '${DUE}', 'w');
        CREATE TABLE ok (ts TEXT); INSERT INTO ok VALUES ('${DUE}')`);
    },
  });
  // As an application leaves it that has made a collation of its own.
  {
    using db = new DatabaseSync(world.database, { defensive: false });
    db.exec(`CREATE INDEX u_words ON u (words); PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE INDEX u_words ON u (words COLLATE by_app)' WHERE name = 'u_words'`);
  }
  for (const more of [['--dry-run'], []]) {
    const { status, tables } = await world.archive('all', more);
    assert.equal(status, 3);
    assert.deepEqual(
      tables.map((table) => table.status === 'error'),
      [true, true, false],
    );
    assert.match(
      tables[0]!.message!,
      /rows of t cannot be deleted: no such function: notify; its triggers: tell/,
    );
  }
});

test('a trigger that may refuse is foreseen, and named when it does', async (t) => {
  const world = worldOf(
    t,
    "CREATE TRIGGER keep BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'not this one'); END",
  );
  const planned = await world.archive('all', ['--dry-run']);
  assert.ok(planned.warnings.some((warning) => warning.startsWith('t: the trigger keep may prevent')));
  const { status, tables } = await world.archive();
  assert.equal(status, 1);
  assert.match(tables[0]!.message!, /the trigger keep prevented the deletion: not this one/);
});
