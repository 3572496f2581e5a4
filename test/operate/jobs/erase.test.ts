import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { type Condition, parseCondition } from '../../../src/model/filter.ts';
import { planErase } from '../../../src/operate/jobs/erase-plan.ts';
import { type EraseReport, eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

const RUN_1 = [parseCondition('run=run-1')];

function query(where: readonly Condition[] = RUN_1): Query {
  return { ...everything(['notes', 'pairs']), where };
}

async function erase(world: LookupWorld, wanted: Query = query()): Promise<EraseReport> {
  await using store = await openSqliteStore(world.database);
  await using lookup = openSqliteLookup(world.database);
  const { archive, policies } = world;
  return await eraseRows({ store, lookup, archive, policies, clock: standingClock() }, wanted);
}

async function found(world: LookupWorld, wanted: Query): Promise<number> {
  let count = 0;
  for await (const _ of search(await world.places(), wanted)) count++;
  return count;
}

test('matching rows leave every tier, the others stay, and the accounts still balance', async () => {
  for (const cold of [false, true]) {
    await using world = new LookupWorld();
    await world.archiveAll();
    if (cold) await world.consolidate(Date.parse('2026-05-01T00:00:00Z'));
    const plan = await planErase(await world.places(), query());
    const report = await erase(world);
    assert.equal(report.hot, 1, 'the open row');
    assert.equal(report.warm + report.cold, 11);
    assert.equal(
      plan.segments.reduce((sum, { positions }) => sum + positions.size, 0),
      11,
    );
    assert.equal(await found(world, query()), 0);
    assert.equal(await found(world, query([])), 24 * 2 + 5 - 12);
    await using store = await openSqliteStore(world.database);
    const clock = standingClock();
    const verified = await runVerify({ store, archive: world.archive, clock }, { scope: 'deep' });
    assert.deepEqual(verified.alarms, []);
    const sum = (of: 'purged' | 'erased') => verified.accounts.reduce((all, account) => all + account[of], 0);
    assert.deepEqual([sum('erased'), sum('purged')], [11, 0]);
  }
});

test('no file of the archive holds an erased value any more', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  await erase(world, query([parseCondition('id=note-4')]));
  const warm = join(world.archives, 'warm');
  for (const path of readdirSync(warm, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.includes('notes'),
  )) {
    assert.doesNotMatch(gunzipSync(readFileSync(join(warm, path))).toString(), /"note-4"/);
  }
});

test('held rows are refused, and nothing is erased', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  {
    await using store = await openSqliteStore(world.database);
    const hold = {
      table: 'notes',
      conditions: [parseCondition('id=note-9')],
      reason: 'incident',
      createdAt: 'now',
    };
    await store.ledger.addHold(hold);
  }
  await assert.rejects(erase(world), /hold 1 matches/);
  assert.equal(await found(world, query()), 12);
});

test('an erasure that was cut short is completed by the same command', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  {
    await using store = await openSqliteStore(world.database);
    const order = { where: RUN_1, since: null, until: null, erasedAt: '2026-02-10T12:00:00.000Z', rows: 0 };
    await store.rows.recordErasure({ table: 'notes', ...order });
  }
  const report = await erase(world);
  assert.equal(report.warm, 11);
});

test('a copy from before the erasure does not bring the rows back', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const copy = join(world.folder, 'copy');
  cpSync(world.archives, copy, { recursive: true });
  await erase(world);
  // An old archive and an old ledger, but the order is known.
  cpSync(copy, world.archives, { recursive: true });
  using db = new DatabaseSync(world.database);
  db.exec(
    "DELETE FROM _firn_receipts WHERE part > 1; UPDATE _firn_receipts SET state = 'archived', replaced_by = NULL, purged_at = NULL",
  );
  assert.equal(await found(world, query()), 0);
  await using target = openRestoreFile(join(world.folder, 'other.db'), world.database);
  const restored = await restoreRows(await world.places(), query(), target);
  assert.deepEqual(
    restored.tables.map(({ inserted }) => inserted).filter((count) => count > 0),
    [],
  );
});
