import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GoneFile } from '../../../../src/archive/archive-store.ts';
import { s3Defaults } from '../../../../src/model/policy/s3-settings.ts';
import { sizes } from '../../../../src/model/sizes.ts';
import { volatileFolder } from '../../../support/faults/recorded-run.ts';
import { ReadingWorld } from '../../../support/s3/reading-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';
const K = 1 << 10;
const CONTENT = Buffer.from(Array.from({ length: 300 * K }, (_, at) => (at * 7 + (at >> 8)) & 255));

async function worldWithBundle(t: TestContext, content: Uint8Array = CONTENT) {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cache = join(folder, 'cache');
  const world = new ReadingWorld({}, 'prefix', cache);
  await world.put('prefix/cold/2026/2026-01.000001.tar.gz', content);
  return { world, cache };
}

/** What a search reads of a bundle: two parts of indexes, and rows. */
async function search(world: ReadingWorld): Promise<void> {
  world.restart();
  await using file = await world.reading.open(BUNDLE);
  assert.ok(CONTENT.subarray(299 * K).equals(await file.read(299 * K, K, 'index')));
  assert.ok(CONTENT.subarray(20 * K, 30 * K).equals(await file.read(20 * K, 10 * K, 'index')));
}

function files(cache: string): string[] {
  return (readdirSync(cache, { recursive: true }) as string[])
    .filter((name) => statSync(join(cache, name)).isFile())
    .map((name) => join(cache, name));
}

test('the indexes of a bundle are read once by all commands, and its rows are not kept', async (t) => {
  const { world, cache } = await worldWithBundle(t);
  await search(world);
  assert.equal(world.asked.splice(0).length, 3);
  await search(world);
  assert.deepEqual(world.asked.splice(0), ['GET list cold/']);
  const file = await world.reading.open(BUNDLE);
  assert.ok(CONTENT.subarray(100 * K, 101 * K).equals(await file.read(100 * K, K)));
  await file[Symbol.asyncDispose]();
  const [kept] = files(cache) as [string];
  assert.equal(files(cache).length, 1);
  assert.ok(statSync(kept).size < 12 * K, 'the two parts, and no more');
  assert.equal(statSync(kept).mode & 0o777, 0o600);
});

test('indexes of a bundle that was listed take no request, and its rows say when it is gone', async (t) => {
  const { world } = await worldWithBundle(t);
  await search(world);
  world.restart();
  await world.reading.list('cold');
  await world.remove('prefix/cold/2026/2026-01.000001.tar.gz');
  world.asked.splice(0);
  await using file = await world.reading.open(BUNDLE, 'listed');
  assert.ok(CONTENT.subarray(299 * K).equals(await file.read(299 * K, K, 'index')));
  assert.deepEqual(world.asked, []);
  await assert.rejects(file.read(100 * K, K), GoneFile);
});

test('what is damaged counts as not there, and is replaced', async (t) => {
  const { world, cache } = await worldWithBundle(t);
  await search(world);
  const [kept] = files(cache) as [string];
  const whole = readFileSync(kept);
  const flipped = Buffer.from(whole);
  flipped[whole.length >> 1]! ^= 1;
  for (const damaged of [flipped, whole.subarray(0, -1), Buffer.alloc(0), Buffer.from('{}')]) {
    writeFileSync(kept, damaged);
    await search(world);
    assert.ok(readFileSync(kept).equals(whole));
  }
});

test('an entry goes when its bundle is replaced or deleted', async (t) => {
  const { world, cache } = await worldWithBundle(t);
  await search(world);
  const before = files(cache);
  await world.put('prefix/cold/2026/2026-01.000002.tar.gz', CONTENT);
  await world.remove('prefix/cold/2026/2026-01.000001.tar.gz');
  await search(world);
  assert.notDeepEqual(files(cache), before);
  assert.equal(files(cache).length, 1);
  await world.remove('prefix/cold/2026/2026-01.000002.tar.gz');
  world.restart();
  await world.reading.list('');
  assert.deepEqual(files(cache), []);
});

test('the oldest entries go when there are too many bytes', async (t) => {
  const { world, cache } = await worldWithBundle(t);
  await world.put('prefix/cold/2026/2026-02.000001.tar.gz', CONTENT);
  const { cacheBytes } = sizes;
  t.after(() => Object.assign(sizes, { cacheBytes }));
  Object.assign(sizes, { cacheBytes: 15 * K });
  await search(world);
  const [first] = files(cache);
  await using other = await world.reading.open('cold/2026/2026-02.tar.gz');
  await other.read(20 * K, 10 * K, 'index');
  await other[Symbol.asyncDispose]();
  assert.equal(files(cache).length, 1);
  assert.notEqual(files(cache)[0], first);
});

test('a cache that cannot be written changes no answer', async (t) => {
  const { world, cache } = await worldWithBundle(t);
  writeFileSync(cache, 'a file in its place');
  await search(world);
  await search(world);
  assert.equal(readFileSync(cache, 'utf8'), 'a file in its place');
});

test('the cache is where the environment says, and nowhere when it says so or says nothing', () => {
  const place = (env: Record<string, string>) => s3Defaults(env).cache;
  assert.equal(place({ HOME: '/home/me' }), '/home/me/.cache/firn');
  assert.equal(place({ HOME: '/home/me', XDG_CACHE_HOME: '/cache' }), '/cache/firn');
  assert.equal(place({ HOME: '/home/me', FIRN_CACHE: '/fast/firn' }), '/fast/firn');
  assert.equal(place({ HOME: '/home/me', FIRN_CACHE: 'off' }), null);
  assert.equal(place({ HOME: '/home/me', FIRN_CACHE: 'relative' }), null);
  assert.equal(place({}), null);
});
