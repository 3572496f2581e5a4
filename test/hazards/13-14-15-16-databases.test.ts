import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createIdeas } from '../cli/ideas.ts';
import { firn } from '../cli/world.ts';
import { smallSizes } from '../support/small-sizes.ts';
import { DUE, HostileWorld } from '../support/worlds/hostile-world.ts';
import { createObservabilitySchema, insertRow } from '../support/worlds/observability-schema.ts';

// Every kind of value in every kind of column: test/scenario/hostile/hostile-values.test.ts.
test('hazard 13: what JSON cannot say comes out as it was, and stops no table', async (t) => {
  const world = new HostileWorld(t, {
    tables: { odd: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE odd (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, v);
        INSERT INTO odd (ts, v) VALUES ('${DUE}', x'00'), ('${DUE}', 9e999), ('${DUE}', -9e999), ('${DUE}', -0.0),
          ('${DUE}', CAST(x'61ff62' AS TEXT)), ('${DUE}', 9007199254740993), ('${DUE}', -9223372036854775808), ('${DUE}', 1.0)`);
    },
  });
  const { status, total } = await world.archive();
  assert.deepEqual([status, total], [0, 8]);
  world.assertWhole('zlib');
  world.assertWhole('python');
});

test('hazard 14: a missing table is reported, and the others go on', async (t) => {
  const ideas = createIdeas(t);
  using db = new DatabaseSync(ideas.database);
  db.exec('DROP TABLE message_bus_log');
  const { status, stdout } = await firn(['archive', 'all', '--json', ...ideas.paths]);
  assert.equal(status, 0);
  const { tables, total } = JSON.parse(stdout);
  const byTable = new Map<string, string>(
    tables.map(({ table, status }: Record<string, string>) => [table, status]),
  );
  assert.equal(byTable.get('message_bus_log'), 'missing_table');
  assert.equal(byTable.get('tool_uses'), 'archived');
  assert.equal(total, 21);
});

test('hazard 14: a mistyped path is an error that names it, and no command creates anything there', async (t) => {
  const { folder } = createIdeas(t);
  const before = readdirSync(folder, { recursive: true });
  for (const path of [join(folder, 'idaes.db'), join(folder, 'no', 'such', 'folder.db'), folder]) {
    const commands = [
      ['archive', 'all'],
      ['archive', 'all', '--dry-run'],
      ['cleanup', 'archives'],
      ['cleanup', 'archives', '--dry-run'],
      ['retention', 'status'],
      ['retention', 'stats'],
      ['job', '--mode', 'daily'],
      ['job', '--mode', 'full', '--dry-run'],
      ['verify'],
      ['verify', '--deep'],
      ['status'],
      ['search', '--where', 'id=1'],
      ['hold', 'list'],
      ['pause'],
      ['metrics'],
    ];
    for (const argv of commands) {
      const { status, stderr, stdout } = await firn([
        ...argv,
        '--db-path',
        path,
        '--archive-path',
        join(folder, 'archives'),
      ]);
      assert.notEqual(status, 0, argv.join(' '));
      assert.ok((stderr + stdout).includes(path), `${argv.join(' ')}: ${stderr}`);
      assert.doesNotMatch(stderr, /\.ts:\d+|unexpected/, argv.join(' '));
    }
  }
  assert.deepEqual(readdirSync(folder, { recursive: true }), before);
  assert.ok(!existsSync(join(folder, 'archives')));
});

// Every way to refuse: test/scenario/hostile/hostile-triggers.test.ts.
test('hazard 15: a row whose deletion is refused is not counted as archived, and the exit status says so', async (t) => {
  const world = new HostileWorld(t, {
    tables: { kept: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE kept (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT);
        INSERT INTO kept SELECT value, '${DUE}' FROM json_each('[1,2,3,4,5]');
        CREATE TRIGGER keep BEFORE DELETE ON kept BEGIN SELECT RAISE(IGNORE); END`);
    },
  });
  const { status, tables, total } = await world.archive();
  assert.deepEqual([status, total, tables[0]!.status, tables[0]!.records], [1, 0, 'error', 0]);
  const batch = smallSizes ? 3 : 5;
  assert.match(tables[0]!.message!, new RegExp(`deleted 0 of ${batch} rows.*trigger`));
  using db = world.others();
  assert.equal(Number(db.prepare('SELECT count(*) AS n FROM kept').get()!.n), 5);
});

test('hazard 16: with foreign keys that cascade each row leaves once, and no child is deleted', async (t) => {
  const world = new HostileWorld(t, {
    tables: null,
    fill: (db) => {
      createObservabilitySchema(db);
      db.exec(
        `CREATE TABLE remarks (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT REFERENCES transcript_entries(id) ON DELETE CASCADE)`,
      );
      for (let i = 0; i < 5; i++) {
        insertRow(db, 'transcript_entries', { id: `e${i}`, timestamp: DUE });
        insertRow(db, 'tool_uses', {
          id: `u${i}`,
          start_time: DUE,
          transcript_entry_id: `e${i}`,
          parent_tool_use_id: `u${(i + 1) % 5}`,
        });
        insertRow(db, 'message_bus_log', { id: `m${i}`, timestamp: DUE, event_id: 'there is no such event' });
        db.exec(`INSERT INTO remarks (entry) VALUES ('e${i}')`);
      }
    },
  });
  const { status, total, stderr } = await world.archive();
  assert.deepEqual([status, total], [0, 15], stderr);
  for (const table of ['transcript_entries', 'tool_uses', 'message_bus_log']) {
    assert.equal(world.archived().get(table)!.length, 5, table);
  }
  using db = world.others();
  assert.equal(Number(db.prepare('SELECT count(*) AS n FROM remarks').get()!.n), 5);
  world.assertWhole();
});
