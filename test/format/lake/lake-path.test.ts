import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lakeDayPath, lakeMonthPath, parseLakePath } from '../../../src/format/lake/lake-path.ts';

test('the file of a segment is named by its table, its day and its part', () => {
  assert.equal(
    lakeDayPath('2026-01-16/tool_uses.jsonl.gz'),
    'lake/_table=tool_uses/_day=2026-01-16/tool_uses.parquet',
  );
  assert.equal(
    lakeDayPath('2026-01-16/a%20b.12.jsonl'),
    'lake/_table=a%20b/_day=2026-01-16/a%20b.12.parquet',
  );
  assert.throws(() => lakeDayPath('2026-01-16/tool_uses.csv'));
});

test('the file of a month is named by what is in it', () => {
  assert.equal(
    lakeMonthPath('2026-01-16/t.2.jsonl.gz', 'ab'.repeat(32)),
    'lake/_table=t/_month=2026-01/t.abababababababab.parquet',
  );
});

test('a path of the lake tells its table and its period, and no other path does', () => {
  assert.deepEqual(parseLakePath('lake/_table=a%20b/_day=2026-01-16/a%20b.parquet'), {
    ...{ encodedTable: 'a%20b', period: '2026-01-16' },
  });
  assert.equal(parseLakePath('lake/_table=t/_month=2026-01/t.0123.parquet')?.period, '2026-01');
  for (const path of [
    'lake/_table=t/_day=2026-01/t.parquet',
    'lake/_table=t/_day=2026-02-30/t.parquet',
    'lake/_table=t/_month=2026-01-16/t.parquet',
    'lake/_table=t/_day=2026-01-16/t.csv',
    'lake/_table=t/_day=2026-01-16/a/t.parquet',
    'lake/README',
    'warm/2026-01-16/t.jsonl.gz',
  ])
    assert.equal(parseLakePath(path), null, path);
});
