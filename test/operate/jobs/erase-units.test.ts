import assert from 'node:assert/strict';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSqliteLookup } from '../../../src/hot/sqlite/lookup/open-lookup.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { planErase } from '../../../src/operate/jobs/erase-plan.ts';
import { eraseRows } from '../../../src/operate/jobs/erase-rows.ts';
import { placesAfterLeases, type RowRun, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { datedReader } from '../../../src/stores/dated-reader.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { forEachStop, type Trial } from '../../support/faults/each-stop.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import type { Stopper } from '../../support/faults/stopper.ts';
import { sessionsCase } from '../../support/worlds/sessions.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';
import { tagsCreated, tagsIn, UnitsWorld } from '../../support/worlds/units-world.ts';

const DAY = 86_400_000;
const TABLES = ['session', 'message', 'part', 'note'];
const withChildren = { withChildren: true };
const SOME = process.env.FIRN_THOROUGH === '1' ? {} : { sample: 10 };

// Several transactions a table, and several orders for the children of a session.
setSizes({ erasedRows: 2, listedValues: 2 });

/** s4 is archived; s9 is in the database, because one of its parts is unfinished. */
function of(...where: string[]): Query {
  return { ...everything(['session']), where: where.map(parseCondition) };
}

const both = of('tag~session', 'id>=s4', 'id!=s5', 'id!=s6', 'id!=s7', 'id!=s8', 'id<t');
const erase = (run: RowRun): Promise<unknown> => eraseRows(run, both, withChildren);

/** How often each row is in the archives, by its tag; read with zlib alone. */
function archivedTags(folder: string): string[] {
  const warm = join(folder, 'archives', 'warm');
  return (readdirSync(warm, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.gz'))
    .flatMap((name) =>
      gunzipSync(readFileSync(join(warm, name)))
        .toString()
        .split('\n'),
    )
    .filter((line) => line !== '' && !line.startsWith('{"_firn_'))
    .map((line) => (JSON.parse(line) as { tag: string }).tag)
    .sort();
}

function unitTags(path: string, folder: string, session: string): { hot: string[]; archived: string[] } {
  const own = new Set(tagsCreated(session));
  return { hot: tagsIn(path, session), archived: archivedTags(folder).filter((tag) => own.has(tag)) };
}

async function found(world: UnitsWorld, session: string): Promise<number> {
  const own = new Set(tagsCreated(session));
  let rows = 0;
  for await (const { line } of search(await world.places(), everything(TABLES)))
    if (own.has((JSON.parse(Buffer.from(line).toString()) as { tag: string }).tag)) rows++;
  return rows;
}

test('children of all levels are erased with their parents, in the database and in the archives, and no other row', async () => {
  await using world = await UnitsWorld.archived();
  const before = archivedTags(world.folder);
  const plan = await planErase(await world.places(), both, withChildren);
  assert.deepEqual(plan.orphans, []);
  const report = await world.change((run) => eraseRows(run, both, withChildren));
  const erased = [...tagsCreated('s4'), ...tagsCreated('s9')];
  assert.equal(report.hot + report.warm + report.cold, erased.length);
  assert.deepEqual(
    plan.hot.map(({ table, rows }) => `${table} ${rows}`),
    ['part 3', 'note 1', 'message 3', 'session 1'],
  );
  assert.equal(report.hot, tagsCreated('s9').length);
  for (const session of ['s4', 's9'])
    assert.deepEqual(unitTags(world.database, world.folder, session), { hot: [], archived: [] });
  assert.deepEqual(
    archivedTags(world.folder),
    before.filter((tag) => !erased.includes(tag)),
  );
  assert.equal(await found(world, 's5'), tagsCreated('s5').length);
  world.write((db) => assert.equal(db.prepare('PRAGMA foreign_key_check').all().length, 2, 'as before'));
});

test('a held child keeps the whole erasure from being done', async () => {
  await using world = await UnitsWorld.archived();
  await world.change(async ({ store }) => {
    const conditions = [parseCondition('session_id=s4')];
    await store.ledger.addHold({
      table: 'note',
      conditions,
      reason: 'a case',
      createdAt: '2026-02-01T00:00:00Z',
    });
  });
  await assert.rejects(world.change(erase), /hold 1 matches some of these rows of note/);
  assert.equal(await found(world, 's4'), tagsCreated('s4').length);
});

test('an older copy of the database gets the orders too: children first, and nothing else', async () => {
  await using world = await UnitsWorld.archived();
  // The older copy has both units in the database.
  const leaseUntil = instantOfMs(SMALL_NOW + DAY);
  await world.change((run) => restoreIntoHot(run, { ...everything(TABLES), where: [] }, { leaseUntil }));
  const older = join(world.folder, 'older.db');
  world.write((db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  copyFileSync(world.database, older);
  await world.change(erase);
  for (const suffix of ['-wal', '-shm']) rmSync(world.database + suffix, { force: true });
  copyFileSync(older, world.database);
  assert.equal(tagsIn(world.database, 's4').length, tagsCreated('s4').length);
  assert.equal(await found(world, 's4'), 0, 'hidden at once');
  assert.equal(await found(world, 's9'), 0);
  await world.change(placesAfterLeases, SMALL_NOW + 1000);
  for (const session of ['s4', 's9'])
    assert.deepEqual(unitTags(world.database, world.folder, session), { hot: [], archived: [] });
  assert.equal(await found(world, 's5'), tagsCreated('s5').length);
});

test('when a hold of an older copy keeps a child, the rows that it belongs to stay hidden with it', async () => {
  await using world = await UnitsWorld.archived();
  await world.change(async ({ store }) => {
    const conditions = [parseCondition('session_id=s9')];
    await store.ledger.addHold({
      table: 'part',
      conditions,
      reason: 'a case',
      createdAt: '2026-02-01T00:00:00Z',
    });
  });
  world.write((db) => db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  const older = readFileSync(world.database);
  await world.change(async ({ store }) => void (await store.ledger.removeHold(1)));
  await world.change(erase);
  for (const suffix of ['-wal', '-shm']) rmSync(world.database + suffix, { force: true });
  writeFileSync(world.database, older);
  await world.change(placesAfterLeases, SMALL_NOW + 1000);
  const kept = tagsIn(world.database, 's9');
  assert.ok(kept.includes('session 9') && kept.some((tag) => tag.startsWith('part')), kept.join());
  assert.equal(await found(world, 's9'), 0);
  await world.change(async ({ store }) => void (await store.ledger.removeHold(1)), SMALL_NOW + 2000);
  await world.change(placesAfterLeases, SMALL_NOW + 3000);
  assert.deepEqual(tagsIn(world.database, 's9'), []);
});

test('an erasure of units may stop anywhere: no child is without its parent, and given again it is finished', async (t) => {
  await using world = await UnitsWorld.archived();
  const { policies } = sessionsCase();
  class EraseTrial implements Trial {
    readonly folder = volatileFolder();
    readonly #database: string = join(this.folder, 'data.db');

    constructor() {
      cpSync(world.folder, this.folder, { recursive: true });
    }

    async run(stopper: Stopper): Promise<void> {
      await using store = datedReader(await openSqliteStore(this.#database), policies);
      await using lookup = openSqliteLookup(this.#database);
      const archive = stopper.archive(openFolder(join(this.folder, 'archives')));
      await erase({ store: stopper.hot(store), lookup, archive, policies, clock: standingClock(SMALL_NOW) });
    }

    async recover(stopper: Stopper): Promise<void> {
      this.#parentsArePresent();
      await this.run(stopper);
    }

    async check(): Promise<void> {
      this.#parentsArePresent();
      for (const session of ['s4', 's9'])
        assert.deepEqual(unitTags(this.#database, this.folder, session), { hot: [], archived: [] });
      for (const session of ['s1', 's5', 's8'])
        assert.deepEqual(unitTags(this.#database, this.folder, session).archived, tagsCreated(session));
    }

    #parentsArePresent(): void {
      using db = new DatabaseSync(this.#database, { readOnly: true });
      const lost = db.prepare(
        `SELECT tag FROM message WHERE session_id <> 'nobody' AND session_id NOT IN (SELECT id FROM session)
        UNION ALL SELECT tag FROM part WHERE message_id NOT IN (SELECT id FROM message)
        UNION ALL SELECT tag FROM note WHERE session_id NOT IN (SELECT id FROM session)`,
      );
      assert.deepEqual(lost.all(), []);
    }

    async [Symbol.asyncDispose](): Promise<void> {
      rmSync(this.folder, { recursive: true });
    }
  }
  const { actions } = await forEachStop(t, async () => new EraseTrial(), { ...SOME, seed: 17 });
  assert.ok(actions.filter((action) => action.includes('rows.erase')).length > 4, actions.join(', '));
});
