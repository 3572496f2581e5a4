import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { PartNumbers } from '../../../src/lifecycle/segments/part-numbers.ts';
import { BIG_DAY, PartsWorld } from '../../support/worlds/parts-world.ts';

const FIRST = `${BIG_DAY}/big.jsonl.gz`;

function touch(world: PartsWorld): void {
  world.sql("UPDATE big SET words = 'touched' WHERE CAST(id AS INTEGER) IN (3, 10)");
}

for (const worker of [false, true]) {
  const how = worker ? 'in a thread of its own' : 'ahead in the same thread';
  for (const key of ['integer', 'text', 'none'] as const) {
    test(`a row of the first of many parts that changes while it is copied ${how} loses no part of the day (${key} key)`, async (t) => {
      const world = new PartsWorld(t, { key });
      const report = await world.run({ worker, meanwhile: (w, segment) => segment === FIRST && touch(w) });
      assert.equal(report.tables[0]!.status, 'archived', report.tables[0]!.message);
      const { hot } = world.ids();
      assert.deepEqual(hot, [3, 10]);
      world.assertOnce(60);
      await world.run({ worker });
      world.assertOnce(60);
      const { alarms } = await world.verify();
      assert.deepEqual(alarms, []);
      assert.ok(!world.files().some((path) => path.startsWith('quarantine/')), world.files().join());
    });
  }
}

test('every part may be rewritten while the ones after it are being copied', async (t) => {
  const world = new PartsWorld(t, { rows: 100 });
  await world.run({
    worker: true,
    meanwhile: (w) =>
      w.sql("UPDATE big SET words = words || '!' WHERE id % 5 = 0 AND id IN (SELECT id FROM big LIMIT 40)"),
  });
  world.assertOnce(100);
  await world.run();
  await world.run();
  world.assertOnce(100);
  assert.deepEqual(world.ids().hot, []);
  assert.deepEqual((await world.verify()).alarms, []);
});

async function next(world: PartsWorld, table = 'big'): Promise<number> {
  return await world.withStore(async (store) =>
    (await PartNumbers.of(store.ledger, openFolder(world.archives))).reserve(table, BIG_DAY),
  );
}

test('numbers come from everything that is, was or may be', async (t) => {
  const world = new PartsWorld(t, { partBytes: 1 << 20 });
  await world.run();
  assert.equal(await next(world), 2);
  assert.equal(await next(world, 'BIG'), 2, 'file systems may fold names');
  world.write(`warm/${BIG_DAY}/big.2.jsonl.gz`, Buffer.from('not a segment'));
  world.write(`quarantine/warm/${BIG_DAY}/big.3.jsonl.gz.2`, Buffer.from('set aside'));
  world.write(`quarantine/warm/${BIG_DAY}/big.5.jsonl`, Buffer.from('set aside'));
  assert.equal(await next(world), 4);
  world.write(`warm/${BIG_DAY}/big.4.jsonl.zst`, Buffer.from('not a segment'));
  world.write(`quarantine/warm/${BIG_DAY}/big.5.jsonl.zst.2`, Buffer.from('set aside'));
  assert.equal(await next(world), 6, 'whatever the suffix');
  world.sql(
    `INSERT INTO _firn_receipts SELECT '${BIG_DAY}/big.7.jsonl.gz', "table", day, 7, 'purged', tier, 1, 0, 1, digest, min_time, max_time, archived_at, 1, 0, 0, 0, NULL, archived_at, 0, NULL, span FROM _firn_receipts`,
  );
  assert.equal(await next(world), 8);
});

test('numbers come from the members of a bundle that the ledger does not know', async (t) => {
  const world = new PartsWorld(t);
  const putBack = world.backup();
  await world.run();
  await world.consolidate();
  const parts = (await world.receipts()).length;
  assert.ok(parts > 2);
  putBack();
  assert.equal(await next(world), parts + 1);
});

test('numbers that are reserved at the same time differ, and each is greater than the one before', async (t) => {
  const world = new PartsWorld(t);
  const numbers = await world.withStore((store) => PartNumbers.of(store.ledger, openFolder(world.archives)));
  const given = await Promise.all(Array.from({ length: 20 }, () => numbers.reserve('big', BIG_DAY)));
  assert.deepEqual(
    given,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
});
