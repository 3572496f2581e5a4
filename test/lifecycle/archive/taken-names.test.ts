import assert from 'node:assert/strict';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ArchiveReport } from '../../../src/lifecycle/archive/archive-report.ts';
import { BIG_DAY, PartsWorld } from '../../support/worlds/parts-world.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';

function name(part: number): string {
  return `${BIG_DAY}/big${part === 1 ? '' : `.${part}`}.jsonl.gz`;
}

function warm(part: number): string {
  return `warm/${name(part)}`;
}

/** A day in one part. */
const WHOLE = { rows: 10, partBytes: 1 << 20 };

function said({ reconciled }: ArchiveReport, ...actions: string[]): string[] {
  return reconciled.filter(({ action }) => actions.includes(action)).map(({ subject }) => subject);
}

async function assertWell(world: PartsWorld, count: number, without: readonly number[] = []): Promise<void> {
  world.assertOnce(count, without);
  const report = await world.run();
  assert.deepEqual(report.reconciled, [], 'a second run finds nothing to do');
  world.assertOnce(count, without);
  const { alarms, accounts } = await world.verify();
  assert.deepEqual(alarms, []);
  assert.ok(accounts.every(({ balanced }) => balanced));
}

/** As a version of Firn that kept no journal left the archive. */
function withoutJournal(world: PartsWorld): void {
  rmSync(join(world.archives, 'journal'), { recursive: true, force: true });
}

test('a tombstone whose number an older database gave to a segment loses no row of it', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  const older = world.backup();
  await world.erase('id=3');
  withoutJournal(world);
  const newest = world.backup();
  older();
  world.insert(10, 15);
  await world.run();
  assert.ok(world.files().includes(warm(3)), 'the number of the tombstone was given out again');
  newest();
  const report = await world.run({ adopt: true });
  assert.deepEqual(said(report, 'rename'), [warm(3)]);
  assert.ok(!world.files().includes(warm(3)));
  await assertWell(world, 15, [3]);
});

test('an older database learns from the journal which names were given up, and gives none out again', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  const older = world.backup();
  await world.erase('id=3');
  const newest = world.backup();
  older();
  world.insert(10, 15);
  const report = await world.run();
  assert.equal(said(report, 'remember').length, 1);
  assert.ok(world.files().includes(warm(4)), world.files().join());
  await assertWell(world, 15, [3]);
  newest();
  await world.run({ adopt: true });
  await assertWell(world, 15, [3]);
});

for (const from of ['warm', 'cold'] as const) {
  test(`names that were purged from ${from} are not given out again after the ledger is lost`, async (t) => {
    const world = new PartsWorld(t);
    const empty = world.backup();
    await world.run();
    const parts = (await world.receipts()).length;
    const purged = await world.receipts();
    if (from === 'cold') await world.consolidate();
    await world.purge();
    assert.deepEqual(world.ids(), { hot: [], archived: [] });
    empty();
    world.sql('DELETE FROM big WHERE id < 1000');
    world.insert(60, 70);
    await world.rebuild();
    const own = ({ segment, digest, rows }: (typeof purged)[number]) => [segment, digest, rows];
    assert.deepEqual((await world.receipts()).map(own), purged.map(own));
    assert.ok((await world.receipts()).every(({ state }) => state === 'purged'));
    await world.run({ olderThanMs: 0 });
    assert.ok((await world.receipts()).some(({ part, state }) => state === 'archived' && part > parts));
    await assertWell(
      world,
      70,
      Array.from({ length: 60 }, (_, i) => i),
    );
  });
}

test('a file under the name of a purged segment that is another one is adopted, and the purged one put back is not', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  const original = world.read(warm(1));
  await world.purge();
  const purged = world.backup();
  // Another archive of the same rows' day has the name.
  const other = new PartsWorld(t, { ...WHOLE, rows: 20 });
  other.sql('DELETE FROM big WHERE id < 10');
  await other.run();
  world.write(warm(1), other.read(warm(1)));
  assert.deepEqual(said(await world.run(), 'rename', 'alarm', 'discard'), [warm(1)]);
  assert.deepEqual(world.ids().archived, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  world.write(warm(1), original);
  assert.deepEqual(said(await world.run(), 'rename', 'alarm', 'discard'), [name(1)]);
  assert.deepEqual(world.ids().archived.length, 10);
  // Damaged, it is nobody's to delete.
  original[60]! ^= 1;
  world.write(warm(1), original);
  assert.deepEqual(said(await world.run(), 'quarantine'), [warm(1)]);
  assert.deepEqual(world.read(`quarantine/${warm(1)}`), original);
  assert.deepEqual((await world.look()).alarms, [], 'the tombstone accounts for it');
  purged();
});

for (const mode of ['other rows', 'the same rows', 'both'] as const) {
  test(`a bundle that was away while its names were given to ${mode} loses and doubles nothing when it is back`, async (t) => {
    const world = new PartsWorld(t);
    const empty = world.backup();
    await world.run();
    await world.consolidate();
    const members = (await world.receipts()).length;
    const putBack = world.away(BUNDLE);
    empty();
    if (mode === 'other rows') {
      world.sql('DELETE FROM big WHERE id < 1000');
      world.insert(60, 100);
    }
    if (mode === 'both') world.insert(60, 100);
    await world.run({ adopt: true });
    assert.ok((await world.receipts()).length > 1);
    putBack();
    const report = await world.run();
    assert.ok(members > 2 && report.reconciled.length > 0);
    const count = mode === 'the same rows' ? 60 : 100;
    await assertWell(world, count);
    await world.consolidate();
    await assertWell(world, count);
  });
}

test('the same with the names in the bundle as well as in warm, purged or replaced since', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  const empty = world.backup();
  await world.run();
  await world.consolidate();
  const putBack = world.away(BUNDLE);
  empty();
  world.sql('DELETE FROM big WHERE id < 1000');
  world.insert(10, 20);
  await world.run({ adopt: true });
  await world.erase('id=13');
  putBack();
  assert.deepEqual(said(await world.run(), 'rename'), [`${BUNDLE}:${name(1)}`]);
  await assertWell(world, 20, [13]);
});

test('the rows of a file whose name in the ledger is that of a larger, missing one are found, and the missing one is an alarm', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  const other = new PartsWorld(t, { ...WHOLE, rows: 20 });
  other.sql('DELETE FROM big WHERE id < 10');
  await other.run();
  const original = world.read(warm(1));
  world.write(warm(1), Buffer.from(other.read(warm(1))));
  assert.notEqual(original.length, world.read(warm(1)).length);
  const report = await world.run();
  assert.deepEqual([said(report, 'rename'), said(report, 'alarm')], [[warm(1)], [name(1)]]);
  assert.deepEqual(world.ids().archived, [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  world.write(warm(1), original);
  await assertWell(world, 20);
});

/** What the version before left: a rewrite's name was given to the next part, its receipt overwritten, its file in quarantine. */
async function twoParts(world: PartsWorld): Promise<void> {
  await world.run({
    meanwhile: (w, segment) => segment === name(1) && w.sql("UPDATE big SET words = 'new' WHERE id = 3"),
  });
  const receipts = await world.receipts();
  const rewrite = receipts.find(
    ({ segment }) => segment === receipts.find(({ part }) => part === 1)!.replacedBy,
  )!;
  assert.ok(rewrite.rows > 5);
  const other = receipts.find(({ part }) => part === 2)!;
  assert.ok(other.state === 'archived' && rewrite.part !== 2);
  world.sql(`UPDATE _firn_receipts SET replaced_by = '${other.segment}' WHERE part = 1;
    DELETE FROM _firn_receipts WHERE segment = '${rewrite.segment}';
    UPDATE _firn_receipts SET archived_at = '2026-02-11T00:00:00.000Z' WHERE part = 2`);
  renameInArchive(world, `warm/${rewrite.segment}`, `quarantine/warm/${rewrite.segment}`);
}

function renameInArchive(world: PartsWorld, from: string, to: string): void {
  world.write(to, world.read(from));
  world.write(`${to}.note.txt`, Buffer.from('why'));
  rmSync(join(world.archives, from));
}

test('a rewrite in quarantine that holds the only copy of rows which the ledger counts as archived is taken back', async (t) => {
  const world = new PartsWorld(t);
  await twoParts(world);
  assert.ok(world.ids().archived.length + world.ids().hot.length < 60);
  const unfinished = (await world.look()).unfinished.map(({ action }) => action);
  assert.ok(unfinished.includes('recover'), unfinished.join());
  const report = await world.run();
  assert.equal(said(report, 'recover').length, 1, JSON.stringify(report.reconciled));
  assert.ok(!world.files().some((path) => path.startsWith('quarantine/')), world.files().join());
  await assertWell(world, 60);
});

test('taking it back may be stopped anywhere', async (t) => {
  for (let at = 1; at < 30; at++) {
    const world = new PartsWorld(t);
    await twoParts(world);
    let asked = 0;
    await world.run({ stop: () => (++asked === at ? 'stop requested' : null) }).catch(() => undefined);
    await world.run();
    await assertWell(world, 60);
    if (asked < at) break;
  }
});

test('somebody may move a file in quarantine back by hand, and it is adopted under a free name', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  renameInArchive(world, warm(1), `quarantine/${warm(1)}`);
  world.sql('DELETE FROM _firn_receipts');
  world.insert(10, 20);
  await world.run();
  const { alarms } = await world.look();
  assert.deepEqual(
    alarms.map(({ path }) => path),
    [`quarantine/${warm(1)}`],
  );
  assert.match(alarms[0]!.what, /its 10 rows are not in the ledger/);
  assert.ok(world.files().includes(warm(2)), 'its name is not given out again');
  renameSync(join(world.archives, 'quarantine', warm(1)), join(world.archives, warm(1)));
  await world.run();
  await assertWell(world, 20);
});

for (const keeps of [true, false]) {
  for (const times of [2, 3]) {
    test(`a segment that was rewritten ${times} times is followed by an older database${keeps ? '' : ', also without a journal'}`, async (t) => {
      const world = new PartsWorld(t, { ...WHOLE, rows: 30 });
      await world.run();
      const older = world.backup();
      for (let i = 0; i < times; i++) await world.erase(`id=${i}`);
      if (!keeps) withoutJournal(world);
      older();
      assert.deepEqual(said(await world.run({ adopt: true }), 'alarm'), []);
      await assertWell(world, 30, [0, 1, 2].slice(0, times));
      if (!keeps) return;
      const { accounts } = await world.look();
      assert.deepEqual(
        accounts.map(({ archived, warm: held, erased }) => [archived, held, erased]),
        [[30, 30 - times, times]],
      );
    });
  }
}

test('a damaged record of the journal is an alarm, and hides none of the others', async (t) => {
  const world = new PartsWorld(t, WHOLE);
  await world.run();
  const older = world.backup();
  await world.erase('id=3');
  await world.erase('id=4');
  const [first] = world.files().filter((path) => path.startsWith('journal/'));
  const bytes = world.read(first!);
  bytes[bytes.length - 3]! ^= 1;
  world.write(first!, bytes);
  older();
  const report = await world.run();
  assert.deepEqual(said(report, 'alarm'), [first, name(1)], 'nobody knows what became of the first');
  assert.ok(said(report, 'remember').length === 1);
  world.assertOnce(10, [3, 4]);
});
