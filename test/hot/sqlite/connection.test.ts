import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { openForReading, openForWriting } from '../../../src/hot/sqlite/connection/connection.ts';
import { isError } from '../hot-trial.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-connection-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function create(journal: string): string {
  const path = join(folder, `${journal} #?%.db`);
  using db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE t (a); INSERT INTO t VALUES (1)`);
  return path;
}

/** Names and bytes of everything in the folder. */
function state(): unknown {
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'hex')]);
}

for (const journal of ['wal', 'delete', 'truncate', 'persist']) {
  test(`reading leaves a ${journal} database and its folder as they were`, () => {
    const path = create(journal);
    const before = state();
    const { db } = openForReading(path);
    assert.equal(db.prepare('SELECT a FROM t').get()?.a, 1);
    db.exec('CREATE TEMP TABLE mine (a); INSERT INTO mine SELECT a FROM t');
    db.close();
    assert.deepEqual(state(), before);
  });

  test(`a reading connection can change nothing in a ${journal} database`, () => {
    const path = create(journal);
    const before = state();
    const { db } = openForReading(path);
    for (const sql of [
      ...[
        'INSERT INTO t VALUES (2)',
        'DELETE FROM t',
        'UPDATE t SET a = 2',
        'CREATE TABLE u (a)',
        'DROP TABLE t',
      ],
      ...[
        'CREATE INDEX i ON t (a)',
        'VACUUM',
        'REINDEX',
        'ANALYZE',
        "ATTACH 'x.db' AS x",
        'PRAGMA user_version = 3',
      ],
      ...[
        'PRAGMA journal_mode = memory',
        'ALTER TABLE t RENAME TO u',
        "VACUUM INTO 'x.db'",
        'BEGIN EXCLUSIVE; ROLLBACK',
      ],
    ]) {
      try {
        db.exec(sql);
      } catch {
        // Refused, as it should be. What counts is that nothing is changed.
      }
    }
    assert.throws(() => db.exec('DELETE FROM t'));
    db.close();
    assert.deepEqual(state(), before);
  });
}

test('a database that others have open in WAL mode is read with what they wrote, and left as it was', () => {
  const path = create('wal');
  using other = new DatabaseSync(path);
  other.exec('INSERT INTO t VALUES (2)');
  const before = readdirSync(folder);
  const bytes = readFileSync(`${path}-wal`, 'hex');
  const { db } = openForReading(path);
  assert.equal(db.prepare('SELECT count(*) AS n FROM t').get()?.n, 2);
  assert.throws(() => db.exec('DELETE FROM t'));
  db.close();
  assert.deepEqual(readdirSync(folder), before);
  assert.equal(readFileSync(`${path}-wal`, 'hex'), bytes);
});

test('a write that was cut short is undone before it is read', () => {
  const path = join(folder, 'crashed.db');
  {
    using db = new DatabaseSync(join(folder, 'source.db'));
    db.exec('PRAGMA cache_size = 1; CREATE TABLE t (a); INSERT INTO t VALUES (1); BEGIN');
    db.exec(
      "UPDATE t SET a = 2; INSERT INTO t SELECT randomblob(3000) FROM json_each('[1,2,3,4,5,6,7,8,9]')",
    );
    copyFileSync(join(folder, 'source.db-journal'), `${path}-journal`);
    copyFileSync(join(folder, 'source.db'), path);
  }
  const { db } = openForReading(path);
  assert.deepEqual(
    db
      .prepare('SELECT a FROM t')
      .all()
      .map(({ a }) => a),
    [1],
  );
  db.close();
});

test('what is no database is refused by its path, and nothing appears', () => {
  const missing = join(folder, 'missing.db');
  const text = join(folder, 'text.db');
  writeFileSync(text, 'not a database, but long enough to be taken for one '.repeat(50));
  mkdirSync(join(folder, 'folder.db'));
  const before = readdirSync(folder);
  for (const open of [openForReading, (path: string) => openForWriting(path, 0)]) {
    assert.throws(() => open(missing), isError('not_found'));
    assert.throws(() => open(join(folder, 'folder.db')), isError('not_found'));
    assert.throws(
      () => open(text),
      (error: { path?: string }) => isError('database')(error) && error.path === text,
    );
  }
  assert.deepEqual(readdirSync(folder), before);
});

test('the writing connection enforces no foreign keys and keeps the journal mode', () => {
  for (const journal of ['wal', 'delete']) {
    const { db } = openForWriting(create(journal), 0);
    assert.equal(db.prepare('PRAGMA foreign_keys').get()?.foreign_keys, 0);
    assert.equal(db.prepare('PRAGMA journal_mode').get()?.journal_mode, journal);
    db.close();
  }
});
