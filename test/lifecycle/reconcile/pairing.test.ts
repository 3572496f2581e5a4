import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readIdentity } from '../../../src/archive/identity.ts';
import { refusesWith } from '../../support/archives/archive.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';
import { createSmallDatabase } from '../../support/worlds/small-database.ts';

test('a database and its archive know each other after the first run', async (t) => {
  const world = await ArchivedWorld.of(t);
  const [{ value }] = world.sql("SELECT value FROM _firn_meta WHERE key = 'identity'") as [{ value: string }];
  assert.equal((await readIdentity(world.archive()))!.database, value);
});

test('another database is refused, nothing of either changes, and the way out is named', async (t) => {
  const world = await ArchivedWorld.of(t);
  const before = world.files();
  world.database = join(world.folder, 'other.db');
  createSmallDatabase(world.database);
  await assert.rejects(world.run(), (error: Error & { hint?: string; code?: string }) => {
    assert.equal(error.code, 'refused');
    assert.match(error.message, /belongs to another database/);
    assert.match(error.hint!, /--db-path and --archive-path.*--adopt/);
    return true;
  });
  assert.deepEqual(world.files(), before);
  assert.deepEqual(world.sql("SELECT name FROM sqlite_schema WHERE name = '_firn_receipts'"), []);
  await refusesWith('refused', world.verify());
});

test('an archive that has only bundles is somebody’s too: another database is refused', async (t) => {
  const world = await ArchivedWorld.of(t);
  await world.consolidate();
  rmSync(world.path('warm'), { recursive: true, force: true });
  const before = world.files();
  assert.ok(before.some((path) => path.startsWith('cold/')));
  world.database = join(world.folder, 'other.db');
  createSmallDatabase(world.database);
  await refusesWith('refused', world.run());
  assert.deepEqual(world.files(), before);
  assert.equal(world.sql('SELECT count(*) AS n FROM notes')[0]!.n, 29, 'no row left');
});

test('adopting pairs the two for themselves: the database that had the archive before is refused from then on', async (t) => {
  const world = await ArchivedWorld.of(t);
  const [first, second] = [world.database, join(world.folder, 'other.db')];
  createSmallDatabase(second);
  world.database = second;
  const { reconciled, total } = await world.run({ adopt: true });
  assert.equal(reconciled.filter(({ action }) => action === 'adopt').length, 9);
  assert.equal(total, 0, 'its rows are the archived ones');
  await world.assertConserved();
  assert.deepEqual((await world.run()).reconciled, [], 'from now on it needs no word');
  assert.ok(
    world.files().some((path) => path === 'quarantine/archive.json'),
    'the old marker was kept',
  );
  world.database = first;
  await refusesWith('refused', world.run());
});

test('a database whose archive was left for another folder is refused there, and may begin anew when told', async (t) => {
  const world = await ArchivedWorld.of(t);
  const aside = join(world.folder, 'aside');
  cpSync(world.archives, aside, { recursive: true });
  rmSync(world.archives, { recursive: true });
  await assert.rejects(world.run(), /9 archived segments, but .* is not the archive that contains them/);
  const { reconciled } = await world.run({ adopt: true });
  assert.equal(
    reconciled.filter(({ action }) => action === 'alarm').length,
    9,
    'what is missing is still said',
  );
});

test('a marker that cannot be understood stops every run; adopting sets it aside', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.write('archive.json', '{"format": 1, "datab');
  await refusesWith('integrity', world.run());
  assert.deepEqual((await world.run({ adopt: true })).reconciled, []);
  assert.ok(world.files().includes('quarantine/archive.json'));
  assert.deepEqual((await world.run()).reconciled, []);
});

test('a lost marker is written again when told, and not before', async (t) => {
  const world = await ArchivedWorld.of(t);
  rmSync(world.path('archive.json'));
  await refusesWith('refused', world.run());
  assert.deepEqual((await world.run({ adopt: true })).reconciled, []);
  assert.deepEqual((await world.run()).reconciled, []);
});
