import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setSizes } from '../../../src/model/sizes.ts';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

const DAY = 86_400_000;
const LATER = { now: HOSTILE_NOW + 2 * DAY };
const TABLES = {
  'no key': 'CREATE TABLE log (ts TEXT, msg TEXT, n)',
  'NULL in the key': 'CREATE TABLE log (k TEXT, ts TEXT, msg TEXT, n, PRIMARY KEY (k))',
} as const;

/** A table whose rows no key tells, with gaps between rowids, and rows that are alike. */
function worldOf(t: TestContext, ddl: string, encoding: 'UTF-8' | 'UTF-16le' = 'UTF-8'): HostileWorld {
  setSizes({ unitRows: 7, firstDeletedRows: 10, leaseEndRows: 7, restoredHotRows: 9, countedRows: 16 });
  t.after(() => setSizes({}));
  return new HostileWorld(t, {
    tables: { log: {} },
    encoding,
    fill: (db) => {
      db.exec(ddl);
      const insert = db.prepare('INSERT INTO log (ts, msg, n) VALUES (?, ?, ?)');
      for (let i = 0; i < 60; i++) {
        insert.run(YOUNG, 'young', i);
        insert.run(DUE, `row ${i}`, i % 3 === 0 ? new Uint8Array([0, i]) : i / 4);
        if (i % 5 === 0) for (let twin = 0; twin < 3; twin++) insert.run(DUE, 'twin', null);
      }
    },
  });
}

const MOVES: Readonly<Record<string, (db: DatabaseSync) => void>> = {
  VACUUM: (db) => db.exec('VACUUM'),
  'rowids shifted by one': (db) =>
    db.exec('UPDATE log SET rowid = rowid + 1000000; UPDATE log SET rowid = rowid - 999999'),
  'all rows deleted and inserted again, in another order': (db) =>
    db.exec(`BEGIN; CREATE TEMP TABLE kept AS SELECT * FROM log ORDER BY n DESC, msg; DELETE FROM log;
      INSERT INTO log SELECT * FROM kept; DROP TABLE kept; COMMIT`),
};

/** Prints of leases as they were before: of the whole line of the row, with its rowid. */
function olderLeases(db: DatabaseSync): void {
  const set = db.prepare('UPDATE _firn_leases SET print = ? WHERE rowid_ = ?');
  for (const { id, ts, msg, n } of db.prepare('SELECT rowid AS id, * FROM log').all()) {
    const blob = n instanceof Uint8Array ? { $blob: Buffer.from(n).toString('base64') } : n;
    const line = JSON.stringify({ ts, msg, n: blob, _archived_at: '', _rowid: id }).replace(
      /"n":(\d+),/,
      '"n":$1.0,',
    );
    set.run(hash('sha256', `${line}\n`, 'buffer'), id as number);
  }
}

function others(world: HostileWorld, act: (db: DatabaseSync) => void): void {
  using db = world.others();
  act(db);
}

/** Rows in hot and what searches give, by their message. */
async function counts(world: HostileWorld): Promise<{ hot: number; found: number }> {
  using db = world.others();
  const { n } = db.prepare('SELECT count(*) AS n FROM log').get() as { n: number };
  const { stdout, stderr } = await world.firn(['search', '--table', 'log', '--format', 'jsonl']);
  assert.equal(stderr, '');
  return { hot: n, found: stdout.split('\n').length - 1 };
}

async function sound(world: HostileWorld, at = LATER): Promise<void> {
  const { status, stdout } = await world.firn(['verify', '--deep', '--json'], at);
  assert.deepEqual([status, JSON.parse(stdout).alarms], [0, []]);
}

for (const [kind, ddl] of Object.entries(TABLES)) {
  for (const [name, move] of Object.entries(MOVES)) {
    for (const encoding of ['UTF-8', 'UTF-16le'] as const) {
      test(`${name} while rows are leased: they stay, are found once, and leave when the leases end (${kind}, ${encoding})`, async (t) => {
        const world = worldOf(t, ddl, encoding);
        const before = await counts(world);
        await world.archive();
        assert.equal((await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d'])).status, 0);
        others(world, (db) => {
          db.exec("DELETE FROM log WHERE msg = 'young' AND n < 30");
          move(db);
        });
        const now = before.found - 30;
        assert.deepEqual(await counts(world), { hot: now, found: now });
        assert.equal((await world.archive()).total, 0, 'leased rows stay');
        const again = await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d', '--json']);
        assert.equal(again.status, 0);
        assert.deepEqual(await counts(world), { hot: now, found: now }, 'they stand there already');
        others(world, move);
        await sound(world, { now: HOSTILE_NOW });
        const end = await world.archive('all', [], LATER);
        assert.deepEqual([end.status, end.total], [0, 0], end.stderr);
        assert.deepEqual(await counts(world), { hot: 30, found: now });
        await sound(world);
      });
    }
  }
}

test('of rows that read alike as many leave as were restored; others that came meanwhile are archived', async (t) => {
  const world = worldOf(t, TABLES['no key']);
  await world.archive();
  await world.firn(['restore', 'log', '--where', 'msg=twin', '--into', 'hot', '--for', '1d']);
  others(world, (db) => {
    db.exec(`DELETE FROM log WHERE rowid IN (SELECT rowid FROM log WHERE msg = 'twin' LIMIT 2)`);
    for (let i = 0; i < 5; i++) db.prepare('INSERT INTO log VALUES (?, ?, NULL)').run(DUE, 'twin');
    db.exec('VACUUM');
  });
  // 36 were restored, and 39 stand there: nobody can say which.
  const waiting = await world.archive();
  assert.deepEqual([waiting.total, waiting.tables[0]!.kept], [0, { ...waiting.tables[0]!.kept, leased: 39 }]);
  const end = await world.archive('all', [], LATER);
  assert.equal(end.total, 3);
  const twins = world
    .archived()
    .get('log')!
    .filter((row) => row.includes('"ttwin"'));
  assert.equal(twins.length, 39);
});

test('an erasure ends the leases of the rows that it erases and of no others, wherever they are', async (t) => {
  const world = worldOf(t, TABLES['no key']);
  await world.archive();
  await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d']);
  others(world, (db) => db.exec("DELETE FROM log WHERE msg = 'young'; VACUUM"));
  const erased = await world.firn(['erase', '--table', 'log', '--where', 'msg=row 7', '--yes']);
  assert.equal(erased.status, 0, erased.stderr);
  assert.deepEqual(await counts(world), { hot: 95, found: 95 });
  assert.equal((await world.archive()).total, 0);
  await world.archive('all', [], LATER);
  assert.deepEqual(await counts(world), { hot: 0, found: 95 });
  await sound(world);
});

test('leases that an earlier version wrote, whose prints hold the rowid, are followed too', async (t) => {
  const world = worldOf(t, TABLES['no key']);
  await world.archive();
  await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d']);
  others(world, olderLeases);
  assert.equal((await world.archive()).total, 0);
  await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d']);
  others(world, (db) => db.exec("DELETE FROM log WHERE msg = 'young'; VACUUM"));
  assert.equal((await world.archive()).total, 0);
  await world.archive('all', [], LATER);
  assert.deepEqual(await counts(world), { hot: 0, found: 96 });
  await sound(world);
});
