import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostileWorld } from '../../support/worlds/hostile-world.ts';

test('a row of a child table that is in the database and, alike, in the archive is found by verify --deep', async (t) => {
  const inherited = { hot: undefined, warm: undefined, cold: undefined, time_column: undefined };
  const world = new HostileWorld(t, {
    tables: { tasks: {}, notes: { with: 'tasks', by: 'task', ...inherited } },
    fill: (db) => {
      db.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, ts TEXT);
        CREATE TABLE notes (id TEXT PRIMARY KEY, task TEXT, words TEXT);
        INSERT INTO tasks VALUES ('t', '2026-01-05T10:00:00Z');
        INSERT INTO notes VALUES ('n', 't', 'words')`);
    },
  });
  assert.equal((await world.archive()).status, 0);
  using db = world.others();
  db.exec("INSERT INTO notes VALUES ('n', 't', 'other words')");
  const other = await world.firn(['verify', '--deep']);
  assert.match(other.stdout, /1 key has a database row and an archived row with different values/);
  db.exec("UPDATE notes SET words = 'words'");
  const doubled = await world.firn(['verify', '--deep']);
  assert.equal(doubled.status, 5);
  assert.match(doubled.stdout, /the row with the key \["n"\] is in 2026-01-05\/notes\.jsonl\.gz and hot/);
});
