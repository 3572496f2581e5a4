import assert from 'node:assert/strict';
import { copyFileSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setSizes } from '../../../src/model/sizes.ts';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

const ROWS = 300;

/** A table without a key whose rowids have gaps, with rows that are alike, and young rows before and behind. */
function worldOf(t: TestContext, encoding: 'UTF-8' | 'UTF-16le' = 'UTF-8'): HostileWorld {
  setSizes({
    unitRows: 7,
    firstDeletedRows: 10,
    fewestDeletedRows: 10,
    mostDeletedRows: 10,
    countedRows: 16,
  });
  t.after(() => setSizes({}));
  return new HostileWorld(t, {
    tables: { log: {} },
    encoding,
    fill: (db) => {
      db.exec('CREATE TABLE log (ts TEXT, msg TEXT, n)');
      const insert = db.prepare('INSERT INTO log VALUES (?, ?, ?)');
      for (let i = 0; i < ROWS; i++) {
        if (i % 3 === 0) insert.run(DUE, 'tidied up', i);
        insert.run(
          DUE,
          i % 5 === 0 ? 'heartbeat' : `row ${i}`,
          i % 7 === 0 ? new Uint8Array([0, 255]) : i / 4,
        );
        if (i % 10 === 0) for (let twin = 0; twin < 3; twin++) insert.run(DUE, 'twin', null);
        if (i % 20 === 0) insert.run(YOUNG, 'twin', null);
      }
      db.exec("DELETE FROM log WHERE msg = 'tidied up'");
    },
  });
}

/** What applications do to a table whose rowids nobody promised to keep. */
const RENUMBERINGS: Readonly<Record<string, (db: DatabaseSync, path: string) => void>> = {
  VACUUM: (db) => db.exec('VACUUM'),
  'VACUUM INTO, put in place': (db, path) => {
    db.exec(`VACUUM INTO '${path}.copy'`);
    db.close();
    copyFileSync(`${path}.copy`, path);
    rmSync(`${path}.copy`);
  },
  'the table written anew, in another order': (db) =>
    db.exec(`BEGIN; CREATE TABLE log_ (ts TEXT, msg TEXT, n); INSERT INTO log_ SELECT * FROM log ORDER BY msg, n DESC;
      DROP TABLE log; ALTER TABLE log_ RENAME TO log; COMMIT`),
  'all rows deleted and inserted again': (db) =>
    db.exec(`BEGIN; CREATE TEMP TABLE kept AS SELECT * FROM log ORDER BY n, msg; DELETE FROM log;
      INSERT INTO log SELECT * FROM kept; DROP TABLE kept; COMMIT`),
  'rowids shifted': (db) => db.exec('UPDATE log SET rowid = rowid + 1000000'),
};

/** Stops the run when the question is asked for the n-th time after copying. */
function stopAfter(n: number): { readonly copied: () => void; readonly stop: () => string | null } {
  let [copied, asked] = [false, 0];
  return {
    copied: () => {
      copied = true;
    },
    stop: () => (copied && ++asked > n ? 'enough' : null),
  };
}

async function settled(world: HostileWorld): Promise<void> {
  await world.archive();
  world.assertWhole();
  assert.equal((await world.archive()).total, 0);
  world.assertWhole();
  const { status, stdout } = await world.firn(['verify', '--deep', '--json']);
  assert.deepEqual([status, JSON.parse(stdout).alarms], [0, []]);
  using db = world.others();
  assert.deepEqual({ ...db.prepare('SELECT DISTINCT ts FROM log').get() }, { ts: YOUNG });
}

for (const [name, renumber] of Object.entries(RENUMBERINGS)) {
  for (const stop of [1, 2, 9]) {
    test(`${name}, after a run that stopped ${stop === 1 ? 'before' : 'while'} it deleted rows (${stop}): each row is in one place`, async (t) => {
      const world = worldOf(t);
      const { copied, stop: told } = stopAfter(stop);
      await world.archiveWhile(copied, { stop: told });
      {
        using db = world.others();
        renumber(db, world.database);
      }
      await settled(world);
    });
  }

  test(`${name}, after an older copy of the database came back: each row is in one place`, async (t) => {
    const world = worldOf(t, 'UTF-16le');
    const older = `${world.database}.older`;
    copyFileSync(world.database, older);
    await world.archive();
    copyFileSync(older, world.database);
    {
      using db = world.others();
      renumber(db, world.database);
    }
    await world.archive('all', ['--adopt']);
    await settled(world);
  });
}

for (const [name, renumber] of Object.entries(RENUMBERINGS)) {
  // Another file cannot take the place of one that is open.
  if (name.startsWith('VACUUM INTO')) continue;
  test(`${name}, between copying and deleting: each row is in one place`, async (t) => {
    const world = worldOf(t);
    await world.archiveWhile((db) => renumber(db, world.database));
    await settled(world);
  });
}

test('rows that the application changed or deleted meanwhile are told from those that moved', async (t) => {
  const world = worldOf(t);
  const { copied, stop } = stopAfter(2);
  await world.archiveWhile(copied, { stop });
  {
    using db = world.others();
    db.exec(
      `UPDATE log SET msg = 'changed' WHERE msg = 'row 299'; DELETE FROM log WHERE msg = 'row 298'; VACUUM`,
    );
    db.exec(`INSERT INTO log VALUES ('${DUE}', 'row 297', 74.25), ('${YOUNG}', 'new', 0)`);
    assert.equal(db.prepare("SELECT count(*) AS n FROM log WHERE msg = 'row 297'").get()!.n, 2);
  }
  await world.archive();
  await world.archive();
  const archived = world.archived().get('log')!;
  using db = world.others();
  const count = (text: string) =>
    archived.filter((row) => row.includes(`"t${text}"`)).length +
    Number(db.prepare('SELECT count(*) AS n FROM log WHERE msg = ?').get(text)!.n);
  assert.deepEqual(['changed', 'row 297', 'row 296', 'new'].map(count), [1, 2, 1, 1]);
  assert.ok(count('row 299') <= 1);
});

test('a full rebuild is refused while rows without a key are leased, and then changes nothing', async (t) => {
  const world = worldOf(t);
  await world.archive();
  const restored = await world.firn(['restore', 'log', '--into', 'hot', '--for', '1d']);
  assert.equal(restored.status, 0, restored.stderr);
  {
    using db = world.others();
    db.exec('CREATE TABLE filler AS SELECT randomblob(100000) AS x; DROP TABLE filler');
  }
  const { status, stderr } = await world.firn(['reclaim', '--full']);
  assert.equal(status, 1);
  assert.match(stderr, /log have a lease/);
  assert.equal((await world.archive()).total, 0);
  const later = { now: HOSTILE_NOW + 2 * 86_400_000 };
  await world.archive('all', [], later);
  world.assertWhole();
  assert.equal((await world.firn(['reclaim', '--full'], later)).status, 0);
});
