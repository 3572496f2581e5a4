import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BoundWorld } from '../../support/worlds/bound-world.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';

test('units leave as a whole: one open row keeps all rows of its unit', async () => {
  await using world = new BoundWorld(sessionsCase());
  const report = await world.archive();
  const kept = Object.fromEntries(report.tables.map(({ table, kept }) => [table, kept]));
  assert.equal(report.tables.find(({ table }) => table === 'session')?.status, 'archived');
  assert.equal(kept.part?.open, 1);
  assert.equal(kept.session?.withUnit, 1);
  await world.check();
  // Message 5 is of session s9 (1 + 5 * 7 % 9 = 9), whose part is open.
  const gone = world
    .archived()
    .get('session')!
    .map(({ id }) => id);
  assert.deepEqual(gone.sort(), ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8']);
});

test('a row that a remaining row refers to stays, and its unit with it', async () => {
  const keep = { references: 'keep' } as const;
  await using world = new BoundWorld(sessionsCase({ message: keep, session: keep }));
  const plan = await world.plan();
  const report = await world.archive();
  const of = (table: string) => report.tables.find((one) => one.table === table)!;
  assert.equal(of('message').kept.referenced, 1, 'the bookmark');
  // Message 2 is of s6, message 5 of s9. Messages reply to those with ids 9 less, which are of the same session.
  const gone = world
    .archived()
    .get('session')!
    .map(({ id }) => id);
  assert.deepEqual(gone.sort(), ['s1', 's2', 's3', 's4', 's5', 's7', 's8']);
  assert.deepEqual(
    report.tables.map(({ table, records }) => [table, records]),
    plan.tables.map(({ table, records }) => [table, records]),
    'a dry run says what the run does',
  );
  assert.equal(of('message').records + of('message').kept.withUnit! + of('message').kept.referenced!, 30);
  await world.check();
  const again = await world.archive();
  assert.equal(again.total, 0);
});

test('children whose parent does not exist are reported, and never move', async () => {
  await using world = new BoundWorld(sessionsCase());
  const plan = await world.plan();
  assert.equal(plan.tables.find(({ table }) => table === 'message')?.orphans, 1);
  assert.match(plan.warnings.join('\n'), /message: 1 row belongs to a parent row that does not exist/);
  await world.archive();
  assert.ok(
    !world
      .archived()
      .get('message')!
      .some(({ id }) => id === 33),
  );
});

test('each row of a child has the time of its root in its line', async () => {
  await using world = new BoundWorld(sessionsCase());
  await world.archive();
  const times = new Map(
    world
      .archived()
      .get('session')!
      .map(({ id, ts }) => [id, ts]),
  );
  for (const table of ['message', 'part', 'note'])
    for (const { session_id, _time } of world.archived().get(table)!)
      assert.equal(String(_time).replace('.000000', ''), times.get(session_id));
});

test('while rows are copied others change a part, add a message and delete a note: those units stay whole', async () => {
  let once = false;
  await using world = new BoundWorld(
    sessionsCase({}, (db, segment) => {
      if (once || !segment.startsWith('2026-01-12')) return;
      once = true;
      db.exec(`UPDATE part SET tag = 'changed part' WHERE tag = 'part 1';
        INSERT INTO message (session_id, tag) VALUES ('s2', 'new message');
        UPDATE seen_note SET gone = 1 WHERE tag = 'note s8'; DELETE FROM note WHERE tag = 'note s8';
        UPDATE session SET ts = '2026-02-10T00:00:00Z' WHERE id = 's5';`);
    }),
  );
  await world.archive();
  await world.check();
  using db = new (await import('node:sqlite')).DatabaseSync(world.database);
  const hot = db
    .prepare("SELECT id FROM session WHERE id LIKE 's_' ORDER BY id")
    .all()
    .map(({ id }) => id);
  // Part 1 is of message 1, of s8.
  assert.deepEqual(hot, ['s2', 's5', 's8', 's9']);
  await world.archive();
  await world.check();
});

test('a referring table that cannot be read hides only the tables that are bound to it, in a plan and in status', async () => {
  await using world = new BoundWorld(
    sessionsCase(
      { message: { references: 'keep' } },
      undefined,
      "CREATE TABLE plain (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT); INSERT INTO plain (ts) VALUES ('2026-01-10');",
    ),
  );
  world.write((db) => {
    db.enableDefensive(false);
    db.exec(`PRAGMA writable_schema = ON;
      UPDATE sqlite_schema SET sql = 'CREATE TABLE bookmark (id INTEGER PRIMARY KEY, message_id INTEGER COLLATE of_the_app REFERENCES message(id))'
      WHERE name = 'bookmark'`);
  });
  const config = join(world.folder, 'firn.config.yaml');
  const ages = 'hot: 7d, warm: 30d, cold: 1y, time_column: ts';
  writeFileSync(
    config,
    `preset: none
database: a.db
archives: archives
tables:
  session: { ${ages} }
  message: { with: session, by: session_id }
  plain: { ${ages} }
`,
  );
  const said = (...args: string[]) => {
    const { stdout } = spawnSync(process.execPath, ['bin/firn.js', ...args, '--json', '--config', config]);
    return JSON.parse(String(stdout));
  };
  const plan = said('archive', 'all', '--dry-run').tables as { table: string; status: string }[];
  const status = said('retention', 'status');
  assert.deepEqual(
    plan.map(({ table, status }) => [table, status]),
    [
      ['session', 'error'],
      ['message', 'error'],
      ['plain', 'dry_run'],
    ],
  );
  assert.deepEqual(
    [status.unreadable.map(({ table }: { table: string }) => table), status.database.length],
    [['session', 'message'], 1],
  );
});
