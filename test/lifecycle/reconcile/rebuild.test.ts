import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { refusesWith } from '../../support/archives/archive.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const DROP = ['meta', 'receipts', 'changed', 'holds'].map((name) => `DROP TABLE _firn_${name}`).join(';');

test('with all of the ledger gone, the receipts come back from the files alone, warm and cold', async (t) => {
  const world = await ArchivedWorld.of(t);
  for (const tier of ['warm', 'cold']) {
    if (tier === 'cold') await world.consolidate();
    const before = await world.receipts();
    world.sql(DROP);
    const report = await world.rebuild();
    assert.deepEqual([report.before, report.after, report.rows], [0, 9, 71]);
    const own = ({
      segment,
      table,
      day,
      part,
      rows,
      bytes,
      rawBytes,
      digest,
      minTime,
      maxTime,
      tier,
    }: (typeof before)[number]) => ({
      ...{ segment, table, day, part, rows, bytes, rawBytes, digest, minTime, maxTime, tier },
    });
    assert.deepEqual((await world.receipts()).map(own), before.map(own));
    const { alarms, accounts } = await world.verify();
    assert.deepEqual(alarms, []);
    assert.ok(accounts.every(({ balanced }) => balanced));
    await world.assertConserved();
  }
});

test('a new and empty database takes over an archive', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql("DELETE FROM notes WHERE id LIKE 'hot%'");
  world.database = join(world.folder, 'new.db');
  new DatabaseSync(world.database).exec('PRAGMA journal_mode = WAL; CREATE TABLE unrelated (a)');
  const report = await world.rebuild();
  assert.deepEqual([report.after, report.rows], [9, 71]);
  const { alarms, checked } = await world.verify();
  assert.deepEqual([alarms, checked.rows], [[], 71]);
});

test('rebuilding what is whole changes nothing, and twice is as good as once', async (t) => {
  const world = await ArchivedWorld.of(t);
  const before = await world.receipts();
  assert.deepEqual((await world.rebuild()).steps, []);
  assert.deepEqual(await world.receipts(), before);
  world.sql(DROP);
  assert.equal((await world.rebuild()).steps.length, 9);
  assert.deepEqual((await world.rebuild()).steps, []);
});

test('a mistyped archive path is refused, and no folder appears', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(DROP);
  rmSync(world.archives, { recursive: true });
  await refusesWith('not_found', world.rebuild());
  assert.ok(!existsSync(world.archives));
});
