import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { type Explanation, explainRow } from '../../../src/lookup/search/explain-row.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant, instantOfMs } from '../../../src/model/instant.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { SMALL_NOW } from '../../support/worlds/small-database.ts';

async function explain(world: LookupWorld, ...key: string[]): Promise<Explanation> {
  return await explainRow(await world.places(), 'notes', key, instantOfMs(SMALL_NOW));
}

async function order(world: LookupWorld, ...where: string[]): Promise<void> {
  await using store = await openSqliteStore(world.database);
  const erasedAt = '2026-02-10T12:00:00.000Z';
  const range = { since: null, until: null, rows: 0 };
  await store.rows.recordErasure({ table: 'notes', where: where.map(parseCondition), ...range, erasedAt });
}

const instant = (text: string): number => Date.parse(text) * 1000;

test('a row that is nowhere leaves the traces that could be its own', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const nowhere = async (key: string): Promise<readonly string[]> => {
    const { places, traces } = await explain(world, key);
    assert.deepEqual(places, []);
    return traces;
  };
  const [never, ...others] = await nowhere('gone-1');
  assert.match(never!, /no row with this key was archived/);
  assert.deepEqual(others, []);
  // An order that asks for more than the key may have meant another row.
  await order(world, 'id=gone-1', 'state=done');
  const perhaps = /may have been erased at 2026-02-10T12:00:00\.000Z, by a condition on other columns/;
  assert.match((await nowhere('gone-1'))[0]!, perhaps);
  await order(world, 'id=gone-1');
  const [erased, ...rest] = await nowhere('gone-1');
  assert.match(erased!, /matches an erasure of 2026-02-10T12:00:00\.000Z/);
  assert.match(rest.join('; '), perhaps);
  assert.match((await nowhere('gone-2'))[0]!, /no row with this key was archived/);
});

test('segments that were purged are a trace, and those that were not are none', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  {
    using db = new DatabaseSync(world.database);
    db.exec(
      "UPDATE _firn_receipts SET state = 'purged', purged_at = '2026-02-10T12:00:00Z' WHERE \"table\" = 'notes' AND day < '2026-01-12'",
    );
  }
  for (const day of ['2026-01-10', '2026-01-11']) rmSync(join(world.archives, `warm/${day}/notes.jsonl.gz`));
  const { traces } = await explain(world, 'gone-1');
  assert.equal(traces.length, 1);
  assert.match(traces[0]!, /^2 segments .*2026-01-10 to 2026-01-11/);
});

test('a row is told with its tier, its file and what happens to it next', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const { table, places, problems, unread } = await explain(world, 'note-3');
  assert.deepEqual([table, places.length, problems, unread], ['notes', 1, [], []]);
  const [{ row, ...place }] = places as [Explanation['places'][number]];
  assert.equal(row.id, 'note-3');
  const { rule, from, ...next } = place.next!;
  assert.deepEqual(
    { ...place, next },
    {
      ...{ tier: 'warm', segment: '2026-01-10/notes.jsonl.gz', path: 'warm/2026-01-10/notes.jsonl.gz' },
      ...{ since: '2026-02-10T12:00:00Z', time: instant('2026-01-10T11:23:33.120Z') + 157 },
      ...{ sameRow: null, next: { action: 'consolidate' }, kept: [] },
    },
  );
  assert.match(rule, /warm time/);
  assert.ok(Math.abs(from - instant('2026-02-17T00:00:00Z')) <= 1, '37 days after the end of its day');
  const [hot] = (await explain(world, 'hot-1')).places;
  assert.deepEqual(
    [hot!.tier, hot!.segment, hot!.path, hot!.since, hot!.sameRow, hot!.kept, hot!.next?.from],
    ['hot', null, null, null, null, [], instant('2026-02-16T01:02:03Z')],
  );
  assert.equal(hot!.next?.action, 'archive');
});

test('what keeps a row in the database is told', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const kept = async (key: string): Promise<string> => (await explain(world, key)).places[0]!.kept.join();
  assert.match(
    await kept('note-5'),
    /stays until it is finished, or at 2026-02-18\S+, because it is unfinished \(state = 'open'\)/,
  );
  assert.match(await kept('undated'), /no intelligible time|timestamp/);
  {
    await using store = await openSqliteStore(world.database);
    const conditions = ['run=run-3', 'state=done'].map(parseCondition);
    await store.ledger.addHold({ table: 'notes', conditions, reason: 'incident', createdAt: 'now' });
  }
  assert.match(await kept('note-3'), /hold 1 .*incident/);
  assert.equal(await kept('note-4'), '');
  const { next } = (await explain(world, 'undated')).places[0]!;
  assert.equal(next, null);
});

test('a key must have as many values as the primary key', async () => {
  await using world = new LookupWorld();
  await assert.rejects(explain(world, 'a', 'b'), { code: 'usage', path: 'notes' });
  await assert.rejects(explainRow(await world.places(), 'bare', ['a'], asInstant(0)), { code: 'usage' });
  await assert.rejects(explainRow(await world.places(), 'none', ['a'], asInstant(0)), { code: 'not_found' });
});
