import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyReport } from '../../src/lookup/places/search-report.ts';
import { keyProbes, pruneBlocks, pruneSegment } from '../../src/lookup/read/prune.ts';
import { everything, type Query } from '../../src/lookup/read/query.ts';
import { parseCondition } from '../../src/model/filter.ts';

const REF = { table: 'Notes', tier: 'warm', minTime: 100, maxTime: 200 } as never;

function pruned(change: Partial<Query>): string | null {
  return pruneSegment({ ...everything(['notes']), ...change }, REF);
}

test('a segment is passed over for its table, its tier or its time, and for its bounds it is not', () => {
  assert.equal(pruned({}), null);
  assert.equal(pruned({ tables: ['other'] }), 'table');
  assert.equal(pruned({ tables: ['other', 'NOTES'] }), null);
  assert.equal(pruned({ tiers: new Set(['hot', 'cold']) }), 'tier');
  assert.equal(pruned({ since: 200 }), null);
  assert.equal(pruned({ since: 201 }), 'time');
  assert.equal(pruned({ until: 100 }), null);
  assert.equal(pruned({ until: 99 }), 'time');
});

test('a block is passed over for its time, or where any filter lacks the key', () => {
  const block = (minTime: number) => ({ minTime, maxTime: minTime + 9 }) as never;
  const blocks = [block(0), block(10), block(20)];
  const query = { ...everything([]), until: 19 };
  assert.deepEqual(pruneBlocks(query, { blocks }, []), [null, null, 'time']);
  const answers = [
    [true, true, true],
    [false, true, true],
  ];
  assert.deepEqual(pruneBlocks(query, { blocks }, answers), ['key', null, 'time']);
});

test('filters are asked for equalities and lists of lookup keys alone', () => {
  const footer = { lookupKeys: ['id', 'Run'] };
  const where = ['id=a', 'RUN=b', 'other=c', 'id~d', 'id!=e', 'id>f'].map(parseCondition);
  assert.deepEqual(
    keyProbes({ where, among: null }, footer).map(({ column, values }) => [
      column,
      values.includes(column === 'id' ? 'a' : 'b'),
    ]),
    [
      ['id', true],
      ['Run', true],
    ],
  );
  const among = { column: 'run', values: new Set(['x', 'y']) };
  assert.deepEqual(keyProbes({ where: [], among }, footer), [{ column: 'Run', values: ['x', 'y'] }]);
  assert.deepEqual(keyProbes({ where: [], among: { ...among, column: 'other' } }, footer), []);
  assert.deepEqual(keyProbes({ where: [], among: { ...among, column: '_rowid' } }, footer), []);
});

test('a report begins with nothing', () => {
  const reasons = { table: 0, tier: 0, time: 0, column: 0, key: 0, limit: 0 };
  assert.deepEqual(emptyReport(), {
    segments: { total: 0, pruned: reasons, read: 0 },
    blocks: { total: 0, pruned: reasons, read: 0 },
    bytes: { total: 0, read: 0, inflated: 0 },
    rows: { hot: 0, warm: 0, cold: 0, superseded: 0 },
    ...{ problems: [], unread: [], notes: [] },
  });
  assert.notEqual(emptyReport().segments.pruned, emptyReport().blocks.pruned);
});
