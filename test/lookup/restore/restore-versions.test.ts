import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { DAY_MS, DENSE_NOW, DENSE_ROWS, DenseWorld } from '../../support/worlds/dense-world.ts';

const LOG = everything(['log']);
const VERSIONS = ['second', 'third'];

/**
 * Each row of the log archived three times, since it came back after each. The later versions have earlier times of their own, so that only
 * the date of archiving tells which is the newest.
 */
async function threeVersions(): Promise<DenseWorld> {
  const world = await DenseWorld.archived();
  for (const [at, version] of VERSIONS.entries()) {
    const day = `2026-01-0${8 - at}`;
    world.sql(
      `WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i < ${DENSE_ROWS - 1})
      INSERT INTO log SELECT 'l-' || i, '${day}T12:00:00Z', 'run', i, '${version} ${'x'.repeat(60)}' FROM c`,
    );
    await world.archiveAll({}, DENSE_NOW + (at + 1) * DAY_MS);
  }
  assert.equal(world.rows('log').archived.length, 3 * DENSE_ROWS);
  return world;
}

function versionsIn(path: string): Record<string, unknown>[] {
  using db = new DatabaseSync(path);
  return db.prepare('SELECT substr(words, 1, 6) AS version, count(*) AS n FROM log GROUP BY 1').all();
}

test('of several archived versions of a row the one archived last is restored, with and without --overwrite', async () => {
  await using world = await threeVersions();
  for (const overwrite of [false, true]) {
    const path = join(world.folder, `overwrite-${overwrite}.db`);
    {
      await using target = openRestoreFile(path, world.database);
      await restoreRows(await world.places(), LOG, target, { overwrite });
    }
    assert.deepEqual(
      versionsIn(path).map((row) => ({ ...row })),
      [{ version: 'third ', n: DENSE_ROWS }],
    );
  }
});

test('--overwrite puts the version archived last in the place of present rows, in the live database too', async () => {
  await using world = await threeVersions();
  world.sql("INSERT INTO log VALUES ('l-7', '2026-02-09T00:00:00Z', 'run', 7, 'mine')");
  const now = DENSE_NOW + 3 * DAY_MS;
  const leaseUntil = (now + DAY_MS) * 1000;
  await world.as(
    (run) => restoreIntoHot(run, LOG, { overwrite: true, leaseUntil: asInstant(leaseUntil) }),
    now,
  );
  assert.deepEqual(
    versionsIn(world.database).map((row) => ({ ...row })),
    [{ version: 'third ', n: DENSE_ROWS }],
  );
});
