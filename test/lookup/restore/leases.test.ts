import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openSqliteStats } from '../../../src/hot/sqlite/stats/sqlite-stats.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import { dueRows, scheduledGrace } from '../../../src/lifecycle/report/status-overdue.ts';
import { retentionStatus } from '../../../src/lifecycle/report/tier-report.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { hotTarget } from '../../../src/lookup/restore/hot-target.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { cellsOf } from '../../support/cells.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const OLD = "ts LIKE '2026-01%'";
/** Long past hot + warm + cold. */
const EXPIRED = SMALL_NOW + 500 * DAY;

/** Those of January, for until the given millisecond; returns how many. */
async function restoreNotes(world: LookupWorld, until: number): Promise<number> {
  await using store = await openSqliteStore(world.database);
  const query = { ...everything(['notes']), until: instantOfMs(Date.parse('2026-02-01T00:00:00Z')) };
  const { tables } = await restoreRows(await world.places(), query, hotTarget(store), {
    leaseUntil: instantOfMs(until),
  });
  return tables[0]!.inserted;
}

async function tiers(world: LookupWorld): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const { tier } of search(await world.places(), everything(['notes'])))
    found[tier] = (found[tier] ?? 0) + 1;
  return found;
}

async function purge(world: LookupWorld, now: number): Promise<number> {
  await using store = await openSqliteStore(world.database, standingClock(now));
  const stores = { store, archive: world.archive, clock: standingClock(now) };
  const { purge: purged } = await runCleanup(stores, world.policies, { consent: async () => true });
  return purged!.rows;
}

async function alarms(world: LookupWorld, now: number): Promise<readonly unknown[]> {
  await using store = await openSqliteStore(world.database);
  return (await runVerify({ store, archive: world.archive, clock: standingClock(now) }, { scope: 'deep' }))
    .alarms;
}

test('leased rows are neither due nor overdue, while their lease lasts', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  assert.equal(await restoreNotes(world, SMALL_NOW + 200 * DAY), 23);
  await using reader = await openSqliteReader(world.database);
  await using stats = await openSqliteStats(world.database);
  for (const [now, open] of [
    [SMALL_NOW, 1],
    // The open row, and those that were hot, are due by then.
    [SMALL_NOW + 100 * DAY, 0],
  ] as const) {
    const sources = {
      reader,
      stats,
      archive: world.archive,
      clock: standingClock(now),
      policies: world.policies,
      hasTime: async () => false,
    };
    const status = await retentionStatus(sources, scheduledGrace([], null));
    const notes = status.database.find(({ table }) => table === 'notes')!;
    assert.deepEqual([notes.stats.leased, notes.stats.held, notes.stats.open], [23, 0, open]);
    const due = dueRows(notes.policy, notes.stats)?.rows ?? 0;
    assert.equal(due, open === 1 ? 0 : 5);
    assert.equal(
      status.overdue.filter(({ table, what }) => table === 'notes' && what === 'archive').length,
      open === 1 ? 0 : 1,
    );
  }
});

test('a purge takes the segments and leaves the leased rows; they go when their lease is over', async () => {
  await using world = new LookupWorld();
  const before = cellsOf(world.database, 'notes', ['id', 'n', 'r', 'b', 'words'], OLD);
  await world.archiveAll();
  // What became due meanwhile leaves first, so that only the leased rows are at stake.
  await world.archiveAll({}, EXPIRED - DAY);
  assert.equal(await restoreNotes(world, EXPIRED + 7 * DAY), 24);
  assert.ok((await purge(world, EXPIRED)) >= 24);
  assert.deepEqual(cellsOf(world.database, 'notes', ['id', 'n', 'r', 'b', 'words'], OLD), before);
  assert.equal((await tiers(world)).hot, 25, 'the leased ones, and the one without a time');
  assert.deepEqual(await alarms(world, EXPIRED), []);

  await world.archiveAll({}, EXPIRED + 8 * DAY);
  assert.deepEqual(
    await tiers(world),
    { warm: 24, hot: 1 },
    'no segment holds them any more: they leave anew',
  );
  assert.deepEqual(await alarms(world, EXPIRED + 8 * DAY), []);
  assert.equal(await purge(world, EXPIRED + 8 * DAY), 24);
  assert.deepEqual(await tiers(world), { hot: 1 });
  assert.deepEqual(await alarms(world, EXPIRED + 8 * DAY), []);
});
