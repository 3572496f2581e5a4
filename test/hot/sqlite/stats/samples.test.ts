import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { readSqliteSamples } from '../../../../src/hot/sqlite/stats/samples.ts';
import { volatileFolder } from '../../../support/faults/recorded-run.ts';

/** A database with a table of so many rows, numbered from 1. */
function databaseOf(t: TestContext, ddl: string, rows: number): string {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.db');
  using db = new DatabaseSync(path);
  db.exec(
    `${ddl}; WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${rows})
    INSERT INTO notes (id, n) SELECT i, i FROM c`,
  );
  return path;
}

function sampled(path: string, rows: number): number[] {
  return readSqliteSamples(path, 'notes', rows).get('n')!.map(Number);
}

test('the oldest and the newest rows are sampled, each once, and some between them', (t) => {
  const path = databaseOf(t, 'CREATE TABLE notes (id INTEGER PRIMARY KEY, n INTEGER)', 1000);
  const found = sampled(path, 30);
  assert.deepEqual(found.slice(0, 10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.deepEqual(found.slice(-10), [991, 992, 993, 994, 995, 996, 997, 998, 999, 1000]);
  const between = found.slice(10, -10);
  assert.ok(
    between.length >= 8 && between.some((n) => n < 400) && between.some((n) => n > 600),
    `${between}`,
  );
  assert.deepEqual(
    found,
    [...new Set(found)].sort((a, b) => a - b),
  );
});

test('without a rowid they are the first and the last by key', (t) => {
  const path = databaseOf(t, 'CREATE TABLE notes (id INTEGER PRIMARY KEY, n INTEGER) WITHOUT ROWID', 1000);
  assert.deepEqual(sampled(path, 6), [1, 2, 3, 998, 999, 1000]);
});

test('of a table with few rows all are sampled, and of one that is not there none', (t) => {
  const path = databaseOf(t, 'CREATE TABLE notes (id INTEGER PRIMARY KEY, n INTEGER)', 7);
  assert.deepEqual(sampled(path, 30), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(sampled(path, 9), [1, 2, 3, 4, 5, 6, 7]);
  assert.equal(readSqliteSamples(path, 'other', 9).size, 0);
});
