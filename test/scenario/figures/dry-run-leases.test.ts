import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DUE, HOSTILE_NOW, HostileWorld } from '../../support/worlds/hostile-world.ts';

const DAY = 86_400_000;
const TABLES = {
  'a text key': 'CREATE TABLE log (id TEXT PRIMARY KEY, ts TEXT, msg TEXT)',
  'an integer key': 'CREATE TABLE log (id INTEGER PRIMARY KEY, ts TEXT, msg TEXT)',
  'no key': 'CREATE TABLE log (id, ts TEXT, msg TEXT)',
} as const;

for (const [kind, ddl] of Object.entries(TABLES)) {
  test(`a dry run counts what the run does where leases are over, and where others go on (${kind})`, async (t) => {
    const world = new HostileWorld(t, {
      tables: { log: { open_while: "msg = 'open'" } },
      fill: (db) => {
        db.exec(ddl);
        for (let i = 1; i <= 40; i++)
          db.prepare('INSERT INTO log VALUES (?, ?, ?)').run(BigInt(i), DUE, `row ${i % 9}`);
      },
    });
    await world.archive();
    for (const [row, days] of [
      ['row 1', '1d'],
      ['row 2', '1d'],
      ['row 3', '9d'],
      ['row 4', '1d'],
    ])
      await world.firn(['restore', 'log', '--where', `msg=${row}`, '--into', 'hot', '--for', days!]);
    {
      using db = world.others();
      db.exec(`UPDATE log SET msg = 'edited' WHERE id IN (10, 12);
        INSERT INTO log VALUES (100, '${DUE}', 'new'), (101, '${DUE}', 'new'), (102, '${DUE}', 'open')`);
    }
    await world.firn(['hold', 'add', '--table', 'log', '--where', 'msg=row 4', '--reason', 'why']);
    const later = { now: HOSTILE_NOW + 2 * DAY };
    const [dry] = (await world.archive('all', ['--dry-run'], later)).tables;
    const [run] = (await world.archive('all', [], later)).tables;
    assert.deepEqual([dry!.records, dry!.kept], [run!.records, run!.kept]);
    assert.ok(run!.records >= 3 && (run!.kept as Record<string, number>).leased! > 0, JSON.stringify(run));
  });
}
