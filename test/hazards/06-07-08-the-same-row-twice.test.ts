import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createIdeas } from '../cli/ideas.ts';
import { firn } from '../cli/world.ts';
import { FirnProcess } from '../support/faults/firn-process.ts';
import { smallSizes } from '../support/small-sizes.ts';
import { DUE, HostileWorld } from '../support/worlds/hostile-world.ts';

function fill(db: DatabaseSync, rows: number): void {
  db.exec(`CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, words TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO notes SELECT 'n' || i, '${DUE}', hex(randomblob(60)) FROM n`);
}

test('hazard 6: two archivers at once lose and double nothing, and the second says who is at work', async (t) => {
  const rows = 20_000;
  const world = new HostileWorld(t, { tables: { notes: {} }, journal: 'wal', fill: (db) => fill(db, rows) });
  const paths = ['--db-path', world.database, '--archive-path', world.archives, '--config', world.config];
  const run = () => FirnProcess.run(['archive', 'all', '--json', '--older-than', '0d', ...paths]);
  const ends = await Promise.all([run(), run(), run()]);
  let total = 0;
  for (const { status, stdout, stderr } of ends) {
    assert.ok(status === 0 || status === 4, `${status} ${stderr}`);
    if (status === 0) total += JSON.parse(stdout).total;
    else assert.match(stderr, /archive \(process \d+ on .*holds the lock/);
  }
  assert.ok(
    ends.some(({ status }) => status === 4),
    'they were at work at once',
  );
  assert.equal(total, rows, 'each row was archived by one of them');
  world.assertWhole();
  using db = world.others();
  assert.equal(Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n), 0);
});

/** The database as it was goes back; returns what the archives held before. */
function putBack(world: HostileWorld, backup: string): string[] {
  copyFileSync(backup, world.database);
  return world.archived().get('notes')!;
}

test('hazard 7: a database put back to before its first archiving archives no row twice', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: (db) => fill(db, 700) });
  const backup = join(world.folder, 'backup.db');
  copyFileSync(world.database, backup);
  assert.equal((await world.archive()).total, 700);
  const before = putBack(world, backup);

  const refused = await world.firn(['archive', 'all']);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /older state.*\n.*\n.*--adopt/);
  const adopted = await world.archive('all', ['--adopt']);
  assert.deepEqual([adopted.status, adopted.total], [0, 0]);
  assert.ok(adopted.reconciled.length > 0);
  assert.deepEqual(
    adopted.reconciled.map(({ action }) => action),
    // One for each part of the day.
    smallSizes ? adopted.reconciled.map(() => 'adopt') : ['adopt'],
  );
  assert.deepEqual(world.archived().get('notes'), before);
  world.assertWhole();
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('hazard 7: a database put back to between two runs archives no row twice, and keeps both versions of a changed one', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: (db) => fill(db, 700) });
  const backup = join(world.folder, 'backup.db');
  await world.archive();
  {
    using db = world.others();
    db.exec(`INSERT INTO notes SELECT 'late' || value, '${DUE}', 'late' FROM json_each('[1,2,3,4]')`);
    copyFileSync(world.database, backup);
    db.exec("UPDATE notes SET words = 'changed after the backup' WHERE id = 'late4'");
  }
  assert.equal((await world.archive()).total, 4);
  putBack(world, backup);
  const again = await world.archive();
  assert.equal(again.status, 0);
  assert.ok(again.reconciled.some(({ action }) => action === 'adopt'));
  const late = world
    .archived()
    .get('notes')!
    .filter((row) => row.includes('tlate'))
    .map((row) => JSON.parse(row)[2][1]);
  assert.deepEqual(late.sort(), ['tchanged after the backup', 'tlate', 'tlate', 'tlate', 'tlate']);
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('hazard 8: a pending row stays until it is closed, so that its update finds it', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'tool_uses', ...ideas.paths]);
  assert.ok(ideas.ids('tool_uses').includes('t01'));
  const { DatabaseSync } = await import('node:sqlite');
  using db = new DatabaseSync(ideas.database);
  const { changes } = db
    .prepare("UPDATE tool_uses SET result_status = 'done', tool = 'with its result' WHERE id = 't01'")
    .run();
  assert.equal(changes, 1);
  const { stdout } = await firn(['archive', 'tool_uses', '--json', ...ideas.paths]);
  assert.equal(JSON.parse(stdout).total, 1);
  assert.ok(!ideas.ids('tool_uses').includes('t01'));
});

test('hazard 8: a pending row leaves when it is older than its hot and warm time, and not a moment before', async (t) => {
  const ideas = createIdeas(t);
  const start = Date.parse('2026-05-04T12:00:00Z');
  for (const [days, stays] of [
    [36.999, true],
    [37, false],
  ] as const) {
    await firn(['archive', 'tool_uses', ...ideas.paths], { now: start + days * 86_400_000 });
    assert.equal(ideas.ids('tool_uses').includes('t01'), stays, `${days} days`);
  }
});
