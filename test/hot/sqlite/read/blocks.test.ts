import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { decodeLine, InvalidText, splitLines } from '../../../../src/format/line/line.ts';
import type { RowBlock } from '../../../../src/hot/hot-store.ts';
import { openSqliteReader } from '../../../../src/hot/sqlite/open-sqlite.ts';
import { rowidsIn } from '../../../../src/hot/sqlite/read/rowid-list.ts';
import { isError, ruleOf } from '../../hot-trial.ts';

const AT = '2026-02-10T12:00:00.000Z';
let folder: string;
let path: string;
let db: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-blocks-'));
  path = join(folder, 'a.db');
  db = new DatabaseSync(path);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

async function read(blockBytes: number, day = '2026-01-20'): Promise<RowBlock[]> {
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  const rule = ruleOf();
  await reader.survey(shape, { ...rule, policy: { ...rule.policy, openWhile: null } });
  const blocks: RowBlock[] = [];
  for await (const block of reader.blocks(
    shape,
    { ...rule, policy: { ...rule.policy, openWhile: null } },
    day,
    AT,
    blockBytes,
  )) {
    blocks.push(block);
  }
  return blocks;
}

test('many rows come in key order, in blocks of about the size asked for', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, pad TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO t SELECT (i * 7919) % 20011, '2026-01-20T00:00:00Z', substr(hex(zeroblob(200)), 1, i % 300) FROM n`);
  const blocks = await read(64 << 10);
  const ids = blocks.flatMap(({ lines }) => splitLines(lines).map((line) => decodeLine(line).id as bigint));
  assert.equal(ids.length, 20000);
  assert.ok(ids.every((id, at) => at === 0 || id > ids[at - 1]!));
  assert.deepEqual(
    blocks.flatMap(({ locators }) => [...rowidsIn(locators)!]),
    ids,
  );
  const sizes = blocks.slice(1, -1).map(({ lines }) => lines.length / (64 << 10));
  assert.ok(Math.min(...sizes) > 0.5 && Math.max(...sizes) < 2, String(sizes));
});

test('rows of many megabytes among small ones are read without taking them all at once', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, pad);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO t SELECT i, '2026-01-20T00:00:00Z', CASE WHEN i % 300 = 7 THEN zeroblob(6000000) ELSE 'small' END FROM n`);
  const blocks = await read(1 << 20);
  assert.equal(
    blocks.reduce((sum, { rows }) => sum + rows, 0),
    3000,
  );
  assert.ok(Math.max(...blocks.map(({ lines }) => lines.length)) < 32 << 20);
});

test('text that is no UTF-8 is kept, in the block and the rows around it too', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, a TEXT);
    INSERT INTO t VALUES (1, '2026-01-20', 'fine'), (2, '2026-01-20', CAST(x'61ff62' AS TEXT)), (3, '2026-01-20', 'ä')`);
  const [block] = await read(1 << 20);
  const values = splitLines(block!.lines).map((line) => decodeLine(line).a);
  assert.equal(values[0], 'fine');
  assert.deepEqual([...(values[1] as InvalidText).bytes], [0x61, 0xff, 0x62]);
  assert.equal(values[2], 'ä');
});

test('a lone surrogate in a UTF-16 database is kept', async () => {
  db.exec(`PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, a TEXT);
    INSERT INTO t VALUES (1, '2026-01-20', CAST(x'00d8' AS TEXT)), (2, '2026-01-20', char(65533))`);
  const [block] = await read(1 << 20);
  const values = splitLines(block!.lines).map((line) => decodeLine(line).a);
  assert.ok(values[0] instanceof InvalidText);
  assert.equal(values[1], '\ufffd');
});

test('days before 1970, and far away, have their rows', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT);
    INSERT INTO t VALUES (1, '1969-12-31T23:59:59.999999Z'), (2, '1970-01-01T00:00:01Z'), (3, '0001-01-02T00:00:00.5Z')`);
  for (const day of ['1969-12-31', '1970-01-01', '0001-01-02']) {
    const [block] = await read(1 << 20, day);
    assert.equal(block!.rows, 1, day);
    assert.ok(block!.minTime <= block!.maxTime);
  }
});

test('rows at both ends of what a rowid can be are read', async () => {
  db.exec(
    `CREATE TABLE t (ts TEXT); INSERT INTO t (rowid, ts) VALUES (-9223372036854775808, '2026-01-20'), (9223372036854775807, '2026-01-20')`,
  );
  const [block] = await read(1 << 20);
  assert.deepEqual([...rowidsIn(block!.locators)!], [-(2n ** 63n), 2n ** 63n - 1n]);
});

test('columns may have the names that others use', async () => {
  const names = [
    '_firn_line',
    'rowid',
    'key',
    'value',
    'day',
    'text',
    'rows',
    'least',
    'order',
    'oid',
    ':first',
    '?',
    '"',
  ];
  const columns = names.map((name) => `"${name.replaceAll('"', '""')}"`);
  db.exec(
    `CREATE TABLE t (ts TEXT, ${columns}); INSERT INTO t VALUES ('2026-01-20', ${names.map((_, at) => at)})`,
  );
  const [block] = await read(1 << 20);
  const row = decodeLine(block!.lines);
  names.forEach((name, at) => {
    assert.equal(row[name], BigInt(at), name);
  });
});

test('a table that was not surveyed has no blocks', async () => {
  db.exec('CREATE TABLE t (ts TEXT)');
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  await assert.rejects(
    reader.blocks(shape, ruleOf(), '2026-01-20', AT, 1)[Symbol.asyncIterator]().next(),
    isError('refused'),
  );
});

test('a table whose columns changed since it was looked at is refused', async () => {
  db.exec("CREATE TABLE t (ts TEXT, state TEXT); INSERT INTO t VALUES ('2026-01-20', 'done')");
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  await reader.survey(shape, ruleOf());
  db.exec('ALTER TABLE t ADD COLUMN more');
  await assert.rejects(
    reader.blocks(shape, ruleOf(), '2026-01-20', AT, 1)[Symbol.asyncIterator]().next(),
    isError('refused'),
  );
  await assert.rejects(reader.survey(shape, ruleOf()), isError('refused'));
});
