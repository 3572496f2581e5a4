import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { HOSTILE_NOW, HostileWorld } from '../../support/worlds/hostile-world.ts';

function fill(db: DatabaseSync): void {
  for (const table of ['notes', 'tasks']) {
    db.exec(`CREATE TABLE ${table} (id TEXT PRIMARY KEY, ts TEXT, words TEXT)`);
    const insert = db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`);
    for (let i = 0; i < 20; i++) insert.run(`${table}-${i}`, '2026-01-05T10:00:00Z', `words ${i}`);
  }
}

test('a table that is renamed while another is archived fails alone, and is named', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {}, tasks: {} }, fill });
  const report = await world.archiveWhile((db, segment) => {
    if (segment.includes('notes')) db.exec('ALTER TABLE tasks RENAME TO tasks_old');
  });
  const [notes, tasks] = report.tables;
  assert.equal(notes!.status, 'archived');
  assert.equal(notes!.records, 20);
  assert.deepEqual([tasks!.table, tasks!.status, tasks!.records], ['tasks', 'error', 0]);
  assert.match(tasks!.message!, /table does not exist any more/);
  using db = world.others();
  db.exec('ALTER TABLE tasks_old RENAME TO tasks');
  const next = await world.archive();
  assert.equal(next.status, 0);
  world.assertWhole();
});

test('leases that end while their table has another name stay, so that no row is archived twice', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  assert.equal((await world.archive()).status, 0);
  const restored = await world.firn(['restore', 'notes', '--into', 'hot', '--for', '1d']);
  assert.equal(restored.status, 0, restored.stderr);
  const rename = (from: string, to: string): void => {
    using db = world.others();
    db.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
  };
  const later = { now: HOSTILE_NOW + 3 * 86_400_000 };
  rename('notes', 'notes_old');
  const meanwhile = await world.archive('all', [], later);
  assert.match(
    meanwhile.warnings.join(),
    /cannot end the leases .*: the database does not have this table, but notes_old has rows of it/,
  );
  rename('notes_old', 'notes');
  const next = await world.archive('all', [], later);
  assert.deepEqual([next.status, next.total], [0, 0]);
  world.assertWhole();
});

test('a segment whose table has another name waits until its rows can be found', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  const first = await world.archiveWhile((db) => db.exec('ALTER TABLE notes RENAME TO notes_old'));
  assert.match(first.tables[0]!.message!, /table does not exist any more/);
  const blocked = await world.archive();
  assert.match(
    blocked.reconciled[0]!.reason,
    /does not have this table, but notes_old has rows of it\. Rename notes_old back to its former name/,
  );
  assert.notEqual(blocked.status, 0);
  using db = world.others();
  db.exec('ALTER TABLE notes_old RENAME TO notes');
  const next = await world.archive();
  assert.deepEqual([next.status, next.reconciled[0]!.action], [0, 'resume']);
  world.assertWhole();
});

/** What somebody does to the columns of a table that gets another name too. */
const CHANGES = {
  'a column renamed': 'ALTER TABLE notes RENAME COLUMN words TO body',
  'its key renamed': 'ALTER TABLE notes RENAME COLUMN id TO name',
  'a column added': "ALTER TABLE notes ADD COLUMN more TEXT DEFAULT 'none'",
  'a column dropped': 'ALTER TABLE notes DROP COLUMN words',
  'a column renamed and one added':
    'ALTER TABLE notes RENAME COLUMN words TO body; ALTER TABLE notes ADD COLUMN more',
} as const;

const MAKES = {
  'with a key': fill,
  'without a key': (db: DatabaseSync): void => {
    db.exec('CREATE TABLE notes (id TEXT, ts TEXT, words TEXT, other TEXT)');
    const insert = db.prepare('INSERT INTO notes VALUES (?, ?, ?, ?)');
    for (let i = 0; i < 20; i++) insert.run(`notes-${i}`, '2026-01-05T10:00:00Z', `words ${i}`, 'other');
  },
} as const;

/** The first cell of all rows of notes, wherever they are, whatever its name is. */
function idsOf(world: HostileWorld): string[] {
  using db = world.others();
  const hot = db.prepare('SELECT * FROM notes').all();
  const archived = world.archived().get('notes') ?? [];
  return [...hot.map((row) => JSON.stringify(row)), ...archived.map((row) => JSON.stringify(row))]
    .map((row) => /notes-\d+/.exec(row)![0])
    .sort();
}

for (const [how, make] of Object.entries(MAKES)) {
  for (const [what, sql] of Object.entries(CHANGES)) {
    test(`a segment whose table ${how} has another name, and ${what}, waits until its rows can be found`, async (t) => {
      const world = new HostileWorld(t, { tables: { notes: {} }, fill: make });
      const ids = idsOf(world);
      const first = await world.archiveWhile((db) => db.exec(`${sql}; ALTER TABLE notes RENAME TO old`));
      assert.match(first.tables[0]!.message!, /table does not exist any more/);
      const blocked = await world.archive();
      assert.match(blocked.reconciled[0]!.reason, /does not have this table, but old has rows of it/);
      using db = world.others();
      db.exec('ALTER TABLE old RENAME TO notes');
      // Without the columns of its key a row is not found: that is said until they have their names again.
      if (sql.includes('RENAME COLUMN id')) db.exec('ALTER TABLE notes RENAME COLUMN name TO id');
      await world.archive();
      assert.deepEqual(idsOf(world), ids);
    });
  }
}

test('a segment whose table without a key has another name, and other rowids, waits until its rows can be found', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: MAKES['without a key'] });
  using db = world.others();
  db.exec("DELETE FROM notes WHERE id = 'notes-0'");
  world.photograph();
  await world.archiveWhile((others) => others.exec('ALTER TABLE notes RENAME TO old; VACUUM'));
  const blocked = await world.archive();
  assert.match(blocked.reconciled[0]!.reason, /does not have this table, but old has rows of it/);
  db.exec('ALTER TABLE old RENAME TO notes');
  assert.equal((await world.archive()).status, 0);
  world.assertWhole();
});

test('a segment of a child table that has another name waits until its rows can be found', async (t) => {
  const inherited = { hot: undefined, warm: undefined, cold: undefined, time_column: undefined };
  const notes = { with: 'tasks', by: 'task', ...inherited };
  const world = new HostileWorld(t, {
    tables: { tasks: {}, notes },
    fill: (db) => {
      db.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, ts TEXT);
        CREATE TABLE notes (id TEXT PRIMARY KEY, task TEXT);
        INSERT INTO tasks VALUES ('t', '2026-01-05T10:00:00Z');
        INSERT INTO notes VALUES ('n', 't')`);
    },
  });
  await world.archiveWhile((db, segment) => {
    if (segment.includes('notes')) db.exec('ALTER TABLE notes RENAME TO old');
  });
  const blocked = await world.archive();
  assert.match(JSON.stringify(blocked.reconciled), /does not have this table, but old has rows of it/);
  using db = world.others();
  db.exec('ALTER TABLE old RENAME TO notes');
  assert.equal((await world.archive()).status, 0);
  world.assertWhole();
});

test('leases that end while their table has another name, and a column too, stay', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  assert.equal((await world.archive()).status, 0);
  assert.equal((await world.firn(['restore', 'notes', '--into', 'hot', '--for', '1d'])).status, 0);
  const later = { now: HOSTILE_NOW + 3 * 86_400_000 };
  using db = world.others();
  db.exec('ALTER TABLE notes RENAME COLUMN words TO body; ALTER TABLE notes RENAME TO old');
  assert.match((await world.archive('all', [], later)).warnings.join(), /but old has rows of it/);
  db.exec('ALTER TABLE old RENAME COLUMN body TO words; ALTER TABLE old RENAME TO notes');
  const next = await world.archive('all', [], later);
  assert.deepEqual([next.status, next.total], [0, 0]);
  world.assertWhole();
});

test('a segment whose table was dropped is finished, beside a table with the same columns too', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {}, tasks: {} }, fill });
  const report = await world.archiveWhile((db, segment) => {
    if (segment.includes('notes')) db.exec('DROP TABLE notes');
  });
  assert.match(report.tables[0]!.message!, /table does not exist any more/);
  using db = world.others();
  db.exec("INSERT INTO tasks VALUES ('notes-3', '2026-01-05T10:00:00Z', 'other words')");
  const next = await world.archive();
  assert.deepEqual(
    next.tables.map(({ status }) => status),
    ['missing_table', 'archived'],
  );
  assert.equal(world.archived().get('notes')!.length, 20);
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('leases of a table that was dropped end', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  assert.equal((await world.archive()).status, 0);
  assert.equal((await world.firn(['restore', 'notes', '--into', 'hot', '--for', '1d'])).status, 0);
  using db = world.others();
  db.exec('DROP TABLE notes');
  const later = { now: HOSTILE_NOW + 3 * 86_400_000 };
  assert.match((await world.archive('all', [], later)).warnings.join(), /leases ended: 0 restored rows/);
  assert.equal(db.prepare('SELECT count(*) AS n FROM _firn_leases').get()!.n, 0);
});
