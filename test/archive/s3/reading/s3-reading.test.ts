import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenFile } from '../../../../src/archive/archive-store.ts';
import { refusesWith } from '../../../support/archives/archive.ts';
import { ReadingWorld } from '../../../support/s3/reading-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';
const K = 1 << 10;

async function textOf(file: OpenFile): Promise<string> {
  return Buffer.from(await file.read(0, file.bytes)).toString();
}

test('a list has the files below the prefix, sorted, each bundle once, and no unpublished ones', async () => {
  const world = new ReadingWorld();
  for (const key of [
    'prefix/warm/2026-01-16/a.jsonl.gz',
    'prefix/warm/2026-01-16/a b+%.ü&<',
    'prefix/cold/2026/2026-01.000001.tar.gz',
    'prefix/cold/2026/2026-01.000010.tar.gz',
    'prefix/cold/2026/2026-01.000002.tar.gz',
    'prefix/archive.json',
    'prefix/.tmp/unfinished',
    'prefixed/warm/x',
    'other/x',
  ])
    await world.put(key, key);
  const listed = await world.reading.list('');
  assert.deepEqual(
    listed.map(({ path }) => path),
    ['archive.json', BUNDLE, 'warm/2026-01-16/a b+%.ü&<', 'warm/2026-01-16/a.jsonl.gz'],
  );
  assert.equal(listed[1]!.bytes, 'prefix/cold/2026/2026-01.000010.tar.gz'.length);
  assert.deepEqual(await world.reading.strays(), []);
});

test('keys that are no paths are strays, and a bundle without a number is one', async () => {
  const world = new ReadingWorld({}, '');
  for (const key of ['warm/', 'warm//a', `${BUNDLE}`, 'warm/a\\b', 'warm/c']) await world.put(key, 'x');
  assert.deepEqual(await world.reading.strays(), [BUNDLE, 'warm/', 'warm//a', 'warm/a\\b']);
  assert.deepEqual(await world.reading.list(''), [{ path: 'warm/c', bytes: 1 }]);
  await refusesWith('not_found', world.reading.open(BUNDLE));
});

test('a list of more than a thousand objects takes a request for each thousand', async () => {
  const world = new ReadingWorld();
  for (let n = 0; n < 2_001; n++) await world.put(`prefix/warm/d/${n}`, '');
  assert.equal((await world.reading.list('')).length, 2_001);
  assert.equal(world.asked.length, 3);
});

test('one list serves all steps that follow, until the run changes something or ten seconds pass', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/warm/a', 'a');
  await Promise.all([world.reading.list(''), world.reading.strays()]);
  assert.deepEqual(await world.reading.list('warm'), [{ path: 'warm/a', bytes: 1 }]);
  assert.deepEqual(await world.reading.list('journal'), []);
  assert.deepEqual(world.asked.splice(0), ['GET list ']);
  await world.put('prefix/warm/b', 'b');
  world.reading.changed('warm/b');
  assert.equal((await world.reading.list('warm')).length, 2);
  assert.deepEqual(world.asked.splice(0), ['GET list warm/']);
  world.client.traffic.changed();
  await world.reading.list('warm');
  assert.equal(world.asked.splice(0).length, 1, 'another thread changed something');
  world.pass(10_001);
  await world.reading.list('warm');
  assert.equal(world.asked.length, 1);
});

test('a list that failed is asked for again', async () => {
  const world = new ReadingWorld();
  world.beforeAnswer = async () => {
    throw Object.assign(new Error(), { code: 'ECONNRESET' });
  };
  await refusesWith('unavailable', world.reading.list(''));
  world.beforeAnswer = async () => undefined;
  assert.deepEqual(await world.reading.list(''), []);
});

test('a small file is one request, an empty one too, and a large one one request up to its last 64 KiB', async () => {
  const world = new ReadingWorld();
  const large = Buffer.from(Array.from({ length: 200 * K }, (_, at) => (at * 7) & 255));
  await world.put('prefix/warm/small', 'text');
  await world.put('prefix/warm/empty', '');
  await world.put('prefix/warm/large', large);
  assert.equal(await textOf(await world.reading.open('warm/small')), 'text');
  assert.equal((await world.reading.open('warm/empty')).bytes, 0);
  const file = await world.reading.open('warm/large');
  assert.equal(file.bytes, 200 * K);
  assert.ok(large.subarray(150 * K).equals(await file.read(150 * K, 50 * K)));
  assert.deepEqual(
    world.asked.splice(0),
    ['warm/small', 'warm/empty', 'warm/large'].map((path) => `GET ${path} bytes=-65536`),
  );
  assert.ok(large.equals(await file.read(0, 200 * K)));
  assert.deepEqual(world.asked, ['GET warm/large bytes=0-204799']);
  await refusesWith('not_found', world.reading.open('warm/absent'));
});

test('a file that is replaced or removed while it is open is unavailable, and never a mixture', async () => {
  for (const change of ['replace', 'remove'] as const) {
    const world = new ReadingWorld();
    await world.put('prefix/warm/a', Buffer.alloc(200 * K, 'a'));
    const file = await world.reading.open('warm/a');
    if (change === 'replace') await world.put('prefix/warm/a', Buffer.alloc(200 * K, 'b'));
    else await world.remove('prefix/warm/a');
    assert.equal((await file.read(190 * K, 100))[0], 'a'.charCodeAt(0));
    await refusesWith('unavailable', file.read(0, 100));
  }
});

test('a bundle is its newest object, also when that was made after the list', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/cold/2026/2026-01.000001.tar.gz', 'first');
  await world.reading.list('');
  assert.equal(await textOf(await world.reading.open(BUNDLE)), 'first');
  assert.deepEqual(world.asked.splice(0).slice(1).sort(), [
    'GET cold/2026/2026-01.000001.tar.gz bytes=-65536',
    'HEAD cold/2026/2026-01.000002.tar.gz',
  ]);
  await world.put('prefix/cold/2026/2026-01.000002.tar.gz', 'second');
  assert.equal(await textOf(await world.reading.open(BUNDLE)), 'second');
  await world.put('prefix/cold/2026/2026-01.000003.tar.gz', 'third');
  await world.remove('prefix/cold/2026/2026-01.000002.tar.gz');
  await world.remove('prefix/cold/2026/2026-01.000001.tar.gz');
  assert.equal(await textOf(await world.reading.open(BUNDLE)), 'third');
  await world.remove('prefix/cold/2026/2026-01.000003.tar.gz');
  await refusesWith('not_found', world.reading.open(BUNDLE));
});

test('bundles that are opened in one moment take a list and a request for each', async () => {
  const world = new ReadingWorld();
  const months = ['01', '02', '03'];
  for (const month of months) await world.put(`prefix/cold/2026/2026-${month}.000004.tar.gz`, month);
  await Promise.all(months.map((month) => world.reading.open(`cold/2026/2026-${month}.tar.gz`)));
  assert.deepEqual(
    world.asked.map((line) => line.slice(0, 8)),
    ['GET list', 'GET cold', 'GET cold', 'GET cold'],
  );
});

test('bundles that are opened one after the other share a list', async () => {
  const world = new ReadingWorld();
  const months = ['01', '02', '03'];
  for (const month of months) await world.put(`prefix/cold/2026/2026-${month}.000004.tar.gz`, month);
  for (const month of months) await world.reading.open(`cold/2026/2026-${month}.tar.gz`);
  const lists = world.asked.filter((line) => line.includes('list'));
  assert.deepEqual(lists, ['GET list cold/']);
});

test('a bundle that is opened again is not read again', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/cold/2026/2026-01.000001.tar.gz', 'first');
  for (let n = 0; n < 3; n++) assert.equal(await textOf(await world.reading.open(BUNDLE)), 'first');
  assert.deepEqual(
    world.asked.splice(0).map((line) => line.split(' ')[0]),
    ['GET', 'GET', 'HEAD', 'HEAD', 'HEAD', 'HEAD'],
  );
  await world.put('prefix/cold/2026/2026-01.000002.tar.gz', 'second');
  assert.equal(await textOf(await world.reading.open(BUNDLE)), 'second');
  await world.remove('prefix/cold/2026/2026-01.000002.tar.gz');
  await world.remove('prefix/cold/2026/2026-01.000001.tar.gz');
  await refusesWith('not_found', world.reading.open(BUNDLE));
});

test('a bundle may be opened as it was listed: then nobody asks whether it is the newest', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/cold/2026/2026-01.000001.tar.gz', 'first');
  // Without a list, it is the one that has the name now.
  assert.equal(await textOf(await world.reading.open(BUNDLE, 'listed')), 'first');
  await world.put('prefix/cold/2026/2026-02.000001.tar.gz', 'other');
  world.pass(10_001);
  await world.reading.list('cold');
  world.asked.splice(0);
  assert.equal(await textOf(await world.reading.open('cold/2026/2026-02.tar.gz', 'listed')), 'other');
  assert.deepEqual(world.asked.splice(0), ['GET cold/2026/2026-02.000001.tar.gz bytes=-65536']);
  await world.put('prefix/cold/2026/2026-01.000002.tar.gz', 'second');
  assert.equal(await textOf(await world.reading.open(BUNDLE, 'listed')), 'first');
  assert.equal(await textOf(await world.reading.open(BUNDLE)), 'second');
});

test('a bundle that is gone since it was listed is the newest one, or none', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/cold/2026/2026-01.000001.tar.gz', 'first');
  await world.reading.list('cold');
  await world.remove('prefix/cold/2026/2026-01.000001.tar.gz');
  await world.put('prefix/cold/2026/2026-01.000002.tar.gz', 'second');
  assert.equal(await textOf(await world.reading.open(BUNDLE, 'listed')), 'second');
  await world.remove('prefix/cold/2026/2026-01.000002.tar.gz');
  world.restart();
  await world.reading.list('cold');
  await refusesWith('not_found', world.reading.open(BUNDLE, 'listed'));
});

test('a bundle that is replaced all the time while it is opened is unavailable', async () => {
  const world = new ReadingWorld();
  let generation = 1;
  const key = () => `prefix/cold/2026/2026-01.${String(generation).padStart(6, '0')}.tar.gz`;
  await world.put(key(), 'x');
  world.beforeAnswer = async (line) => {
    if (!line.includes('bytes')) return;
    await world.remove(key());
    generation++;
    await world.put(key(), 'x');
  };
  await refusesWith('unavailable', world.reading.open(BUNDLE));
});

test('the version of a file at the root is remembered from when it was opened until it is changed', async () => {
  const world = new ReadingWorld();
  assert.equal(world.reading.seen('lineage.json'), undefined);
  await refusesWith('not_found', world.reading.open('lineage.json'));
  assert.equal(world.reading.seen('lineage.json'), null);
  await world.put('prefix/lineage.json', 'one');
  await world.reading.open('lineage.json');
  assert.match(world.reading.seen('lineage.json')!, /^"[0-9a-f]{32}"$/);
  world.reading.changed('lineage.json');
  assert.equal(world.reading.seen('lineage.json'), undefined);
});

test('an answer that is no part of the file is refused', async () => {
  const world = new ReadingWorld();
  await world.put('prefix/warm/a', Buffer.alloc(200 * K, 'a'));
  await refusesWith('refused', world.reading.open('warm/../a'));
  await refusesWith('refused', world.reading.list('/warm'));
  const file = await world.reading.open('warm/a');
  await refusesWith('integrity', file.read(200 * K - 1, 2));
  await refusesWith('integrity', file.read(-1, 2));
});
