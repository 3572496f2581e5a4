import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { archiveStatistics, listSegments } from '../../../src/lifecycle/archived/segment-listing.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const NOW = Date.parse('2026-03-10T12:00:00Z');
const ROWS = {
  a: ['2026-01-10', '2026-01-10', '2026-01-11', '2026-02-05'],
  b: ['2026-01-10', '2026-02-05', '2026-02-06'],
};

/** Two tables, whose rows of January are in cold and those of February in warm; and files that are neither. */
async function listedWorld(): Promise<{ readonly world: LookupWorld; readonly bundle: string }> {
  const world = new LookupWorld(buildPolicySet([policyOf('a'), policyOf('b')]), (path) => {
    using db = new DatabaseSync(path);
    for (const [table, days] of Object.entries(ROWS)) {
      db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT)`);
      for (const day of days) db.exec(`INSERT INTO ${table} (ts) VALUES ('${day}T01:02:03Z')`);
    }
  });
  await world.archiveAll({}, NOW);
  await world.consolidate(NOW);
  const cold = readdirSync(join(world.archives, 'cold'), { recursive: true, encoding: 'utf8' });
  const [bundle, ...others] = cold.filter((path) => path.endsWith('.tar.gz'));
  assert.deepEqual(others, []);
  mkdirSync(join(world.archives, 'warm/notes'));
  for (const path of ['warm/notes/x.txt', 'cold/README']) writeFileSync(join(world.archives, path), 'x');
  return { world, bundle: `cold/${bundle}` };
}

test('segments are listed by day, table and part, with the file that holds them', async () => {
  const { world, bundle } = await listedWorld();
  await using _ = world;
  const listed = await listSegments(world.archive);
  assert.deepEqual(
    listed.map(({ table, day, part, tier, path }) => [day, table, part, tier, path]),
    [
      ['2026-01-10', 'a', 1, 'cold', bundle],
      ['2026-01-10', 'b', 1, 'cold', bundle],
      ['2026-01-11', 'a', 1, 'cold', bundle],
      ['2026-02-05', 'a', 1, 'warm', 'warm/2026-02-05/a.jsonl.gz'],
      ['2026-02-05', 'b', 1, 'warm', 'warm/2026-02-05/b.jsonl.gz'],
      ['2026-02-06', 'b', 1, 'warm', 'warm/2026-02-06/b.jsonl.gz'],
    ],
  );
  for (const { segment, tier, path, bytes } of listed) {
    if (tier === 'warm') assert.equal(bytes, readFileSync(join(world.archives, path)).length, segment);
    assert.ok(bytes > 100, segment);
  }
});

test('a filter takes a table in any case, and days with both ends', async () => {
  const { world } = await listedWorld();
  await using _ = world;
  const days = async (filter: Parameters<typeof listSegments>[1]): Promise<string[]> =>
    (await listSegments(world.archive, filter)).map(({ table, day }) => `${table} ${day.slice(5)}`);
  assert.deepEqual(await days({ table: 'A' }), ['a 01-10', 'a 01-11', 'a 02-05']);
  assert.deepEqual(await days({ table: 'c' }), []);
  assert.deepEqual(await days({ from: '2026-01-11', to: '2026-02-05' }), ['a 01-11', 'a 02-05', 'b 02-05']);
  assert.deepEqual(await days({ from: '2026-02-06' }), ['b 02-06']);
  assert.deepEqual(await days({ to: '2026-01-10' }), ['a 01-10', 'b 01-10']);
  assert.deepEqual(await days({ from: '2026-02-01', to: '2026-02-01' }), []);
});

test('an archive is counted as a whole, by table and by day', async () => {
  const { world } = await listedWorld();
  await using _ = world;
  const all = await archiveStatistics(world.archive);
  assert.deepEqual([all.segments, all.rows, all.oldest, all.newest], [6, 7, '2026-01-10', '2026-02-06']);
  const counted = (
    figures: ReadonlyMap<string, { segments: number; rows: number; oldest: unknown; newest: unknown }>,
  ) =>
    [...figures].map(([name, { segments, rows, oldest, newest }]) => [name, segments, rows, oldest, newest]);
  assert.deepEqual(counted(all.byTable), [
    ['a', 3, 4, '2026-01-10', '2026-02-05'],
    ['b', 3, 3, '2026-01-10', '2026-02-06'],
  ]);
  assert.deepEqual(
    counted(all.byDay).map(([day, segments, rows]) => [day, segments, rows]),
    [
      ['2026-01-10', 2, 3],
      ['2026-01-11', 1, 1],
      ['2026-02-05', 2, 2],
      ['2026-02-06', 1, 1],
    ],
  );
  const one = await archiveStatistics(world.archive, { from: '2026-02-06' });
  const file = readFileSync(join(world.archives, 'warm/2026-02-06/b.jsonl.gz'));
  assert.deepEqual([one.bytes, one.rawBytes], [file.length, gunzipSync(file).length]);
  const sum = (of: 'bytes' | 'rawBytes') =>
    [...all.byDay.values()].reduce((total, day) => total + day[of], 0);
  assert.deepEqual([all.bytes, all.rawBytes], [sum('bytes'), sum('rawBytes')]);
  assert.deepEqual((await archiveStatistics(world.archive, { table: 'c' })).oldest, null);
});
