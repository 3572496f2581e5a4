import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { namesIn } from '../../../src/lookup/places/archive-names.ts';
import type { Places } from '../../../src/lookup/places/places.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { FacetCounter } from '../../../src/lookup/search/facet-counter.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { type CountOptions, countRows, type RowCounts } from '../../../src/lookup/search/row-counts.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { BUCKET_WIDTHS, TimeBuckets, widthFor } from '../../../src/lookup/search/time-buckets.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant, endOfDay, formatInstant, startOfDay } from '../../../src/model/instant.ts';
import { setSizes, sizes } from '../../../src/model/sizes.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';

const LATER = Date.parse('2026-05-01T00:00:00Z');
const ALL = everything(['notes', 'pairs', 'bare']);

async function named(world: LookupWorld): Promise<Places> {
  return { ...(await world.places()), names: await namesIn(world.archive) };
}

/** The same from the rows themselves. */
async function byHand(places: Places, query: Query, options: CountOptions): Promise<object> {
  const buckets = new TimeBuckets(options.width!);
  using facets = new FacetCounter(options.facets, sqlite);
  let [total, untimed] = [0, 0];
  for await (const hit of search(places, query)) {
    total++;
    facets.add(rowOf(hit));
    if (hit.time === null) untimed++;
    else buckets.add(hit.time, hit.tier, 1);
  }
  return { total, untimed, buckets: buckets.all(), facets: facets.result() };
}

async function agrees(places: Places, query: Query, options: CountOptions): Promise<RowCounts> {
  const counts = await countRows(places, query, options);
  const { total, untimed, buckets, facets } = counts;
  assert.deepEqual({ total, untimed, buckets, facets }, await byHand(places, query, options));
  assert.deepEqual(counts.report.problems, []);
  return counts;
}

test('counts are those of a search, in every width, whatever is asked and wherever rows are', async () => {
  await using world = new LookupWorld();
  const queries: Query[] = [
    ALL,
    { ...ALL, tiers: new Set(['warm', 'cold']) },
    { ...ALL, where: [parseCondition('id>5')] },
    { ...ALL, text: 'a' },
    { ...ALL, since: asInstant(startOfDay('2026-01-11') + 1), until: endOfDay('2026-01-13') },
  ];
  for (const move of [null, () => world.archiveAll(), () => world.consolidate(LATER)]) {
    await move?.();
    for (const query of queries)
      for (const width of BUCKET_WIDTHS) await agrees(await named(world), query, { width, facets: [] });
    await agrees(await named(world), ALL, { width: 'day', facets: ['id'] });
  }
});

test('without conditions whole days are counted from the ledger, and no file is read', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const archived = { ...ALL, tiers: new Set(['warm'] as const) };
  const counts = await agrees(await named(world), archived, { width: 'day', facets: [] });
  assert.ok(counts.whole.segments > 0 && counts.whole.segments === counts.report.segments.total);
  assert.equal(counts.report.bytes.read, 0);
  const filtered = { ...archived, where: [parseCondition('id!=1')] };
  const read = await agrees(await named(world), filtered, { width: 'day', facets: [] });
  assert.equal(read.whole.segments, 0);
  assert.ok(read.report.blocks.read > 0);
});

test('rows of a segment that is half drained are counted once', async () => {
  await using world = new LookupWorld();
  const all = (await countRows(await named(world), ALL, { width: 'day', facets: [] })).total;
  let asked = 0;
  await world.archiveAll({ stop: () => (++asked > 1 ? 'enough' : null) });
  const places = await named(world);
  const unfinished = await places.hot!.reader.ledger.receipts({ state: ['sealing', 'draining'] });
  assert.ok(unfinished.length > 0, 'the run was to stop within a drain');
  for (const width of BUCKET_WIDTHS) {
    const { total } = await agrees(await named(world), ALL, { width, facets: [] });
    assert.equal(total, all);
  }
});

test('a missing file is a problem, although the ledger knows how many rows it has', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const [receipt] = await (await world.places()).hot!.reader.ledger.receipts();
  rmSync(join(world.archives, 'warm', receipt!.segment));
  const before = await countRows(await named(world), ALL, { width: 'day', facets: [] });
  assert.deepEqual(
    before.report.problems.map(({ segment, rows }) => [segment, rows]),
    [[receipt!.segment, receipt!.rows]],
  );
});

test('a facet lists the most frequent values exactly, also beyond what is kept in memory', () => {
  const before = { ...sizes };
  for (const facetValues of [2, 1000]) {
    setSizes({ facetValues });
    using counter = new FacetCounter(['Tool'], sqlite);
    for (let n = 0; n < 300; n++) counter.add({ tool: `t${n % 30}`, other: n });
    for (let n = 0; n < 20; n++) counter.add({ tool: 't7\0' });
    counter.add({ tool: null });
    counter.add({ other: 1n });
    counter.add({ tool: '' });
    counter.add({ tool: 'x'.repeat(1001) });
    const [facet] = counter.result();
    assert.deepEqual(facet?.values[0], { value: 't7\0', rows: 20 });
    assert.deepEqual(facet?.values[1], { value: 't0', rows: 10 });
    assert.deepEqual([facet?.values.length, facet?.distinct], [20, 33]);
    assert.equal(facet?.others, 324 - 20 - 19 * 10);
  }
  setSizes(before);
});

test('the width fits the range, and buckets end where the next ones begin', () => {
  const width = (from: string, until: string) => widthFor(startOfDay(from), endOfDay(until));
  assert.equal(width('2026-03-01', '2026-03-02'), 'hour');
  assert.equal(width('2026-03-01', '2026-06-01'), 'day');
  assert.equal(width('2024-03-01', '2026-06-01'), 'week');
  assert.equal(width('2016-03-01', '2026-06-01'), 'month');
  const buckets = new TimeBuckets('month');
  buckets.add(startOfDay('2026-02-14'), 'hot', 2);
  buckets.add(startOfDay('1969-12-31'), 'cold', 1);
  assert.deepEqual(
    buckets.all().map(({ from, until }) => [formatInstant(from), formatInstant(until)]),
    [
      ['1969-12-01T00:00:00Z', '1969-12-31T23:59:59.999999Z'],
      ['2026-02-01T00:00:00Z', '2026-02-28T23:59:59.999999Z'],
    ],
  );
});
