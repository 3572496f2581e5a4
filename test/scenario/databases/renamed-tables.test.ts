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
