import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Timeline, timeline } from '../../../src/lookup/search/entity-timeline.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const TABLES = ['tool_uses', 'transcript_entries', 'categories'];
const POLICIES = buildPolicySet(TABLES.map((table) => policyOf(table, { lookupKeys: [] })));

/** One execution whose rows refer to each other, and to rows of no execution. Half of it is due, half is not. */
function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE tool_uses (id TEXT PRIMARY KEY, ts TEXT, execution_id TEXT, parent_tool_use_id TEXT, transcript_entry_id TEXT);
    CREATE TABLE transcript_entries (id TEXT PRIMARY KEY, ts TEXT, category_id TEXT);
    CREATE TABLE categories (id TEXT PRIMARY KEY, ts TEXT, category_id TEXT);
    INSERT INTO tool_uses VALUES
      ('t1', '2026-01-10T10:00:00Z', 'run', NULL, 'e1'), ('t2', '2026-01-10T10:01:00Z', 'run', 't1', NULL),
      ('t3', '2026-02-09T10:02:00Z', 'run', 't2', 'e1'), ('t4', '2026-02-09T10:03:00Z', 'run', 't4', ''),
      ('t5', '2026-02-09T10:04:00Z', 'other', 't1', 'e2');
    INSERT INTO transcript_entries VALUES ('e1', '2026-01-10T10:00:30Z', 'c1'), ('e2', '2026-01-10T10:00:40Z', NULL);
    INSERT INTO categories VALUES ('c1', '2026-01-09T00:00:00Z', 'c2'), ('c2', '2026-01-08T00:00:00Z', NULL)`);
}

async function told(world: LookupWorld, limit: number): Promise<Timeline> {
  return await timeline(await world.places(), TABLES, [parseCondition('execution_id=run')], limit);
}

test('the rows of an execution and what they refer to come in the order of time, each under its parent', async () => {
  await using world = new LookupWorld(POLICIES, create);
  await world.archiveAll();
  const { entries, cut, problems } = await told(world, 100);
  assert.deepEqual(
    entries.map(({ hit, row, parent, depth, followed }) => [hit.tier, row.id, parent, depth, followed]),
    [
      // Two steps are followed, and no third.
      ['warm', 'c1', null, 0, true],
      ['warm', 't1', 'transcript_entries e1', 1, false],
      ['warm', 'e1', null, 0, true],
      ['warm', 't2', 'tool_uses t1', 2, false],
      ['hot', 't3', 'tool_uses t2', 3, false],
      ['hot', 't4', null, 0, false],
    ],
  );
  assert.deepEqual([cut, problems], [false, []]);
});

test('it says that it was cut, and only then', async () => {
  await using world = new LookupWorld(POLICIES, create);
  await world.archiveAll();
  assert.equal((await told(world, 4)).cut, false);
  const { entries, cut } = await told(world, 2);
  assert.equal(cut, true);
  assert.deepEqual(
    entries.filter(({ followed }) => !followed).map(({ row }) => row.id),
    ['t1', 't2'],
  );
});
