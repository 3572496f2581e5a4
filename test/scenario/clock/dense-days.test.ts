import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { DAY_MS, DENSE_NOW, DENSE_ROWS, DENSE_TABLES, DenseWorld } from '../../support/worlds/dense-world.ts';

function photograph(world: DenseWorld): Map<string, string[]> {
  return new Map(DENSE_TABLES.map((table) => [table, world.rows(table).hot]));
}

async function assertSound(world: DenseWorld, before: Map<string, string[]>, now: number): Promise<void> {
  for (const [table, rows] of before) world.assertWhole(table, rows);
  world.assertReceiptsFit();
  await using store = await openSqliteStore(world.database);
  const clock = standingClock(now);
  const report = await runVerify({ store, archive: world.archive, clock }, { scope: 'deep' });
  assert.deepEqual(report.alarms, []);
  assert.ok(report.accounts.every(({ balanced }) => balanced));
  for (const table of DENSE_TABLES) {
    let found = 0;
    for await (const _ of search(await world.places(), everything([table]))) found++;
    assert.equal(found, DENSE_ROWS, table);
  }
}

test('a day of many parts, blocks and batches is archived, bundled and restored row for row, whatever the key', async () => {
  await using world = new DenseWorld();
  const before = photograph(world);
  await world.archiveAll();
  for (const table of DENSE_TABLES) assert.ok(world.rows(table).hot.length <= 1, table);
  await assertSound(world, before, DENSE_NOW);
  await world.cleanup(DENSE_NOW + 60 * DAY_MS, { only: 'consolidate' });
  await assertSound(world, before, DENSE_NOW + 60 * DAY_MS);
  const path = join(world.folder, 'restored.db');
  {
    await using target = openRestoreFile(path, world.database);
    await restoreRows(await world.places(), everything(DENSE_TABLES), target);
  }
  for (const [table, rows] of before) {
    const there = new Set(world.rows(table).hot);
    assert.deepEqual(
      rowsOfTable(path, table),
      rows.filter((row) => !there.has(row)),
      table,
    );
  }
});

test('rows of a dense day come back under a lease and leave again without a second copy, whatever the key', async () => {
  await using world = await DenseWorld.archived();
  const archived = new Map(DENSE_TABLES.map((table) => [table, world.rows(table).archived]));
  const leaseUntil = (DENSE_NOW + DAY_MS) * 1000;
  await world.as((run) =>
    restoreIntoHot(run, everything(DENSE_TABLES), { leaseUntil: asInstant(leaseUntil) }),
  );
  for (const table of DENSE_TABLES) assert.equal(world.rows(table).hot.length, DENSE_ROWS, table);
  await world.archiveAll({}, DENSE_NOW + 2 * DAY_MS);
  for (const [table, rows] of archived) {
    assert.ok(world.rows(table).hot.length <= 1, table);
    assert.deepEqual(world.rows(table).archived, rows, table);
  }
});
