import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderExplanation } from '../../../src/cli/finding/explanation.ts';
import { PLAIN } from '../../../src/cli/terminal/style.ts';
import { explanationJson } from '../../../src/library/answers/finding/explain-answer.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { type Explanation, explainRow } from '../../../src/lookup/search/explain-row.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';
import { UnitsWorld } from '../../support/worlds/units-world.ts';

const NOW = instantOfMs(SMALL_NOW);
const KEEP = { references: 'keep' } as const;

async function explain(world: UnitsWorld, table: string, ...key: string[]): Promise<Explanation> {
  return await explainRow(await world.places(), table, key, NOW);
}

function text(found: Explanation): string {
  return renderExplanation(found, ['key'], NOW, PLAIN);
}

test('a row that a reference keeps names the referring row, in text and JSON', async () => {
  await using world = await UnitsWorld.archived({ message: KEEP, session: KEEP });
  // Bookmark 1 refers to message 2. Message 11 replies to it, but is of the same unit.
  const found = await explain(world, 'message', '2');
  const referring = [{ table: 'bookmark', key: ['1'], columns: ['message_id'] }];
  assert.deepEqual(explanationJson(found, []).referred_by, referring);
  assert.match(text(found), /kept +stays while bookmark 1 is in the database, .*\(message_id\)/);
  assert.deepEqual((await explain(world, 'message', '11')).referredBy, []);
});

test('where references are not kept, nothing is said to keep the row', async () => {
  await using world = await UnitsWorld.archived({ part: { openWhile: "tag LIKE 'part%'" } });
  const found = await explain(world, 'message', '2');
  assert.equal(found.places[0]?.tier, 'hot');
  assert.deepEqual(found.referredBy, []);
});

test('a row of a unit shows its parent, and the rows that belong to it by table and tier', async () => {
  await using world = await UnitsWorld.archived();
  const session = await explain(world, 'session', 's4');
  const none = { hot: 0, warm: 0, cold: 0 };
  assert.deepEqual(session.unit, {
    parent: null,
    children: [
      { ...none, table: 'message', warm: 4 },
      { ...none, table: 'note', warm: 1 },
      { ...none, table: 'part', warm: 3 },
    ],
  });
  const message = await explain(world, 'message', '21');
  assert.deepEqual(message.unit, {
    parent: { table: 'session', columns: ['id'], key: ['s4'], tier: 'warm' },
    children: [{ ...none, table: 'part', warm: 1 }],
  });
  assert.match(text(message), /parent +session s4 \(warm\)\n +part: 1 warm/);
  const { unit } = explanationJson(message, []) as { unit: unknown };
  assert.deepEqual(unit, message.unit);
});

test('restored rows of a unit count once, in hot', async () => {
  await using world = await UnitsWorld.archived();
  const leaseUntil = instantOfMs(SMALL_NOW + 86_400_000);
  const query = { ...everything(['part']), where: [parseCondition('tag=part 21')] };
  await world.change((run) => restoreIntoHot(run, query, { leaseUntil }));
  const { unit } = await explain(world, 'session', 's4');
  assert.deepEqual(unit?.children.at(-1), { table: 'part', hot: 1, warm: 2, cold: 0 });
});

test('a child whose parent is nowhere says so', async () => {
  await using world = await UnitsWorld.archived();
  const query = { ...everything(['session']), where: [parseCondition('id=s4')] };
  await world.change((run) => eraseRows(run, query));
  const found = await explain(world, 'message', '21');
  assert.equal(found.unit?.parent?.tier, null);
  assert.match(text(found), /session s4 \(not found in any tier\)/);
});
