import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteReader } from '../../../../src/hot/sqlite/open-sqlite.ts';

test('rows are looked for in the table as it is now, however often it was asked for before', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-presence-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'a.db');
  using db = new DatabaseSync(path);
  db.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO notes VALUES (1, 'a')");
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('notes'))!;
  const lines = ['{"id":1}\n', '{"id":2}\n'].map((line) => Buffer.from(line));
  assert.deepEqual(await reader.present(shape, lines), [0]);
  db.exec("INSERT INTO notes VALUES (2, 'b')");
  assert.deepEqual(await reader.present(shape, lines), [0, 1]);
  db.exec('ALTER TABLE notes ADD COLUMN more TEXT');
  await assert.rejects(reader.present(shape, lines), /the columns of the table changed/);
  db.exec('DROP TABLE notes');
  await assert.rejects(reader.present(shape, lines), /the table does not exist any more/);
  db.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)');
  assert.deepEqual(await reader.present(shape, lines), []);
});
