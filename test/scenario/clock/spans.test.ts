import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { SpansWorld } from '../../support/worlds/spans-world.ts';

function day(first: string, later: number): string {
  return new Date(Date.parse(first) + later * 86_400_000).toISOString().slice(0, 10);
}

for (const [span, most] of [
  ['week', 523],
  ['month', 120],
] as const) {
  test(`a row a day for ten years makes at most ${most} files with a span of a ${span}`, async (t) => {
    const world = new SpansWorld(t, '2016-01-01', 3653, { span, coldMs: 20 * 365 * 86_400_000 });
    const before = world.rows().hot;
    await world.archive('2026-01-20T03:00:00Z');
    const receipts = await world.receipts();
    assert.ok(receipts.length <= most && receipts.length > most - 10, `${receipts.length} files`);
    assert.ok(receipts.every((receipt) => receipt.span === span && receipt.part === 1));
    const { hot, archived } = world.rows();
    assert.deepEqual([...hot, ...archived].sort(), before);
  });
}

for (const span of ['week', 'month'] as const) {
  test(`daily runs make one file of a ${span}, when all of it has left its hot time`, async (t) => {
    const world = new SpansWorld(t, '2026-01-01', 70, { span });
    const before = world.rows().hot;
    for (let at = 0; at < 80; at++) {
      const now = `${day('2026-01-01', at)}T03:00:00Z`;
      await world.archive(now);
      for (const { maxTime, minTime, part } of await world.receipts()) {
        assert.equal(part, 1);
        assert.ok(maxTime <= (Date.parse(now) - 7 * 86_400_000) * 1000, 'no row leaves early');
        assert.ok(minTime <= maxTime);
      }
      const { hot, archived } = world.rows();
      assert.deepEqual([...hot, ...archived].sort(), before);
    }
    const names = (await world.receipts()).map(({ segment }) => segment.slice(0, 10));
    assert.deepEqual(
      names,
      span === 'month'
        ? ['2026-01-01', '2026-02-01']
        : Array.from({ length: 10 }, (_, at) => day('2025-12-29', 7 * at)),
    );
  });
}

test('a span that is changed later, and back, leaves old files valid and never uses a name twice', async (t) => {
  const world = new SpansWorld(t, '2026-01-01', 120, { span: 'day' });
  const before = world.rows().hot;
  await world.archive('2026-01-20T03:00:00Z');
  world.policy = { ...world.policy, span: 'month' };
  // January is over and partly archived by days: what is left of it becomes its month's file, under the next free number.
  await world.archive('2026-02-08T03:00:00Z');
  const january = (await world.receipts()).filter(({ day: first }) => first === '2026-01-01');
  assert.deepEqual(
    january.map(({ segment, span, rows }) => [segment, span, rows]),
    [
      ['2026-01-01/t.jsonl.gz', 'day', 1],
      ['2026-01-01/t.2.jsonl.gz', 'month', 19],
    ],
  );
  world.policy = { ...world.policy, span: 'week' };
  await world.archive('2026-03-12T03:00:00Z');
  world.policy = { ...world.policy, span: 'day' };
  await world.archive('2026-04-12T03:00:00Z');
  const receipts = await world.receipts();
  assert.equal(new Set(receipts.map(({ segment }) => segment)).size, receipts.length);
  assert.deepEqual([...new Set(receipts.map(({ span }) => span))].sort(), ['day', 'month', 'week']);
  const { hot, archived } = world.rows();
  assert.deepEqual([...hot, ...archived].sort(), before);
  assert.deepEqual((await world.verify('2026-04-12T04:00:00Z')).alarms, []);
});

test('a segment says its span in its footer, and a day is written as before', async (t) => {
  const world = new SpansWorld(t, '2026-01-05', 14, { span: 'week' });
  await world.archive('2026-01-20T03:00:00Z');
  await using file = await openFolder(world.archives).open('warm/2026-01-05/t.jsonl.gz');
  const { footer } = await openSegment(file, 't');
  assert.deepEqual([footer.format, footer.span, footer.rows], [3, 'week', 7]);
  world.policy = { ...world.policy, span: 'day' };
  await world.archive('2026-01-20T04:00:00Z');
  await using daily = await openFolder(world.archives).open('warm/2026-01-12/t.jsonl.gz');
  const older = (await openSegment(daily, 't')).footer;
  assert.deepEqual([older.format, older.span, older.rows], [1, 'day', 1]);
});

test('a week across two months is in the bundle of its Monday, and moves on when its Sunday is long enough ago', async (t) => {
  const world = new SpansWorld(t, '2026-01-26', 7, { span: 'week', warmMs: 0 });
  await world.archive('2026-02-09T00:00:00Z');
  const [receipt] = await world.receipts();
  assert.deepEqual([receipt?.day, receipt?.span, receipt?.rows], ['2026-01-26', 'week', 7]);
  await world.cleanup('2026-02-08T23:59:59Z');
  assert.equal((await world.receipts())[0]?.tier, 'warm', 'Sunday 1 February ended less than 7 days before');
  await world.cleanup('2026-02-09T00:00:00Z');
  assert.equal((await world.receipts())[0]?.tier, 'cold');
  assert.deepEqual(
    (await openFolder(world.archives).list('cold')).map(({ path }) => path),
    ['cold/2026/2026-01.tar.gz'],
  );
  assert.equal(world.rows().archived.length, 7);
  await world.cleanup('2027-02-08T23:59:59Z');
  assert.equal((await world.receipts())[0]?.state, 'archived');
  await world.cleanup('2027-02-09T00:00:00Z');
  assert.equal((await world.receipts())[0]?.state, 'purged');
});

test('a ledger that is lost is rebuilt with the spans of its segments', async (t) => {
  const world = new SpansWorld(t, '2026-01-01', 60, { span: 'month' });
  await world.archive('2026-02-20T03:00:00Z');
  await world.cleanup('2026-02-20T03:00:00Z', { only: 'consolidate', olderThanMs: 0 });
  await world.archive('2026-03-20T03:00:00Z');
  const known = await world.receipts();
  world.sql(
    'DROP TABLE _firn_meta; DROP TABLE _firn_receipts; DROP TABLE _firn_holds; DROP TABLE _firn_changed',
  );
  await world.rebuild('2026-03-20T04:00:00Z');
  const rebuilt = await world.receipts();
  const facts = (receipts: typeof known): unknown =>
    receipts.map(({ segment, day: first, span, tier, state, rows, digest }) => {
      return { segment, first, span, tier, state, rows, digest };
    });
  assert.deepEqual(facts(rebuilt), facts(known));
  assert.deepEqual(
    rebuilt.map(({ span }) => span),
    ['month', 'month'],
  );
});

test('a ledger of an earlier version is read as it is, and learns of spans with the first change', async (t) => {
  const world = new SpansWorld(t, '2026-01-01', 40, { span: 'day' });
  await world.archive('2026-01-20T03:00:00Z');
  const before = await world.receipts();
  world.sql('ALTER TABLE _firn_receipts DROP COLUMN span');
  assert.deepEqual(await world.receipts(), before);
  world.policy = { ...world.policy, span: 'week' };
  await world.archive('2026-02-20T03:00:00Z');
  const after = await world.receipts();
  assert.deepEqual(after.slice(0, 3), before.slice(0, 3));
  assert.ok(after.some(({ span }) => span === 'week'));
  assert.deepEqual((await world.verify('2026-02-20T04:00:00Z')).alarms, []);
});

test('--older-than archives what is old enough to the instant, and the rest of its week follows as another part', async (t) => {
  const world = new SpansWorld(t, '2026-01-05', 7, { span: 'week' });
  await world.archive('2026-01-08T13:00:00Z', { olderThanMs: 86_400_000 });
  await world.archive('2026-01-20T03:00:00Z');
  assert.deepEqual(
    (await world.receipts()).map(({ segment, rows }) => [segment, rows]),
    [
      ['2026-01-05/t.jsonl.gz', 3],
      ['2026-01-05/t.2.jsonl.gz', 4],
    ],
  );
});

for (const [before, after] of [
  ['day', 'month'],
  ['month', 'day'],
  ['week', 'month'],
] as const) {
  test(`after an older copy of the database came back, no row is archived twice: first by ${before}, then by ${after}`, async (t) => {
    const world = new SpansWorld(t, '2026-01-01', 60, { span: before });
    const rows = world.rows().hot;
    await world.archive('2026-01-20T03:00:00Z');
    const older = readFileSync(world.database);
    await world.archive('2026-02-20T03:00:00Z');
    writeFileSync(world.database, older);
    world.policy = { ...world.policy, span: after };
    await world.archive('2026-02-20T04:00:00Z');
    await world.archive('2026-03-20T04:00:00Z');
    const { hot, archived } = world.rows();
    assert.deepEqual([...hot, ...archived].sort(), rows);
    assert.deepEqual((await world.verify('2026-03-20T05:00:00Z')).alarms, []);
    await world.cleanup('2027-04-20T04:00:00Z');
    assert.ok(
      (await world.receipts()).every(({ state }) => state === 'purged' || state === 'replaced'),
      'every span has ended long enough ago',
    );
  });
}
