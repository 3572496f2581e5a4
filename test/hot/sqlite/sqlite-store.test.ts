import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { splitLines } from '../../../src/format/line/line.ts';
import type { DrainUnit, DueRule } from '../../../src/hot/hot-store.ts';
import { cutLocators } from '../../../src/hot/locators.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { receiptOf } from '../../support/archives/receipts.ts';
import { isError, ruleOf } from '../hot-trial.ts';

const AT = '2026-02-10T12:00:00.000Z';
const SEGMENT = '2026-01-20/t.jsonl.gz';
const RULE: DueRule = { ...ruleOf(), policy: { ...ruleOf().policy, openWhile: null } };
let folder: string;
let path: string;
let db: DatabaseSync;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-store-'));
  path = join(folder, 'a.db');
  db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  db.exec('PRAGMA journal_mode = wal; PRAGMA synchronous = OFF');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

/** Copies 2026-01-20 into units of `size` rows, with a receipt. */
async function seal(size: number): Promise<{ units: DrainUnit[]; lines: Uint8Array[] }> {
  await using reader = await openSqliteReader(path);
  const shape = (await reader.shape('t'))!;
  await reader.survey(shape, RULE);
  const units: DrainUnit[] = [];
  const lines: Uint8Array[] = [];
  for await (const block of reader.blocks(shape, RULE, '2026-01-20', AT, 64 << 10)) {
    const own = splitLines(block.lines);
    for (let at = 0; at < own.length; at += size) {
      const some = own.slice(at, at + size);
      const digest = hash('sha256', Buffer.concat(some), 'buffer');
      const locators = cutLocators(block.locators, at, some.length);
      units.push({ first: lines.length, rows: some.length, digest, locators });
      lines.push(...some);
    }
  }
  await using store = await openSqliteStore(path);
  await store.ledger.insert([receiptOf(SEGMENT, { state: 'sealing', position: 0, deleted: 0 })]);
  return { units, lines };
}

test('units whose rowids have gaps are deleted, and nothing beside them', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
    INSERT INTO t SELECT i, CASE WHEN i % 7 = 3 OR i BETWEEN 2000 AND 2500 THEN '2026-02-09' ELSE '2026-01-20' END FROM n`);
  const hot = db
    .prepare("SELECT group_concat(id) AS ids FROM (SELECT id FROM t WHERE ts > '2026-02' ORDER BY id)")
    .get()?.ids;
  const { units, lines } = await seal(90);
  await using store = await openSqliteStore(path);
  const shape = (await store.shape('t'))!;
  for (let at = 0; at < units.length; at += 7) {
    const some = units.slice(at, at + 7);
    assert.equal((await store.drain(shape, SEGMENT, AT, some)).handled, some.length);
  }
  assert.equal(
    db.prepare('SELECT group_concat(id) AS ids FROM (SELECT id FROM t ORDER BY id)').get()?.ids,
    hot,
  );
  assert.equal((await store.ledger.receipt(SEGMENT))!.deleted, lines.length);
});

test('a full-text index stays in step', async () => {
  db.exec(`CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT, words TEXT);
    CREATE VIRTUAL TABLE f USING fts5 (words, content = 't');
    CREATE TRIGGER f_in AFTER INSERT ON t BEGIN INSERT INTO f (rowid, words) VALUES (new.rowid, new.words); END;
    CREATE TRIGGER f_out AFTER DELETE ON t BEGIN INSERT INTO f (f, rowid, words) VALUES ('delete', old.rowid, old.words); END;
    INSERT INTO t VALUES ('a', '2026-01-20', 'old snow'), ('b', '2026-02-09', 'new snow')`);
  const { units } = await seal(100);
  await using store = await openSqliteStore(path);
  assert.equal((await store.drain((await store.shape('t'))!, SEGMENT, AT, units)).deleted, 1);
  assert.equal(db.prepare("SELECT count(*) AS n FROM f WHERE f MATCH 'snow'").get()?.n, 1);
  db.exec("INSERT INTO f (f) VALUES ('integrity-check')");
});

test('values that JSON cannot say are compared and deleted like any other', async () => {
  db.exec(`CREATE TABLE t (id PRIMARY KEY, ts TEXT, v);
    INSERT INTO t VALUES (x'00', '2026-01-20', 9e999), (CAST(x'ff' AS TEXT), '2026-01-20', x'4c'), (1.5, '2026-01-20', 'a' || char(0)),
      (9007199254740993, '2026-01-20', -0.0), ('x', '2026-01-20', CAST(x'c080' AS TEXT)), (NULL, '2026-01-20', 0.1 + 0.2)`);
  for (const drainBy of ['units', 'lines'] as const) {
    db.exec('CREATE TABLE copy AS SELECT * FROM t');
    const { units, lines } = await seal(2);
    await using store = await openSqliteStore(path);
    const shape = (await store.shape('t'))!;
    const result =
      drainBy === 'units'
        ? await store.drain(shape, SEGMENT, AT, units)
        : await store.drainLines(shape, SEGMENT, AT, 0, lines);
    assert.equal(result.deleted, 6, drainBy);
    db.exec('INSERT INTO t SELECT * FROM copy; DROP TABLE copy; DELETE FROM _firn_receipts');
  }
});

test('a key without rowid may be any value', async () => {
  db.exec(`CREATE TABLE t (ts TEXT, a, b TEXT COLLATE NOCASE, PRIMARY KEY (a, b)) WITHOUT ROWID;
    INSERT INTO t VALUES ('2026-01-20', x'00', 'B'), ('2026-01-20', CAST(x'ff' AS TEXT), 'b'), ('2026-01-20', 1.0, 'c'), ('2026-01-20', 9007199254740993, '')`);
  const { lines } = await seal(100);
  await using store = await openSqliteStore(path);
  assert.equal((await store.drainLines((await store.shape('t'))!, SEGMENT, AT, 0, lines)).deleted, 4);
});

test('rows that took over the rowids of others are not touched', async () => {
  db.exec(
    "CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT); INSERT INTO t VALUES ('a', '2026-01-20'), ('b', '2026-01-20')",
  );
  const { units, lines } = await seal(100);
  db.exec(
    "UPDATE t SET rowid = 9 WHERE id = 'a'; UPDATE t SET rowid = 1 WHERE id = 'b'; INSERT INTO t (rowid, id, ts) VALUES (2, 'c', '2026-01-20')",
  );
  await using store = await openSqliteStore(path);
  const shape = (await store.shape('t'))!;
  assert.equal((await store.drain(shape, SEGMENT, AT, units)).handled, 0);
  assert.equal((await store.drainLines(shape, SEGMENT, AT, 0, lines)).deleted, 2);
  assert.deepEqual({ ...db.prepare('SELECT id FROM t').get() }, { id: 'c' });
});

test('a row that changes between the comparison and the lock stays', async () => {
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, text);
    INSERT INTO t VALUES (1, '2026-01-20', 'a'), (2, '2026-01-20', 'b'), (3, '2026-01-20', 'c')`);
  const { units } = await seal(1);
  await using store = await openSqliteStore(path);
  const shape = (await store.shape('t'))!;
  const [first, second, third] = units as [DrainUnit, DrainUnit, DrainUnit];
  let looks = 0;
  const changing = {
    ...second,
    // Asked for when the row has been read.
    get digest() {
      if (looks++ === 0) db.exec("UPDATE t SET text = 'newer' WHERE id = 2");
      return second.digest;
    },
  };
  const { handled, deleted } = await store.drain(shape, SEGMENT, AT, [first, changing, third]);
  assert.deepEqual([looks, handled, deleted], [2, 1, 1]);
  assert.deepEqual(
    db
      .prepare('SELECT id, text FROM t')
      .all()
      .map((row) => ({ ...row })),
    [
      { id: 2, text: 'newer' },
      { id: 3, text: 'c' },
    ],
  );
});

test('a row that changes after it was compared a second time is found under the lock, and stays', async () => {
  db.exec(`CREATE TABLE other (x); CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, text);
    INSERT INTO t VALUES (1, '2026-01-20', 'a'), (2, '2026-01-20', 'b'), (3, '2026-01-20', 'c')`);
  const { units } = await seal(1);
  await using store = await openSqliteStore(path);
  const shape = (await store.shape('t'))!;
  const [first, second, third] = units as [DrainUnit, DrainUnit, DrainUnit];
  // The first commit changes nothing that is compared; the second comes when the row has been read again.
  const commits = ['INSERT INTO other VALUES (1)', "UPDATE t SET text = 'newer' WHERE id = 2"];
  let looks = 0;
  const changing = {
    ...second,
    get digest() {
      const commit = commits[looks++];
      if (commit !== undefined) db.exec(commit);
      return second.digest;
    },
  };
  const { handled, deleted } = await store.drain(shape, SEGMENT, AT, [first, changing, third]);
  assert.deepEqual([looks, handled, deleted], [3, 1, 1]);
  assert.equal(db.prepare('SELECT text FROM t WHERE id = 2').get()?.text, 'newer');
});

test('a line of a table whose key was another is refused', async () => {
  db.exec("CREATE TABLE t (id TEXT PRIMARY KEY, ts TEXT); INSERT INTO t VALUES ('a', '2026-01-20')");
  const { lines } = await seal(100);
  db.exec(
    "DROP TABLE t; CREATE TABLE t (uid TEXT PRIMARY KEY, ts TEXT); INSERT INTO t VALUES ('a', '2026-01-20')",
  );
  await using store = await openSqliteStore(path);
  await assert.rejects(
    store.drainLines((await store.shape('t'))!, SEGMENT, AT, 0, lines),
    isError('refused'),
  );
});

test('the write-ahead log stays small while much is deleted beside a writer and a reader', async () => {
  // Keys in random order: each deleted row changes a page of its own in the index.
  db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, pad);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO t SELECT i, '2026-01-20', randomblob(400) FROM n; CREATE INDEX p ON t (pad); CREATE TABLE host (n);
    PRAGMA wal_checkpoint(TRUNCATE)`);
  const { units } = await seal(100);
  await using store = await openSqliteStore(path);
  const shape = (await store.shape('t'))!;
  await using reader = await openSqliteReader(path);
  let largest = 0;
  for (let at = 0; at < units.length; at += 4) {
    await store.drain(shape, SEGMENT, AT, units.slice(at, at + 4));
    db.exec('INSERT INTO host VALUES (1)');
    assert.ok(await store.othersWrote());
    await store.checkpoint();
    await reader.ledger.receipts();
    largest = Math.max(largest, statSync(`${path}-wal`).size);
  }
  assert.ok(largest > 1 << 20 && largest < 48 << 20, `${largest} bytes`);
  assert.equal(db.prepare('SELECT count(*) AS n FROM t').get()?.n, 0);
});

test('a ledger of a newer Firn is left alone', async () => {
  {
    await using store = await openSqliteStore(path);
    await store.ledger.identify('me');
  }
  db.exec("UPDATE _firn_meta SET value = '99' WHERE key = 'version'");
  await using store = await openSqliteStore(path);
  await assert.rejects(store.ledger.receipts(), isError('refused'));
  await assert.rejects(store.ledger.insert([]), isError('refused'));
});
