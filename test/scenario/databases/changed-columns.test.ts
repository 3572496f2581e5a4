import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { HostileWorld } from '../../support/worlds/hostile-world.ts';

/** Tables with rows that no key tells apart, and what was done to them when their columns had other names. */
const TABLES = {
  'without a key': { ddl: 'id TEXT, ts TEXT, words TEXT', meanwhile: 'VACUUM' },
  'with a NULL in its key': {
    ddl: 'a TEXT, id TEXT, ts TEXT, words TEXT, PRIMARY KEY (a, id)',
    meanwhile: '',
  },
} as const;

const CHANGES = [
  'ALTER TABLE notes RENAME COLUMN words TO body',
  "ALTER TABLE notes ADD COLUMN more TEXT DEFAULT 'none'",
] as const;

/** Which rows there are in each place, in whatever columns they are. */
function idsOf(world: HostileWorld): { readonly hot: string[]; readonly archived: string[] } {
  using db = world.others();
  const ids = (rows: readonly unknown[]): string[] =>
    rows.map((row) => /notes-\d+/.exec(JSON.stringify(row))![0]).sort();
  return {
    hot: ids(db.prepare('SELECT * FROM notes').all()),
    archived: ids(world.archived().get('notes') ?? []),
  };
}

for (const [what, { ddl, meanwhile }] of Object.entries(TABLES)) {
  for (const change of CHANGES) {
    test(`a row ${what} is archived once, if a run is interrupted by: ${change}`, async (t) => {
      const fill = (db: DatabaseSync): void => {
        db.exec(`CREATE TABLE notes (${ddl})`);
        const insert = db.prepare('INSERT INTO notes (id, ts, words) VALUES (?, ?, ?)');
        for (let i = 0; i < 20; i++) insert.run(`notes-${i}`, '2026-01-05T10:00:00Z', `words ${i}`);
        db.exec("DELETE FROM notes WHERE id IN ('notes-0', 'notes-7')");
      };
      const world = new HostileWorld(t, { tables: { notes: {} }, fill });
      const { hot: ids } = idsOf(world);
      const first = await world.archiveWhile((db) => db.exec(`${change}; ${meanwhile}`));
      assert.match(first.tables[0]!.message!, /columns of the table changed during the run/);
      assert.equal((await world.archive()).status, 0);
      assert.deepEqual(idsOf(world), { hot: [], archived: ids });
      assert.equal((await world.firn(['verify', '--deep'])).status, 0);
    });
  }
}
