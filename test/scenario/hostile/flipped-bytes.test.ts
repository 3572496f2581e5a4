import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { readTail } from '../../../src/format/segment/tail.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { Random } from '../../support/faults/random.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const FLIPS = process.env.FIRN_THOROUGH === '1' ? 2000 : 200;

/** One bit of one byte, anywhere in any of the files, `FLIPS` times; the deep proof must find each and name the file. */
async function flipAndFind(
  world: ArchivedWorld,
  files: readonly string[],
  flips: number,
  random: Random,
): Promise<{ readonly missed: string[]; readonly inFooters: number }> {
  const archive = openFolder(world.archives);
  const originals = await Promise.all(
    files.map(async (path) => {
      await using file = await archive.open(path);
      const { footerOffset } = await readTail(file, path, path.startsWith('warm') ? 'segment' : 'bundle');
      return { path, bytes: world.read(path), footerOffset };
    }),
  );
  const missed: string[] = [];
  let inFooters = 0;
  await using store = await openSqliteStore(world.database);
  for (let flip = 0; flip < flips; flip++) {
    const { path, bytes, footerOffset } = random.pick(originals);
    const at = random.integer(0, bytes.length - 1);
    const bit = random.integer(0, 7);
    if (at >= footerOffset) inFooters++;
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << bit;
    world.write(path, damaged);
    const { alarms } = await runVerify(
      { store, archive, clock: standingClock(world.now) },
      { scope: 'deep' },
    );
    const named = alarms.some((alarm) => alarm.path === path || alarm.path.startsWith(`${path}:`));
    if (!named) missed.push(`${path}: bit ${bit} of byte ${at} of ${bytes.length}`);
    world.write(path, bytes);
  }
  return { missed, inFooters };
}

test('the deep proof finds every flipped bit, in segments, footers and bundles, and names the file', async (t) => {
  const world = await ArchivedWorld.of(t);
  const random = new Random(5);
  const segments = world.files().filter((path) => path.startsWith('warm/'));
  const warm = await flipAndFind(world, segments, FLIPS / 2, random);
  await world.consolidate();
  const bundles = world.files().filter((path) => path.startsWith('cold/'));
  const cold = await flipAndFind(world, bundles, FLIPS / 2, random);
  t.diagnostic(
    `${FLIPS} flips: ${FLIPS / 2} in ${segments.length} segments (${warm.inFooters} of them in footers and tails), ${FLIPS / 2} in ${bundles.length} bundle (${cold.inFooters} in its table of contents); ${warm.missed.length + cold.missed.length} missed`,
  );
  assert.deepEqual([warm.missed, cold.missed], [[], []]);
  assert.deepEqual((await world.verify()).alarms, [], 'and no false alarm');
});
