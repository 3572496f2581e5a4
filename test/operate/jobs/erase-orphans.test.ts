import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderErasePlan } from '../../../src/cli/keeping/erase-text.ts';
import { PLAIN } from '../../../src/cli/terminal/style.ts';
import { eraseJson } from '../../../src/library/answers/keeping/erase-answer.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { type ErasePlan, planErase } from '../../../src/operate/jobs/erase-plan.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';
import { UnitsWorld } from '../../support/worlds/units-world.ts';

async function plan(world: UnitsWorld, tables: string[], where: string): Promise<ErasePlan> {
  return await planErase(await world.places(), { ...everything(tables), where: [parseCondition(where)] });
}

test('the plan of an erasure counts the rows of all levels that stay as orphans', async () => {
  await using world = await UnitsWorld.archived();
  const found = await plan(world, ['session'], 'id=s4');
  const orphans = [
    { table: 'message', rows: 4 },
    { table: 'note', rows: 1 },
    { table: 'part', rows: 3 },
  ];
  assert.deepEqual(found.orphans, orphans);
  assert.deepEqual(eraseJson(found, null).orphans, orphans);
  assert.match(renderErasePlan(found, PLAIN, 80), /message: 4 rows .* stay as orphans/);
});

test('a restored row counts once, and rows that the erasure matches do not count', async () => {
  await using world = await UnitsWorld.archived();
  const leaseUntil = instantOfMs(SMALL_NOW + 86_400_000);
  const query = { ...everything(['message']), where: [parseCondition('session_id=s4')] };
  await world.change((run) => restoreIntoHot(run, query, { leaseUntil }));
  assert.deepEqual((await plan(world, ['session', 'note'], 'tag~ s4')).orphans, []);
  assert.deepEqual((await plan(world, ['session'], 'id=s4')).orphans[0], { table: 'message', rows: 4 });
  // Sessions are called `session 4`, notes `note s4`: only sessions match, and their notes stay.
  const both = await plan(world, ['session', 'note'], 'tag=session 4');
  assert.deepEqual(
    both.orphans.find(({ table }) => table === 'note'),
    { table: 'note', rows: 1 },
  );
});

test('a unit that is erased from its children up leaves no orphans', async () => {
  await using world = await UnitsWorld.archived();
  for (const table of ['part', 'note', 'message']) {
    const query = { ...everything([table]), where: [parseCondition('session_id=s4')] };
    await world.change((run) => eraseRows(run, query));
  }
  assert.deepEqual((await plan(world, ['session'], 'id=s4')).orphans, []);
});
