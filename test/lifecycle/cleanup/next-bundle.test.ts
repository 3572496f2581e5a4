import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { prepareBundle } from '../../../src/lifecycle/archived/next-bundle.ts';
import { refusesWith } from '../../support/archives/archive.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';

async function bundled(t: Parameters<typeof ArchivedWorld.of>[0]) {
  const world = await ArchivedWorld.of(t);
  await world.consolidate();
  const receipts = new Map((await world.receipts()).map((receipt) => [receipt.segment, receipt]));
  const prepare = (...drop: readonly string[]) =>
    prepareBundle(world.archive(), '2026-01', {
      add: [],
      drop: new Map(drop.map((name) => [name, receipts.get(name)!])),
    });
  return { world, names: [...receipts.keys()], prepare };
}

for (const [what, drops] of [
  ['is smaller', 1],
  ['is to be empty', null],
] as const) {
  test(`a bundle that another process replaced meanwhile is not replaced by one that ${what}`, async (t) => {
    const { world, names, prepare } = await bundled(t);
    const mine = await prepare(...names.slice(0, drops ?? names.length));
    const other = await prepare(names.at(-1)!);
    await other.swap();
    const present = world.read(BUNDLE);
    await refusesWith('unavailable', mine.swap());
    await mine.abandon();
    assert.deepEqual(world.read(BUNDLE), present);
  });
}

test('a bundle that went away meanwhile is an error, and no reason to publish what remains of it', async (t) => {
  const { world, names, prepare } = await bundled(t);
  const mine = await prepare(names[0]!);
  rmSync(world.path(BUNDLE));
  await refusesWith('unavailable', mine.swap());
  await mine.abandon();
  assert.ok(!world.files().includes(BUNDLE));
});
