import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pruneBlocks } from '../../../src/format/match/candidate-blocks.ts';
import type { RowFilter } from '../../../src/format/match/row-filter.ts';
import type { SegmentReader } from '../../../src/format/segment/segment-reader.ts';
import { emptyReport } from '../../../src/lookup/places/search-report.ts';
import { ArchivedRows } from '../../../src/lookup/read/archived-rows.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { sqlite } from '../../../src/model/database/dialect.ts';
import { parseCondition } from '../../../src/model/filter.ts';
import { asInstant } from '../../../src/model/instant.ts';

const REF = { table: 'Notes', tier: 'warm', minTime: 100, maxTime: 200, bytes: 7 } as never;

function pruned(change: Partial<Query>): string | null {
  const report = emptyReport();
  const gathered = { hidden: null, erasures: [], foretold: null };
  const rows = new ArchivedRows(
    { dialect: sqlite } as never,
    { ...everything(['notes']), ...change },
    gathered,
    report,
    'crc',
  );
  const wanted = rows.wants(REF);
  const reasons = Object.entries(report.segments.pruned).filter(([, count]) => count > 0);
  assert.equal(wanted, reasons.length === 0);
  return reasons[0]?.[0] ?? null;
}

/** Three blocks, and which of them may hold a key, by column and value; `null` is a damaged filter. */
function readerOf(
  may: Readonly<Record<string, readonly boolean[] | null>>,
  asked: string[] = [],
): SegmentReader {
  const blocks = [0, 10, 20].map((minTime) => ({ minTime, maxTime: minTime + 9 }));
  return {
    footer: { blocks, lookupKeys: ['id', 'Run'] },
    mayContain: async (column: string, value: string) => {
      asked.push(`${column}=${value}`);
      const answer = may[`${column}=${value}`];
      if (answer === null) throw new Error('the filter is damaged');
      return answer ?? null;
    },
  } as never;
}

const ALL: RowFilter = { where: [], text: null, since: null, until: null, among: null };
const never = (error: unknown): void => assert.fail(String(error));

test('a segment is passed over for its table, its tier or its time, and for its bounds it is not', () => {
  assert.equal(pruned({}), null);
  assert.equal(pruned({ tables: ['other'] }), 'table');
  assert.equal(pruned({ tables: ['other', 'NOTES'] }), null);
  assert.equal(pruned({ tiers: new Set(['hot', 'cold']) }), 'tier');
  assert.equal(pruned({ since: asInstant(200) }), null);
  assert.equal(pruned({ since: asInstant(201) }), 'time');
  assert.equal(pruned({ until: asInstant(100) }), null);
  assert.equal(pruned({ until: asInstant(99) }), 'time');
});

test('a block is passed over for its time, or where any filter lacks the key', async () => {
  const filter = { ...ALL, until: asInstant(19) };
  assert.deepEqual(await pruneBlocks(readerOf({}), filter, never), [null, null, 'time']);
  const reader = readerOf({ 'id=a': [true, true, true], 'Run=b': [false, true, true] });
  const where = ['id=a', 'Run=b'].map(parseCondition);
  assert.deepEqual(await pruneBlocks(reader, { ...filter, where }, never), ['key', null, 'time']);
});

test('a damaged filter is told, and spares no reading; the others do', async () => {
  const reader = readerOf({ 'id=a': null, 'Run=b': [false, true, true] });
  const where = ['id=a', 'Run=b'].map(parseCondition);
  const told: unknown[] = [];
  assert.deepEqual(await pruneBlocks(reader, { ...ALL, where }, (error) => told.push(error)), [
    'key',
    null,
    null,
  ]);
  assert.equal(told.length, 1);
});

test('filters are asked for equalities and lists of lookup keys alone', async () => {
  const asked: string[] = [];
  const where = ['id=a', 'RUN=b', 'other=c', 'id~d', 'id!=e', 'id>f'].map(parseCondition);
  await pruneBlocks(readerOf({}, asked), { ...ALL, where }, never);
  assert.deepEqual(asked, ['id=a', 'Run=b']);
  const among = { column: 'run', values: new Set(['x', 'y']) };
  const reader = readerOf({ 'Run=x': [false, false, true], 'Run=y': [false, true, false] });
  assert.deepEqual(await pruneBlocks(reader, { ...ALL, among }, never), ['key', null, null]);
  for (const column of ['other', '_rowid'])
    await pruneBlocks(readerOf({}, asked), { ...ALL, among: { ...among, column } }, never);
  assert.equal(asked.length, 2);
});

test('a report begins with nothing', () => {
  const reasons = { table: 0, tier: 0, time: 0, column: 0, key: 0, limit: 0 };
  assert.deepEqual(emptyReport(), {
    segments: { total: 0, pruned: reasons, read: 0 },
    blocks: { total: 0, pruned: reasons, read: 0 },
    lake: { files: 0, segments: 0 },
    bytes: { total: 0, read: 0, inflated: 0 },
    rows: { hot: 0, warm: 0, cold: 0, superseded: 0 },
    ...{ problems: [], unread: [], notes: [] },
  });
  assert.notEqual(emptyReport().segments.pruned, emptyReport().blocks.pruned);
});
