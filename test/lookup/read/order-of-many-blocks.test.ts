import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { DENSE_ROWS, DenseWorld } from '../../support/worlds/dense-world.ts';

const TABLES = ['log', 'calls'];

async function found(world: DenseWorld, query: Partial<Query>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { table, line } of search(await world.places(), { ...everything(TABLES), ...query }))
    ids.push(`${table} ${JSON.parse(Buffer.from(line).toString()).id}`);
  return ids;
}

test('of many blocks whose times lie between each other the oldest, or the newest, come first', async () => {
  await using world = new DenseWorld();
  // Some stay in hot, between the others.
  world.sql("UPDATE log SET ts = replace(ts, '2026-01-10', '2026-02-09') WHERE id LIKE '%5'");
  const oldest = world
    .sql("SELECT 'log ' || id AS id, ts FROM log UNION ALL SELECT 'calls ' || id, ts FROM calls ORDER BY ts")
    .map(({ id }) => String(id));
  await world.archiveAll();
  assert.ok(world.rows('log').hot.length > 20);
  assert.deepEqual(await found(world, { order: 'oldest' }), oldest);
  assert.deepEqual(await found(world, { order: 'newest' }), oldest.toReversed());
  for (const limit of [1, 2, 9, DENSE_ROWS]) {
    assert.deepEqual(await found(world, { order: 'oldest', limit }), oldest.slice(0, limit));
    assert.deepEqual(await found(world, { order: 'newest', limit }), oldest.toReversed().slice(0, limit));
  }
});

test('the newest of one table, far from the newest of all, come in their order too', async () => {
  await using world = new DenseWorld();
  const newest = world
    .sql("SELECT 'calls ' || id AS id FROM calls WHERE ts < '2026-01-10T03:00:00Z' ORDER BY ts DESC")
    .map(({ id }) => String(id));
  await world.archiveAll();
  const until = Date.parse('2026-01-10T03:00:00Z') * 1000 - 1;
  assert.deepEqual(
    await found(world, { tables: ['calls'], order: 'newest', until: asInstant(until) }),
    newest,
  );
  assert.deepEqual(
    await found(world, { tables: ['calls'], order: 'newest', until: asInstant(until), limit: 7 }),
    newest.slice(0, 7),
  );
});
