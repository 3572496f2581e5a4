import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything } from '../../../src/lookup/read/query.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { DAY_MS, DENSE_NOW, DENSE_ROWS, DenseWorld } from '../../support/worlds/dense-world.ts';

/** Restores rows of the log until a number of days from now; returns how many. */
async function lease(world: DenseWorld, days: number, condition: string): Promise<number> {
  const query = { ...everything(['log']), where: [parseCondition(condition)] };
  const leaseUntil = (DENSE_NOW + days * DAY_MS) * 1000;
  const { tables } = await world.as((run) =>
    restoreIntoHot(run, query, { leaseUntil: asInstant(leaseUntil) }),
  );
  return tables[0]!.inserted;
}

test('of rows that changed under their lease in several batches and parts, exactly the old lines are taken out', async () => {
  await using world = new DenseWorld();
  const before = world.rows('log').hot;
  await world.archiveAll();
  assert.equal(await lease(world, 1, 'id~l-'), DENSE_ROWS);
  assert.deepEqual(world.rows('log').hot, before);
  const changed = [0, 2, 7, 100, 101, 199, DENSE_ROWS - 1].map((n) => `'l-${n}'`).join(', ');
  world.sql(`UPDATE log SET words = 'corrected ' || id WHERE id IN (${changed})`);
  const expected = world.rows('log').hot;
  await world.archiveAll({}, DENSE_NOW + 2 * DAY_MS);
  assert.deepEqual(world.rows('log').hot, []);
  world.assertWhole('log', expected);
  world.assertReceiptsFit();
});

test('the end of one lease leaves the later leases of the same segments alone', async () => {
  await using world = await DenseWorld.archived();
  const before = world.rows('log').archived;
  assert.ok((await lease(world, 1, 'run=run-1')) > 20);
  const later = await lease(world, 30, 'run=run-2');
  assert.ok(later > 20);
  await world.archiveAll({}, DENSE_NOW + 2 * DAY_MS);
  assert.equal(world.rows('log').hot.length, later, 'only the rows of the later lease are left in hot');
  assert.deepEqual(world.rows('log').archived, before, 'no leased row was archived a second time');
  await world.archiveAll({}, DENSE_NOW + 31 * DAY_MS);
  assert.deepEqual(world.rows('log').hot, []);
  assert.deepEqual(world.rows('log').archived, before);
});
