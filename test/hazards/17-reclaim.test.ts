import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { DUE, HostileWorld, YOUNG } from '../support/worlds/hostile-world.ts';

function worldOf(t: TestContext, autoVacuum: 'NONE' | 'INCREMENTAL'): HostileWorld {
  const world = new HostileWorld(t, {
    tables: { notes: {} },
    fill: () => undefined,
  });
  const db: DatabaseSync = world.others();
  db.exec(`PRAGMA auto_vacuum = ${autoVacuum}; VACUUM;
    CREATE TABLE notes (id INTEGER PRIMARY KEY, ts TEXT, words TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO notes SELECT i, iif(i % 50, '${DUE}', '${YOUNG}'), hex(randomblob(300)) FROM n`);
  db.close();
  world.photograph();
  return world;
}

for (const [autoVacuum, how] of [
  ['INCREMENTAL', []],
  ['NONE', ['--full']],
] as const) {
  test(`hazard 17: what the rows took up is given back to the disk when asked for (auto_vacuum ${autoVacuum})`, async (t) => {
    const world = worldOf(t, autoVacuum);
    const before = statSync(world.database).size;
    assert.equal((await world.archive()).total, 4900);
    const look = await world.firn(['reclaim', '--dry-run', '--json', ...how]);
    assert.equal(look.status, 0, look.stderr);
    assert.equal(statSync(world.database).size >= before, true, 'a look gives nothing back');
    const { status, stderr } = await world.firn(['reclaim', ...how]);
    assert.equal(status, 0, stderr);
    const after = statSync(world.database).size;
    t.diagnostic(`${before} bytes before, ${after} after`);
    assert.ok(after < before / 5, `${before} before, ${after} after`);
    world.assertWhole();
    using db = world.others();
    assert.equal(Object.values(db.prepare('PRAGMA integrity_check').get()!)[0], 'ok');
    assert.equal(Object.values(db.prepare('PRAGMA auto_vacuum').get()!)[0], autoVacuum === 'NONE' ? 0 : 2);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  });
}
