import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openStored } from '../../../src/archive/stored-segment.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { splitLines } from '../../../src/format/line/line.ts';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { planRun, runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { familyOf } from '../../../src/model/policy/families.ts';
import { placesAfterLeases, restoreIntoHot } from '../../../src/operate/jobs/row-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';
import { tagsCreated, UnitsWorld } from '../../support/worlds/units-world.ts';

const DAY = 86_400_000;
const LATER = SMALL_NOW + 2 * DAY;

async function leased(): Promise<UnitsWorld> {
  const world = await UnitsWorld.archived();
  const query = everything(['session', 'message', 'part', 'note']);
  await world.change((run) => restoreIntoHot(run, query, { leaseUntil: instantOfMs(SMALL_NOW + DAY) }));
  return world;
}

/** What others do after the rows were judged and before they are deleted. */
async function endAfter(world: UnitsWorld, others: (db: DatabaseSync) => void): Promise<void> {
  await world.change(async ({ store, archive, policies }) => {
    const now = instantOfMs(LATER);
    const shapes = [];
    for (const table of familyOf(policies, 'session')) shapes.push((await store.shape(table))!);
    await store.rows.beginUnits(shapes);
    for (const { table, segment } of await store.rows.leases()) {
      await using stored = (await openStored(archive, segment, 'any'))!;
      const reader = await openSegment(stored.source, segment);
      for (const at of reader.footer.blocks.keys()) {
        const lines = splitLines(await reader.block(at));
        await store.rows.noteUnits(shapes.find((own) => own.table === table)!, '_time', now, lines);
      }
    }
    world.write(others);
    while ((await store.rows.endUnits(now, [], 1)).more);
  }, LATER);
}

for (const [what, sql] of [
  ['is edited', "UPDATE message SET tag = 'edited' WHERE id = 12"],
  ['is added', "INSERT INTO note VALUES ('s4', 99, 'new note')"],
] as const) {
  test(`a unit stays for now when a row of it ${what} at the last moment, and the other units end`, async () => {
    await using world = await leased();
    let before: string[] = [];
    await endAfter(world, (db) => {
      db.exec(sql);
      before = world.tagsOf('s4');
    });
    assert.deepEqual(world.tagsOf('s4'), before);
    for (const session of ['s1', 's2', 's3', 's5', 's6', 's7', 's8'])
      assert.deepEqual(world.tagsOf(session), [], session);
    await world.change((run) => placesAfterLeases(run), LATER);
    assert.deepEqual(world.tagsOf('s4'), before);
  });
}

test('a row that others deleted keeps no unit', async () => {
  await using world = await leased();
  await endAfter(world, (db) => db.exec("DELETE FROM part WHERE tag = 'part 21'"));
  for (const session of ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'])
    assert.deepEqual(world.tagsOf(session), [], session);
  await world.change((run) => placesAfterLeases(run), LATER);
  await world.change(async ({ store }) => assert.deepEqual(await store.rows.leases(), []), LATER);
});

test('a file that cannot be read keeps the whole units whose rows were restored from it', async () => {
  await using world = await leased();

  // Sessions s1, s4 and s7 are of January 11.
  const day = join(world.archives, 'warm', '2026-01-11');
  for (const file of readdirSync(day))
    if (file.startsWith('note.')) writeFileSync(join(day, file), 'no file');
  await world.change((run) => placesAfterLeases(run), LATER);
  for (const session of ['s1', 's4', 's7']) assert.deepEqual(world.tagsOf(session), tagsCreated(session));
  for (const session of ['s2', 's3', 's5', 's6', 's8']) assert.deepEqual(world.tagsOf(session), []);
});

test('a plan counts what a run archives when the leases of units are over, of changed and of waiting ones too', async () => {
  await using world = await leased();
  world.write((db) =>
    db.exec(`UPDATE message SET tag = 'edited' WHERE id = 12;
      INSERT INTO note VALUES ('s2', 99, 'new note');
      DELETE FROM part WHERE tag = 'part 21';
      UPDATE _firn_leases SET until = until + ${30 * DAY * 1000} WHERE "table" = 'note' AND key LIKE 't' || hex('s6') || '%'`),
  );
  const clock = standingClock(LATER);
  await using store = await openSqliteStore(world.database);
  const plan = await planRun(store, clock, world.policies, 'all');
  await using reader = await openSqliteReader(world.database);
  const archive = openFolder(world.archives);
  const copier = inlineCopier(reader, archive);
  const report = await runArchive({ store, archive, copier, clock }, world.policies, 'all');
  const facts = ({ tables }: typeof plan | typeof report) =>
    tables.map(({ table, records, kept }) => [table, records, { ...kept, changed: 0 }]);
  assert.deepEqual(facts(plan), facts(report));
  // Message 12 and part 21 are of s4. Two units are archived again, s6 waits, and the leases of the others end.
  assert.equal(report.total, tagsCreated('s2').length + 1 + tagsCreated('s4').length - 1);
  assert.ok(
    report.tables.every(({ kept }) => kept.leased > 0),
    's6 has a row of each table',
  );
});
