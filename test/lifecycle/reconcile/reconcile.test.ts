import assert from 'node:assert/strict';
import { existsSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import type { Reconciled } from '../../../src/lifecycle/reconcile/reconcile-plan.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { ArchivedWorld } from '../../support/worlds/archived-world.ts';

const DAY = '2026-01-10';
const NOTES = `${DAY}/notes.jsonl.gz`;
const WARM = `warm/${NOTES}`;

function said(reconciled: readonly Reconciled[]): string[] {
  return reconciled.map(({ action, subject }) => `${action} ${subject}`);
}

test('a temporary file is swept', async (t) => {
  const world = await ArchivedWorld.of(t);
  const temporary = `.tmp/${'a'.repeat(32)}.tmp`;
  world.write(temporary, 'half a segm');
  assert.deepEqual(said((await world.run()).reconciled), [`discard ${temporary}`]);
  assert.ok(!existsSync(world.path(temporary)));
});

test('a sealed segment without a receipt is adopted, and its identical rows leave hot', async (t) => {
  const world = await ArchivedWorld.of(t);
  const line = world.sql(`SELECT rows FROM _firn_receipts WHERE segment = '${NOTES}'`);
  world.sql(`DELETE FROM _firn_receipts WHERE segment = '${NOTES}'`);
  // Two of its rows come back, one of them changed.
  const put = (id: string, words: string): string =>
    `INSERT INTO notes (id, ts, run, state, n, r, b, words) VALUES ('${id}', '2026-01-10T11:23:33.120157Z', ${words})`;
  const original = (i: number): string =>
    `'run-${i % 4}', 'done', ${2n ** 53n + BigInt(i)}, ${i / 3}.0, ${i % 5 ? 'NULL' : `x'00${i.toString(16).padStart(2, '0')}ff'`}, 'word ${i} "quoted" ' || char(0) || ' {"$blob":"x"}'`;
  world.sql(`${put('note-3', original(3))}; ${put('note-6', "'run-2', 'done', 0, 0, NULL, 'another'")}`);
  world.book.attempted('notes', '["text note-6"]', {
    ...{ id: 'text note-6', ts: 'text 2026-01-10T11:23:33.120157Z', run: 'text run-2', state: 'text done' },
    ...{ n: '0', r: 'real 0', b: 'NULL', words: 'text another' },
  });
  const { reconciled, total } = await world.run();
  assert.deepEqual(said(reconciled), [`adopt ${NOTES}`]);
  assert.equal(reconciled[0]!.records, 1, 'the identical row left');
  assert.match(
    reconciled[0]!.reason,
    /1 of its rows differ from the database rows with the same key; both are kept/,
  );
  assert.equal(total, 1, 'the other version is a row of its own, and due');
  assert.equal(line[0]!.rows, 8);
  await world.assertConserved({ bothVersions: true });
});

test('rows of an adopted segment leave even when they are held, and the hold keeps the segment from then on', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(`DELETE FROM _firn_receipts WHERE segment = '${NOTES}'`);
  world.sql(
    `INSERT INTO notes VALUES ('note-3', '2026-01-10T11:23:33.120157Z', 'run-3', 'done', ${2n ** 53n + 3n}, 1.0, NULL, 'word 3 "quoted" ' || char(0) || ' {"$blob":"x"}')`,
  );
  {
    await using store = await openSqliteStore(world.database);
    const conditions = [parseCondition('id=note-3')];
    await store.ledger.addHold({
      table: 'notes',
      conditions,
      reason: 'an audit',
      createdAt: '2026-02-10T00:00:00Z',
    });
  }
  const { reconciled } = await world.run();
  assert.deepEqual(said(reconciled), [`adopt ${NOTES}`]);
  // It would stand in two places, and be archived twice, if it stayed.
  assert.equal(reconciled[0]!.records, 1);
  assert.deepEqual((await world.verify()).alarms, []);
  await world.consolidate();
  assert.deepEqual(
    world.files().filter((path) => path.startsWith('warm/')),
    [WARM],
  );
});

test('a receipt whose deletion was cut short is drained', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(
    `UPDATE _firn_receipts SET state = 'draining', position = 5, deleted = 5 WHERE segment = '${NOTES}'`,
  );
  assert.deepEqual(said((await world.run()).reconciled), [`resume ${NOTES}`]);
  const receipt = (await world.receipts()).find(({ segment }) => segment === NOTES)!;
  assert.deepEqual([receipt.state, receipt.deleted, receipt.absent], ['archived', 5, 3]);
  await world.assertConserved();
});

test('a receipt whose segment never got its name is forgotten', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(
    "INSERT INTO _firn_receipts SELECT '2026-01-10/notes.2.jsonl.gz', \"table\", day, 2, 'sealing', tier, rows, bytes, raw_bytes, digest, min_time, max_time, archived_at, 0, 0, 0, 0, NULL, NULL, 0, NULL, span FROM _firn_receipts WHERE segment = '2026-01-10/notes.jsonl.gz'",
  );
  assert.deepEqual(said((await world.run()).reconciled), ['forget 2026-01-10/notes.2.jsonl.gz']);
  await world.assertConserved();
});

test('a receipt whose file is missing is an alarm, is never papered over, and other tables go on', async (t) => {
  const world = await ArchivedWorld.of(t);
  renameSync(world.path(WARM), world.path('../aside'));
  world.sql("INSERT INTO pairs VALUES (77, 'later', 1768000000000, 'run-1')");
  for (let again = 0; again < 2; again++) {
    const { reconciled, total } = await world.run();
    assert.deepEqual(said(reconciled), [`alarm ${NOTES}`]);
    assert.match(reconciled[0]!.reason, /missing/);
    assert.equal(total, again === 0 ? 1 : 0);
  }
  assert.equal((await world.receipts()).find(({ segment }) => segment === NOTES)!.state, 'archived');
  // Put back from a backup, all is well again.
  renameSync(world.path('../aside'), world.path(WARM));
  assert.deepEqual((await world.run()).reconciled, []);
});

test('a damaged file that a receipt promises is an alarm, and not a byte of it is touched', async (t) => {
  const world = await ArchivedWorld.of(t);
  const short = world.read(WARM).subarray(0, -5);
  world.write(WARM, short);
  assert.deepEqual(said((await world.run()).reconciled), [`alarm ${NOTES}`]);
  assert.deepEqual(world.read(WARM), short);
});

test('a damaged file that is half drained is an alarm, and no further row is deleted', async (t) => {
  const world = await ArchivedWorld.of(t);
  world.sql(`UPDATE _firn_receipts SET state = 'draining', position = 5 WHERE segment = '${NOTES}'`);
  const bytes = world.read(WARM);
  bytes[40]! ^= 4;
  world.write(WARM, bytes);
  assert.deepEqual(said((await world.run()).reconciled), [`alarm ${NOTES}`]);
  assert.equal((await world.receipts()).find(({ segment }) => segment === NOTES)!.state, 'draining');
});

test('a damaged file that no receipt knows goes to quarantine with a note, every byte of it', async (t) => {
  const world = await ArchivedWorld.of(t);
  const bytes = world.read(WARM);
  bytes[40]! ^= 4;
  world.sql(`DELETE FROM _firn_receipts WHERE segment = '${NOTES}'`);
  world.write(WARM, bytes);
  const alarm = `alarm quarantine/${WARM}`;
  assert.deepEqual(said((await world.run()).reconciled), [`quarantine ${WARM}`, alarm]);
  assert.deepEqual(world.read(`quarantine/${WARM}`), bytes);
  assert.match(world.read(`quarantine/${WARM}.note.txt`).toString(), /No ledger entry refers to it/);
  // Its rows may be in no other place: that stays an alarm, until somebody deals with the file.
  for (const { alarms } of [await world.look(), await world.verify()]) {
    assert.deepEqual(
      alarms.map(({ path }) => path),
      [`quarantine/${WARM}`],
    );
    assert.match(alarms[0]!.remedy, /delete it/);
  }
  assert.deepEqual(said((await world.run()).reconciled), [alarm]);
  rmSync(world.path(`quarantine/${WARM}`));
  assert.deepEqual((await world.run()).reconciled, []);
});

test('a damaged file none of whose rows has left goes to quarantine, and the rows are archived anew', async (t) => {
  const world = await ArchivedWorld.of(t);
  const other = (await world.receipts()).find(({ segment }) => segment === '2026-01-11/notes.jsonl.gz')!;
  const twin = '2026-01-10/notes.2.jsonl.gz';
  // As a run leaves it that died between naming the file and the first deletion, and whose disk then failed.
  world.sql(
    `INSERT INTO _firn_receipts SELECT '${twin}', "table", day, 2, 'sealing', tier, rows, bytes, raw_bytes, digest, min_time, max_time, archived_at, 0, 0, 0, 0, NULL, NULL, 0, NULL, span FROM _firn_receipts WHERE segment = '${NOTES}'`,
  );
  const bytes = world.read(WARM);
  bytes[40]! ^= 4;
  world.write(`warm/${twin}`, bytes);
  assert.deepEqual(said((await world.run()).reconciled), [`quarantine warm/${twin}`]);
  assert.ok(existsSync(world.path(`quarantine/warm/${twin}`)));
  assert.deepEqual((await world.look()).alarms, [], 'its rows are all hot, or archived anew');
  assert.ok(other.rows > 0);
  await world.assertConserved();
});

test('a file that its footer gives another name goes to quarantine', async (t) => {
  const world = await ArchivedWorld.of(t);
  const wrong = 'warm/2026-01-10/notes.7.jsonl.gz';
  world.write(wrong, world.read('warm/2026-01-11/notes.jsonl.gz'));
  assert.deepEqual(said((await world.run()).reconciled), [`quarantine ${wrong}`]);
  await world.assertConserved();
});

test('files that are not of the archive are said and left alone', async (t) => {
  const world = await ArchivedWorld.of(t);
  for (const path of ['warm/notes.txt', 'cold/2026/readme.md', 'todo.txt']) world.write(path, 'mine');
  const { reconciled } = await world.run();
  assert.deepEqual(said(reconciled).sort(), [
    'foreign cold/2026/readme.md',
    'foreign todo.txt',
    'foreign warm/notes.txt',
  ]);
  for (const path of ['warm/notes.txt', 'cold/2026/readme.md', 'todo.txt'])
    assert.equal(world.read(path).toString(), 'mine');
  assert.equal((await world.look()).alarms.length, 0);
});

test('a bundle that cannot be read is one alarm, and nothing of its month is touched', async (t) => {
  const world = await ArchivedWorld.of(t);
  await world.consolidate();
  const bundle = 'cold/2026/2026-01.tar.gz';
  const torn = world.read(bundle).subarray(0, -9);
  world.write(bundle, torn);
  world.sql("INSERT INTO pairs VALUES (77, 'later', 1768000000000, 'run-1')");
  const { reconciled, total } = await world.run();
  assert.deepEqual(said(reconciled), [`alarm ${bundle}`]);
  assert.equal(total, 1, 'archiving into warm goes on');
  assert.deepEqual(world.read(bundle), torn);
});

test('an archive put back to an older state is an alarm for each segment it lacks', async (t) => {
  const world = await ArchivedWorld.of(t);
  rmSync(world.path('warm/2026-01-12'), { recursive: true });
  const report = await world.look();
  assert.equal(report.alarms.length, 3);
  for (const { path, remedy } of report.alarms) {
    assert.match(path, /^warm\/2026-01-12\//);
    assert.match(remedy, /backup/);
  }
});

test('a bundle whose warm files could not be removed any more is settled by removing them', async (t) => {
  const world = await ArchivedWorld.of(t);
  const bytes = world.read(WARM);
  await world.consolidate();
  assert.ok(!existsSync(world.path(WARM)));
  world.write(WARM, bytes);
  assert.deepEqual(said((await world.run()).reconciled), [`discard ${NOTES}`]);
  await world.assertConserved();
  // The same when the receipt has not learnt of the bundle yet.
  world.write(WARM, bytes);
  world.sql(`UPDATE _firn_receipts SET tier = 'warm' WHERE segment = '${NOTES}'`);
  assert.deepEqual(said((await world.run()).reconciled), [`discard ${NOTES}`]);
  await world.assertConserved();
  // And a receipt that has not learnt of it, without a warm file.
  world.sql(`UPDATE _firn_receipts SET tier = 'warm' WHERE segment = '${NOTES}'`);
  assert.deepEqual(said((await world.run()).reconciled), [`settle ${NOTES}`]);
});

test('what was purged does not come back with a file somebody puts back', async (t) => {
  const world = await ArchivedWorld.of(t);
  const bytes = world.read(WARM);
  world.sql(
    `UPDATE _firn_receipts SET state = 'purged', purged_at = '2026-02-10T00:00:00Z' WHERE segment = '${NOTES}'`,
  );
  unlinkSync(world.path(WARM));
  assert.deepEqual((await world.run()).reconciled, []);
  world.write(WARM, bytes);
  assert.deepEqual(said((await world.run()).reconciled), [`discard ${NOTES}`]);
  assert.ok(!existsSync(world.path(WARM)));
});
