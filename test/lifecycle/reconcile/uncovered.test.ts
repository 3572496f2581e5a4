import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Stopper } from '../../support/faults/stopper.ts';
import { BIG_DAY, PartsWorld } from '../../support/worlds/parts-world.ts';

const SOME = 17;

/** What a quick look finds wrong after a run was killed at some of its actions, before and after each, from the state that the world is in. */
async function killed(
  world: PartsWorld,
  act: (stopper: Stopper) => Promise<unknown>,
): Promise<readonly string[]> {
  const restore = world.snapshot();
  const whole = new Stopper(null);
  await act(whole);
  const count = whole.actions.length;
  const found: string[] = [];
  for (let at = 1; at <= count; at += Math.max(1, Math.floor(count / SOME))) {
    for (const when of ['before', 'after'] as const) {
      restore();
      const stopper = new Stopper({ at, when });
      await act(stopper).catch(() => undefined);
      assert.ok(stopper.stopped);
      const { alarms } = await world.look();
      const where = `${when} ${stopper.actions.at(-1)}`;
      found.push(...alarms.map(({ path, what }) => `${where}: ${path}: ${what}`));
    }
  }
  return found;
}

function archived(t: TestContext): PartsWorld {
  return new PartsWorld(t, { rows: 20, partBytes: 1500 });
}

test('what a killed archive run leaves, with segments rewritten because rows changed, is no alarm', async (t) => {
  const world = archived(t);
  const found = await killed(world, (stopper) =>
    world.run({
      stopper,
      meanwhile: (w, segment) =>
        segment === `${BIG_DAY}/big.jsonl.gz` && w.sql("UPDATE big SET words = 'new' WHERE id = 3"),
    }),
  );
  assert.deepEqual(found, []);
});

test('what a killed erasure leaves is no alarm, in warm or in cold', async (t) => {
  for (const cold of [false, true]) {
    const world = archived(t);
    await world.run();
    if (cold) await world.consolidate();
    assert.deepEqual(await killed(world, (stopper) => world.erase('id=3', stopper)), []);
  }
});

test('a rewrite that an older database does not know is an alarm although the ledger lists what it was made from', async (t) => {
  const world = archived(t);
  await world.run();
  const putBack = world.backup();
  await world.erase('id=3');
  putBack();
  const { alarms } = await world.look();
  assert.ok(alarms.length > 0 && alarms.every(({ kind }) => kind === 'uncovered'), JSON.stringify(alarms));
  await world.run();
  assert.deepEqual((await world.look()).alarms, []);
});
