import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { type Condition, parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { placesAfterLeases, type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import type { Stopper } from '../../support/faults/stopper.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW, SMALL_POLICIES } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
/** All points were tried once; FIRN_ALL_STOPS=1 tries them again. */
const SOME = process.env.FIRN_ALL_STOPS === '1' ? {} : { sample: 16 };
const ALL = 24 * 2 + 5;
const RUN_1 = [parseCondition('run=run-1')];
const QUERY = { ...everything(['notes', 'pairs']), where: RUN_1 };

/** Something done to a prepared database and archive, and what must hold whatever happened. */
class RowTrial implements Trial {
  readonly #folder = volatileFolder();
  readonly #now: number;
  readonly #act: (run: RowRun) => Promise<unknown>;
  readonly #expected: readonly (readonly [where: readonly Condition[], rows: number])[];

  constructor(
    prepared: string,
    now: number,
    act: (run: RowRun) => Promise<unknown>,
    expected: RowTrial['expectations'],
  ) {
    cpSync(prepared, this.#folder, { recursive: true });
    [this.#now, this.#act, this.#expected] = [now, act, expected];
  }

  get expectations(): readonly (readonly [where: readonly Condition[], rows: number])[] {
    return this.#expected;
  }

  async run(stopper: Stopper): Promise<void> {
    await using store = await openSqliteStore(join(this.#folder, 'data.db'));
    await using lookup = openSqliteLookup(join(this.#folder, 'data.db'));
    const archive = stopper.archive(openFolder(join(this.#folder, 'archives')));
    const clock = standingClock(this.#now);
    await this.#act({ store: stopper.hot(store), lookup, archive, policies: SMALL_POLICIES, clock });
  }

  async recover(stopper: Stopper): Promise<void> {
    await this.run(stopper);
  }

  async check(): Promise<void> {
    await using store = await openSqliteStore(join(this.#folder, 'data.db'));
    await using lookup = openSqliteLookup(join(this.#folder, 'data.db'));
    const archive = openFolder(join(this.#folder, 'archives'));
    const clock = standingClock(this.#now);
    const verified = await runVerify({ store, archive, clock }, { scope: 'deep' });
    assert.deepEqual(verified.alarms, []);
    const places = {
      hot: { reader: store, lookup },
      archive,
      dialect: store.dialect,
      policies: SMALL_POLICIES,
    };
    for (const [where, rows] of this.#expected) {
      let count = 0;
      for await (const _ of search(places, { ...QUERY, where })) count++;
      assert.equal(count, rows, JSON.stringify(where));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true });
  }
}

async function prepare(
  then: (world: LookupWorld) => Promise<void> = async () => undefined,
): Promise<{ world: LookupWorld; folder: string }> {
  const world = new LookupWorld();
  await world.archiveAll();
  await then(world);
  return { world, folder: world.folder };
}

async function lease(world: LookupWorld, until: number): Promise<void> {
  await using store = await openSqliteStore(world.database);
  await using lookup = openSqliteLookup(world.database);
  const run: RowRun = {
    store,
    lookup,
    archive: world.archive,
    policies: SMALL_POLICIES,
    clock: standingClock(),
  };
  await restoreIntoHot(run, QUERY, { leaseUntil: instantOfMs(until) });
}

test('restoring into hot may stop between any two actions', async (t) => {
  const { world, folder } = await prepare();
  await using _ = world;
  const act = (run: RowRun): Promise<unknown> =>
    restoreIntoHot(run, QUERY, { leaseUntil: instantOfMs(SMALL_NOW + DAY) });
  await forEachStop(
    t,
    async () =>
      new RowTrial(folder, SMALL_NOW, act, [
        [[], ALL],
        [RUN_1, 12],
      ]),
    { stopRecovery: true, ...SOME },
  );
});

test('the end of leases may stop between any two actions, also where rows changed meanwhile', async (t) => {
  for (const cold of [false, true]) {
    const { world, folder } = await prepare(async (prepared) => {
      if (cold) await prepared.consolidate(Date.parse('2026-05-01T00:00:00Z'));
      await lease(prepared, SMALL_NOW + DAY);
      using db = new DatabaseSync(prepared.database);
      db.exec(
        "UPDATE notes SET state = 'reopened' WHERE id = 'note-1'; DELETE FROM notes WHERE id = 'note-9'",
      );
    });
    await using _ = world;
    const later = SMALL_NOW + 2 * DAY;
    const expected: RowTrial['expectations'] = [
      [[], ALL],
      [RUN_1, 12],
      [[parseCondition('state=reopened')], 1],
    ];
    const { actions } = await forEachStop(
      t,
      async () => new RowTrial(folder, later, placesAfterLeases, expected),
      { stopRecovery: true, ...SOME },
    );
    assert.ok(
      actions.some((action) => action.includes('rows.endLeases')),
      actions.join(', '),
    );
    assert.ok(
      actions.some((action) => action.includes('pending.publish')),
      actions.join(', '),
    );
  }
});

test('an erasure may stop between any two actions', async (t) => {
  for (const cold of [false, true]) {
    const { world, folder } = await prepare(async (prepared) => {
      if (cold) await prepared.consolidate(Date.parse('2026-05-01T00:00:00Z'));
      await lease(prepared, SMALL_NOW + DAY);
    });
    await using _ = world;
    const act = (run: RowRun): Promise<unknown> => eraseRows(run, QUERY);
    await forEachStop(
      t,
      async () =>
        new RowTrial(folder, SMALL_NOW, act, [
          [[], ALL - 12],
          [RUN_1, 0],
        ]),
      { stopRecovery: true, ...SOME },
    );
  }
});

test('an erasure of whole segments may stop between any two actions', async (t) => {
  for (const cold of [false, true]) {
    const { world, folder } = await prepare(async (prepared) => {
      if (cold) await prepared.consolidate(Date.parse('2026-05-01T00:00:00Z'));
    });
    await using _ = world;
    const done = [parseCondition('state=done')];
    const act = (run: RowRun): Promise<unknown> => eraseRows(run, { ...everything(['notes']), where: done });
    const expected: RowTrial['expectations'] = [
      [[], 24 + 1],
      [done, 0],
    ];
    await forEachStop(t, async () => new RowTrial(folder, SMALL_NOW, act, expected), { sample: 34 });
  }
});
