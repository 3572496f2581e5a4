import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { parseSizes, setSizes } from '../../../src/model/sizes.ts';
import { HostileWorld } from '../../support/worlds/hostile-world.ts';

const ROWS = 300;

function fill(db: DatabaseSync): void {
  db.exec(
    `CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, words TEXT);
    WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${ROWS})
    INSERT INTO notes SELECT printf('n-%04d', i), '2026-01-16T10:00:00Z', hex(randomblob(50)) FROM c`,
  );
}

test('rows that others delete in many batches of a drain, and in a drain that is gone on with, are each counted as absent', async (t) => {
  setSizes(parseSizes('tiny'));
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  const gone = new Set<string>();
  const takeAway = (db: DatabaseSync): void => {
    const some = db.prepare("SELECT id FROM notes WHERE substr(id, -1) IN ('1', '4', '8')").all();
    for (const { id } of some) gone.add(String(id));
    db.exec("DELETE FROM notes WHERE substr(id, -1) IN ('1', '4', '8')");
  };
  let asked = 0;
  const stop = (): string | null => (++asked > 40 ? 'enough' : null);
  await world.archiveWhile(takeAway, { stop });
  assert.ok(gone.size > 20);
  // What the first run left is gone on with, and others go on deleting.
  {
    using db = world.others();
    db.exec("DELETE FROM notes WHERE substr(id, -1) = '6'");
  }
  const left = Number(world.others().prepare('SELECT count(*) AS n FROM notes').get()!.n);
  await world.archiveWhile(() => undefined);
  const receipts = world
    .others()
    .prepare('SELECT segment, state, rows, deleted, changed, absent FROM _firn_receipts')
    .all();
  assert.ok(receipts.length >= 2);
  let deleted = 0;
  let absent = 0;
  for (const receipt of receipts) {
    assert.equal(receipt.state, 'archived');
    assert.equal(
      Number(receipt.deleted) + Number(receipt.changed) + Number(receipt.absent),
      Number(receipt.rows),
      `every line of ${receipt.segment} is accounted for`,
    );
    deleted += Number(receipt.deleted);
    absent += Number(receipt.absent);
  }
  const archived = world.archived().get('notes')!.length;
  assert.deepEqual(
    [deleted + absent, world.others().prepare('SELECT * FROM notes').all().length],
    [archived, 0],
  );
  assert.ok(deleted >= left && absent >= 20, `${deleted} deleted, ${absent} absent`);
});
