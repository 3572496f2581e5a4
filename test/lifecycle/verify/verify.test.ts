import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const HOUR_MS = 3_600_000;
const SEGMENT = '2026-01-10/notes.jsonl.gz';

test('a whole archive proves itself: quick, deep and as a sample', async (t) => {
  const world = await ArchivedWorld.of(t);
  for (const report of [
    await world.look(),
    await world.verify(),
    await world.verify({ scope: { share: 1 } }),
  ]) {
    assert.deepEqual([report.alarms, report.unfinished, report.notes], [[], [], []]);
    assert.deepEqual([report.checked.segments, report.checked.rows], [9, 71]);
    assert.ok(report.accounts.every(({ balanced }) => balanced));
  }
  await world.consolidate();
  const cold = await world.verify();
  assert.deepEqual([cold.alarms, cold.checked.segments, cold.checked.bundles], [[], 9, 1]);
});

test('each damaged file is named with its table and what can be done', async (t) => {
  const world = await ArchivedWorld.of(t);
  for (const path of [`warm/${SEGMENT}`, 'warm/2026-01-11/bare.jsonl']) {
    const bytes = world.read(path);
    bytes[30]! ^= 1;
    world.write(path, bytes);
  }
  const { alarms, checked } = await world.verify();
  assert.deepEqual(
    alarms.map(({ path, table }) => [path, table]),
    [
      ['warm/2026-01-11/bare.jsonl', 'bare'],
      [`warm/${SEGMENT}`, 'notes'],
    ],
  );
  for (const { remedy } of alarms) assert.match(remedy, /backup/);
  assert.equal(checked.segments, 7);
});

test('an alarm of a segment in a bundle names the bundle, once', async (t) => {
  const world = await ArchivedWorld.of(t);
  await world.consolidate();
  const bundle = 'cold/2026/2026-01.tar.gz';
  const bytes = world.read(bundle);
  world.write(bundle, bytes.subarray(0, -1));
  for (const report of [await world.look(), await world.verify()]) {
    assert.deepEqual([...new Set(report.alarms.map(({ path }) => path.split(':')[0]))], [bundle]);
    assert.equal(report.alarms.filter(({ path }) => path === bundle).length, 1);
  }
});

test('a scrub goes round: what was proved longest ago comes first, and everything has its turn', async (t) => {
  const world = await ArchivedWorld.of(t);
  const times = new Map<string, number>();
  for (let run = 0; run < 6; run++) {
    const before = new Map((await world.receipts()).map(({ segment, provedAt }) => [segment, provedAt]));
    const { checked, mode } = await world.verify({ scope: { share: 0.2 } });
    assert.equal(mode, 'sample');
    const now = (await world.receipts()).filter(({ segment, provedAt }) => provedAt !== before.get(segment));
    assert.equal(now.length, checked.segments);
    for (const { segment } of await world.receipts()) {
      const isNow = now.some((receipt) => receipt.segment === segment);
      times.set(segment, (times.get(segment) ?? 0) + (isNow ? 1 : 0));
    }
    assert.ok(Math.max(...times.values()) - Math.min(...times.values()) <= 1, 'none twice before all once');
  }
  assert.ok(Math.min(...times.values()) >= 1);
});

test('a proof that was stopped goes on where it stopped', async (t) => {
  const world = await ArchivedWorld.of(t);
  let asked = 0;
  const stopped = await world.verify({ stop: () => (++asked > 4 ? 'stop requested' : null) });
  const done = stopped.checked.segments;
  assert.ok(done > 0 && done < 9, `${done}`);
  assert.ok(stopped.notes.includes(`stopped after ${done} of 9 segments: stop requested`));
  const rest = await world.verify({ notProvedForMs: 12 * HOUR_MS });
  assert.equal(rest.checked.segments, 9 - done);
  const none = await world.verify({ notProvedForMs: 12 * HOUR_MS });
  assert.equal(none.checked.segments, 0);
  world.now += 13 * HOUR_MS;
  assert.equal((await world.verify({ notProvedForMs: 12 * HOUR_MS })).checked.segments, 9);
});

test('progress counts up to all segments and bytes', async (t) => {
  const world = await ArchivedWorld.of(t);
  const seen: number[] = [];
  let last = { bytes: 0, totalBytes: -1 };
  await world.verify({
    onProgress: (progress) => {
      seen.push(progress.segments);
      last = progress;
    },
  });
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(last.bytes, last.totalBytes);
});

test('a row in two segments, and one in a segment and in hot, are alarms; two versions of a key are said', async (t) => {
  const world = await ArchivedWorld.of(t);
  // A row comes back behind Firn's back, as it was.
  const lines = gunzipSync(world.read(`warm/${SEGMENT}`))
    .toString()
    .trimEnd()
    .split('\n');
  const rows = lines.map((text) => JSON.parse(text) as { id: string; ts: string; b: unknown });
  const { id, ts } = rows.find(({ b }) => b === null)!;
  const i = Number(id.slice('note-'.length));
  world.sql(`INSERT INTO notes VALUES ('${id}', '${ts}', 'run-${i % 4}', 'done', ${2n ** 53n + BigInt(i)}, ${i} / 3.0, NULL,
    'word ${i} "quoted" ' || char(0) || ' {"$blob":"x"}')`);
  const inHot = await world.verify();
  assert.equal(inHot.alarms.length, 1, JSON.stringify(inHot));
  assert.match(inHot.alarms[0]!.what, new RegExp(`${id}.* is in ${SEGMENT} and hot`));
  await world.run();
  const inTwo = await world.verify();
  assert.match(inTwo.alarms[0]!.what, new RegExp(`${id}.* is in ${SEGMENT} and 2026-01-10/notes.2.jsonl.gz`));
  const other = 'note-21';
  world.sql(`UPDATE notes SET id = '${other}', ts = '2026-02-09T00:00:00Z' WHERE id = 'hot-1'`);
  const versions = await world.verify();
  assert.ok(
    versions.notes.some((note) =>
      /notes: 1 key has a database row and an archived row with different values.*note-21/.test(note),
    ),
    versions.notes.join(),
  );
});

test('accounts that do not balance are an alarm', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(`UPDATE _firn_receipts SET deleted = deleted + 1 WHERE segment = '${SEGMENT}'`);
  for (const { alarms } of [await world.look(), await world.verify()]) {
    assert.equal(alarms.length, 1);
    assert.match(alarms[0]!.what, /rows were archived, but warm \(\d+\)/);
  }
});

test('a receipt that was lost is noticed by the gap it leaves', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(`UPDATE _firn_receipts SET part = 3 WHERE segment = '${SEGMENT}'`);
  const { notes } = await world.look();
  assert.ok(
    notes.some((note) => /notes of 2026-01-10 has no ledger entry for parts 1 to 2:/.test(note)),
    notes.join(),
  );
});

test('a quick look changes nothing, not even the folder listing', async (t) => {
  const world = await ArchivedWorld.of(t);
  const before = [world.files(), world.sql('SELECT * FROM _firn_receipts')];
  await world.look();
  assert.deepEqual([world.files(), world.sql('SELECT * FROM _firn_receipts')], before);
});
