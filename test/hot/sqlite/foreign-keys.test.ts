import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { HotCheckup } from '../../../src/hot/hot-checkup.ts';
import { openSqliteCheckup } from '../../../src/hot/sqlite/checkup/sqlite-checkup.ts';

async function checkupOf(t: TestContext, sql: string): Promise<HotCheckup> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-keys-'));
  const path = join(folder, 'a.db');
  using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec(sql);
  const checkup = await openSqliteCheckup(path);
  t.after(async () => {
    await checkup[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return checkup;
}

test('keys are those that are declared: compound, of the table itself, without named columns, and to a table that is not there', async (t) => {
  const checkup = await checkupOf(
    t,
    `CREATE TABLE Parent (a, b, PRIMARY KEY (b, a));
    CREATE TABLE child (x, y, up INTEGER PRIMARY KEY REFERENCES child(up), FOREIGN KEY (x, y) REFERENCES parent ON DELETE SET NULL);
    CREATE TABLE lost (id REFERENCES nowhere(id) ON DELETE CASCADE);`,
  );
  const keys = await checkup.foreignKeys();
  assert.deepEqual(
    keys.map((key) => [key.table, key.columns.join(), key.parent, key.parentColumns.join(), key.onDelete]),
    [
      ['child', 'x,y', 'Parent', 'b,a', 'SET NULL'],
      ['child', 'up', 'child', 'up', 'NO ACTION'],
      ['lost', 'id', 'nowhere', 'id', 'CASCADE'],
    ],
  );
  assert.deepEqual(
    keys.map(({ exists }) => exists),
    [true, true, false],
  );
});

test('rows that refer are counted, and those whose parent is not there, once each, with and without rowids', async (t) => {
  for (const without of ['', 'WITHOUT ROWID']) {
    const checkup = await checkupOf(
      t,
      `CREATE TABLE parent (a, b, PRIMARY KEY (a, b)); INSERT INTO parent VALUES (1, 1), (1, 2);
      CREATE TABLE child (id INTEGER PRIMARY KEY, x, y, FOREIGN KEY (x, y) REFERENCES parent) ${without};
      INSERT INTO child VALUES (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, NULL, 2), (5, 9, NULL), (6, 1, '1')`,
    );
    const [key] = await checkup.foreignKeys();
    const counted = { rows: 6, referring: 4, dangling: 2, isExact: true };
    assert.deepEqual(await checkup.countReferences(key!, 6), counted);
  }
});

test('of a large table no more rows are looked at than asked for, and the count says so', async (t) => {
  const checkup = await checkupOf(
    t,
    `CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (1);
    CREATE TABLE child (id INTEGER PRIMARY KEY, p REFERENCES parent);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
    INSERT INTO child SELECT i, iif(i = 1 OR i = 15000 OR i > 29998, 7, 1) FROM n`,
  );
  const [key] = await checkup.foreignKeys();
  const { rows, dangling, isExact } = await checkup.countReferences(key!, 10_000);
  assert.ok(rows >= 10_000 && rows < 15_000, String(rows));
  assert.deepEqual([dangling, isExact], [1, false]);
  const whole = { rows: 30_000, referring: 30_000, dangling: 4, isExact: true };
  assert.deepEqual(await checkup.countReferences(key!, 30_000), whole);
});
