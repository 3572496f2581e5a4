import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_MS, DENSE_NOW, DENSE_ROWS, DenseWorld } from '../../support/worlds/dense-world.ts';

/** Long past hot + warm + cold. */
const EXPIRED = DENSE_NOW + 500 * DAY_MS;
/** One row, and each way to write its number; `n` is a lookup key, so its segments have a filter of the texts that were stored. */
const WRITTEN: readonly (readonly [id: string, written: string])[] = [
  ['l-7', '7'],
  ['l-7', '07'],
  ['l-7', '7.0'],
  ['l-7', '7e0'],
  ['l-40', '40.50'],
  ['l-40', '4.05e1'],
];

test('a hold keeps the segment of a number however the number is written, from warm and from cold', async () => {
  for (const [at, [id, written]] of WRITTEN.entries()) {
    await using world = await DenseWorld.archived();
    const [kept] = world.rows('log').archived.filter((row) => row.includes(`["id","t${id}"]`));
    await world.hold('log', `n=${written}`);
    await world.cleanup(EXPIRED, at % 2 === 0 ? { only: 'purge' } : {});
    const { archived } = world.rows('log');
    assert.ok(archived.includes(kept!), `n=${written}: the held row was purged`);
    assert.ok(archived.length < DENSE_ROWS / 2, `n=${written}: ${archived.length} rows were kept`);
    assert.deepEqual(world.rows('calls').archived, [], 'the other table is not held');
  }
});

test('a hold of two conditions keeps the rows that satisfy both, and no others', async () => {
  await using world = new DenseWorld();
  // Row 7 is of run 7. No row of run 8 has the number 9.
  await world.hold('log', 'run=run-7', 'n=7');
  await world.hold('log', 'run=run-8', 'n=9');
  await world.archiveAll();
  assert.deepEqual(
    world.sql('SELECT id FROM log').map(({ id }) => id),
    ['l-7'],
  );
  assert.equal(world.rows('log').archived.length, DENSE_ROWS - 1);
  await world.cleanup(EXPIRED, { only: 'purge' });
  assert.deepEqual(world.rows('log').archived, [], 'each condition is satisfied by some row, both by none');
});

test('a hold of two conditions keeps the segment that has a row which satisfies both', async () => {
  await using world = await DenseWorld.archived();
  await world.hold('log', 'run=run-7', 'n=7');
  await world.cleanup(EXPIRED, { only: 'purge' });
  const { archived } = world.rows('log');
  assert.equal(archived.filter((row) => row.includes('["id","tl-7"]')).length, 1);
  assert.ok(archived.length < DENSE_ROWS / 2);
});
