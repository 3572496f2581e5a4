import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { INDEX_FILE } from '../../../src/archive/archive-path.ts';
import { readIndex } from '../../../src/archive/index/lookup-index-file.ts';
import { encodeIndex } from '../../../src/format/match/lookup-index.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runCleanup } from '../../../src/lifecycle/cleanup/cleanup.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { setSizes } from '../../../src/model/sizes.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { agreeWithoutIndex, withIndex } from '../../support/archives/index-agreement.ts';
import { Random } from '../../support/faults/random.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

const COLD_NOW = SMALL_NOW + 60 * 86_400_000;
const TABLES = ['notes', 'pairs', 'bare'];

/** Warm and cold segments, and their index. */
async function indexedWorld(t: TestContext): Promise<LookupWorld> {
  setSizes({ indexedSegments: 1 });
  const world = new LookupWorld();
  t.after(async () => {
    setSizes({});
    await world[Symbol.asyncDispose]();
  });
  await world.archiveAll();
  await world.consolidate(COLD_NOW);
  await more(world, 'late');
  return world;
}

/** Rows of January that come later, in segments of their own. */
async function more(world: LookupWorld, id: string): Promise<void> {
  {
    using db = new DatabaseSync(world.database);
    db.exec(`INSERT INTO notes (id, ts, run) VALUES ('${id}', '2026-01-14T00:00:00Z', 'run-1')`);
  }
  await world.archiveAll();
}

async function placesOf(world: LookupWorld): Promise<Places> {
  const places = await world.places();
  return await withIndex(places.hot!, places);
}

async function agree(world: LookupWorld, why: string): Promise<number> {
  return await agreeWithoutIndex(await placesOf(world), why);
}

const fileOf = (world: LookupWorld): string => join(world.archives, INDEX_FILE);

test('a search by key gives the same with the index of lookup keys as without, and reads less', async (t) => {
  const world = await indexedWorld(t);
  assert.ok((await agree(world, 'whole')) > 0);
});

test('an index that is damaged, truncated, foreign, older or made up changes no answer', async (t) => {
  const world = await indexedWorld(t);
  const whole = readFileSync(fileOf(world));
  const older = whole;
  await more(world, 'later');
  const newest = readFileSync(fileOf(world));
  assert.ok(!newest.equals(older));
  const ledger = (await world.places()).hot!.reader.ledger;
  const { digest } = (await ledger.index())!;
  const known = (await readIndex(world.archive, digest))!;
  const empty = [...known.values()].map((one) => ({
    ...{ segment: one.segment, digest: one.digest, file: one.file, shape: one.shape, blocks: one.blocks },
    filters: (column: string) => one.filters(column).map(() => new Uint8Array()),
  }));
  const versions: [string, Buffer][] = [
    ['older', older],
    ['made up: no segment has any key', encodeIndex(empty)],
    [
      'of another version',
      Buffer.from(newest.toString('latin1').replace('"format":1', '"format":2'), 'latin1'),
    ],
    ['empty', Buffer.alloc(0)],
    ['foreign', Buffer.from('{"format":1}\n')],
  ];
  const random = new Random(17);
  for (let at = 0; at < 6; at++) {
    const damaged = Buffer.from(newest);
    damaged[random.integer(0, damaged.length - 1)]! ^= 1 << random.integer(0, 7);
    versions.push([`damaged ${at}`, damaged]);
    versions.push([`truncated ${at}`, newest.subarray(0, random.integer(0, newest.length - 1))]);
  }
  for (const [name, content] of versions) {
    writeFileSync(fileOf(world), content);
    assert.equal(await agree(world, name), 0, `${name} was believed`);
  }
  rmSync(fileOf(world));
  assert.equal(await agree(world, 'missing'), 0);
  await world.archiveAll();
  assert.ok(readFileSync(fileOf(world)).equals(newest), 'the next run writes it again');
});

test('an index of an earlier state of the archive changes no answer', async (t) => {
  const world = await indexedWorld(t);
  const older = readFileSync(fileOf(world));
  using db = new DatabaseSync(world.database);
  const record = () => db.prepare("SELECT value FROM _firn_meta WHERE key = 'index'").get()!.value as string;
  const recorded = record();
  await more(world, 'second');
  await world.consolidate(COLD_NOW);
  assert.notEqual(record(), recorded);
  writeFileSync(fileOf(world), older);
  db.prepare("UPDATE _firn_meta SET value = ? WHERE key = 'index'").run(recorded);
  await agree(world, 'older, and vouched for');
});

test('a file that is missing, truncated or another one is told although the index knows its keys', async (t) => {
  const world = await indexedWorld(t);
  const places = await placesOf(world);
  const path = [...places.names!.segments.values()].find(({ tier }) => tier === 'warm')!.path;
  const file = join(world.archives, path);
  const whole = readFileSync(file);
  const query = { ...everything(TABLES), where: [parseCondition('run=no-run')] };
  const problems = async (): Promise<unknown> => {
    await agree(world, 'with a damaged file');
    const found = search(await placesOf(world), query);
    for await (const _ of found);
    return found.report.problems.length;
  };
  assert.equal(await problems(), 0);
  truncateSync(file, whole.length - 1);
  assert.equal(await problems(), 1);
  writeFileSync(file, Buffer.alloc(whole.length));
  assert.equal(await problems(), 1);
  rmSync(file);
  assert.equal(await problems(), 1);
});

test('what was purged does not stay in the index', async (t) => {
  const world = await indexedWorld(t);
  assert.ok(readFileSync(fileOf(world)).includes('2026-01-10/notes'));
  await using store = await openSqliteStore(world.database);
  const clock = standingClock(SMALL_NOW + 900 * 86_400_000);
  const stores = { store, archive: world.archive, clock };
  await runCleanup(stores, world.policies, { consent: async () => true });
  assert.ok(!readFileSync(fileOf(world)).includes('2026-01-10/notes'));
});
