import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { BIG_DAY, PartsWorld } from '../../support/worlds/parts-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';

/** Stops a run when it asks for the `at`-th time whether it is to go on. */
function stopAt(at: number): { readonly stop: () => string | null; readonly asked: () => number } {
  let asked = 0;
  return { stop: () => (++asked === at ? 'stop requested' : null), asked: () => asked };
}

async function interrupted(world: PartsWorld, at: number, adopt: boolean): Promise<boolean> {
  const { stop, asked } = stopAt(at);
  try {
    await world.run({ stop, adopt });
  } catch (error) {
    assert.ok(error instanceof FirnError && error.code === 'interrupted', String(error));
  }
  return asked() >= at;
}

function alarms({ reconciled }: ArchiveReport): string[] {
  return reconciled
    .filter(({ action }) => !['adopt', 'resume', 'settle', 'forget'].includes(action))
    .map(({ action, subject, reason }) => `${action} ${subject}: ${reason}`);
}

for (const half of [false, true]) {
  test(`adopting the members of a bundle may stop between any two transactions${half ? ', where the database had half of the rows' : ''}`, async (t) => {
    for (let at = 1; ; at += 4) {
      const world = new PartsWorld(t, { partBytes: 4000 });
      await world.run({ olderThanMs: 1000 * 86_400_000 });
      if (half) world.sql('DELETE FROM big WHERE id < 1000 AND id / 4 % 2 = 0');
      const putBack = world.backup();
      if (half) world.sql('DELETE FROM big WHERE id < 1000');
      if (half) world.insert(0, 60);
      await world.run();
      await world.consolidate();
      putBack();
      const stopped = await interrupted(world, at, true);
      assert.deepEqual(alarms(await world.run()), []);
      world.assertOnce(60);
      await world.erase('id=3');
      await world.run();
      world.assertOnce(60, [3]);
      assert.deepEqual((await world.verify()).alarms, []);
      if (!stopped) break;
    }
  });
}

test('a segment whose deletion was cut short is finished although it moved to its bundle since', async (t) => {
  const world = new PartsWorld(t, { partBytes: 1 << 20 });
  await interrupted(world, 5, false);
  const [receipt] = await world.receipts();
  assert.ok(receipt?.state === 'draining' && receipt.position < receipt.rows, JSON.stringify(receipt));
  const putBack = world.backup();
  await world.run();
  world.insert(60, 70);
  await world.run();
  await world.consolidate();
  putBack();
  world.sql("UPDATE big SET words = 'changed' WHERE id = (SELECT max(id) FROM big WHERE id < 1000)");
  assert.deepEqual(alarms(await world.run()), []);
  assert.deepEqual(alarms(await world.run()), []);
  world.assertOnce(70);
  await world.consolidate();
  world.assertOnce(70);
  assert.deepEqual((await world.verify()).alarms, []);
  assert.ok((await world.receipts()).every(({ state }) => state === 'archived' || state === 'replaced'));
});

/** Flips a bit of a row of a bundle's member. */
function damage(world: PartsWorld, member: string): void {
  const bytes = world.read(BUNDLE);
  const at = bytes.indexOf(`${member}\0`) + 512 + 80;
  bytes[at]! ^= 1;
  world.write(BUNDLE, bytes);
}

test('one damaged member of a bundle keeps no other from being adopted, and is named', async (t) => {
  const world = new PartsWorld(t);
  const empty = world.backup();
  await world.run();
  const parts = (await world.receipts()).length;
  const member = `${BIG_DAY}/big.2.jsonl.gz`;
  const inMember = (await world.receipts()).find(({ segment }) => segment === member)!.rows;
  assert.ok(parts > 3);
  await world.consolidate();
  damage(world, member);
  empty();
  world.sql('DELETE FROM big WHERE id < 1000');
  for (let again = 0; again < 2; again++) {
    const { steps } = await world.rebuild();
    const wrong = steps.filter(({ action }) => action !== 'adopt');
    assert.deepEqual(
      wrong.map(({ action, subject }) => [action, subject]),
      [['alarm', `${BUNDLE}:${member}`]],
    );
    assert.deepEqual(
      (await world.receipts()).map(({ part, state }) => [part, state]).sort(),
      Array.from({ length: parts }, (_, i) => [i + 1, 'archived']).filter(([part]) => part !== 2),
    );
    assert.ok(!world.files().some((path) => path.startsWith('quarantine/warm/')));
  }
  assert.ok(inMember > 0);
});

test('a database of before keeps the rows of a damaged member, and archives them under another name', async (t) => {
  const world = new PartsWorld(t);
  const putBack = world.backup();
  await world.run();
  const parts = (await world.receipts()).length;
  await world.consolidate();
  const member = `${BIG_DAY}/big.2.jsonl.gz`;
  damage(world, member);
  putBack();
  const first = await world.run({ adopt: true });
  assert.deepEqual(
    first.reconciled.filter(({ action }) => action === 'alarm').map(({ subject }) => subject),
    [`${BUNDLE}:${member}`],
  );
  assert.ok(first.total > 0);
  const again = await world.run();
  assert.deepEqual([again.total, again.reconciled.length], [0, 1]);
  assert.ok((await world.receipts()).some(({ part }) => part > parts));
});
