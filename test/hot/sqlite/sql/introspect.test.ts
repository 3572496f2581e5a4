import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { introspect, listTables } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { isError } from '../../hot-trial.ts';

function open(ddl: string): Connection {
  const db = new DatabaseSync(':memory:');
  db.exec(ddl);
  return { db, path: ':memory:', encoding: 'UTF-8' };
}

test('only tables that users made are listed', () => {
  const connection =
    open(`CREATE TABLE b (x INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE "A b" (x); CREATE VIEW v AS SELECT 1;
    CREATE VIRTUAL TABLE words USING fts5(x); CREATE TABLE _firn_receipts (x); CREATE TABLE sqliteX (x); CREATE TEMP TABLE mine (x); ANALYZE`);
  assert.deepEqual(listTables(connection), ['A b', 'b', 'sqliteX']);
  for (const name of ['v', 'words', 'words_data', '_firn_receipts', 'sqlite_sequence', 'mine', 'none']) {
    assert.equal(introspect(connection, name), null, name);
  }
});

test('a shape has the stored columns, the key in key order, and all that makes the table', () => {
  const connection =
    open(`CREATE TABLE "T ""1""" (a TEXT, "select" INTEGER NOT NULL, g AS (a || 'x'), h AS (1) STORED, "ünï'" , PRIMARY KEY ("select", a));
    CREATE TRIGGER tr AFTER DELETE ON "T ""1""" BEGIN SELECT 1; END;
    CREATE INDEX i2 ON "T ""1""" (a); CREATE UNIQUE INDEX i1 ON "T ""1""" ("ünï'") WHERE a > 'x'`);
  const { shape, access } = introspect(connection, 't "1"')!;
  assert.equal(shape.table, 'T "1"');
  assert.deepEqual(shape.columns, [
    { name: 'a', type: 'TEXT', key: 2 },
    { name: 'select', type: 'INTEGER', key: 1 },
    { name: "ünï'", type: '', key: 0 },
  ]);
  const generated = { key: 0, generated: true } as const;
  assert.deepEqual(shape.generated, [
    { name: 'g', type: '', ...generated },
    { name: 'h', type: '', ...generated },
  ]);
  assert.deepEqual(shape.primaryKey, ['select', 'a']);
  assert.deepEqual(
    shape.ddl.map((sql) => sql.split(' ').slice(0, 3).join(' ')),
    ['CREATE TABLE "T', 'CREATE UNIQUE INDEX', 'CREATE INDEX i2', 'CREATE TRIGGER tr'],
  );
  assert.equal(access.kind, 'rowid');
});

test('a rowid is found under the name that no column has', () => {
  const rowid = (columns: string) => {
    const { access } = introspect(open(`CREATE TABLE t (${columns})`), 't')!;
    return access.kind === 'rowid' ? access.rowid : access.kind;
  };
  assert.equal(rowid('a'), '"t".rowid');
  assert.equal(rowid('RowId, a'), '"t".oid');
  assert.equal(rowid('rowid, oid'), '"t"._rowid_');
  assert.throws(() => rowid('rowid, oid, _rowid_'), isError('refused'));
  assert.equal(introspect(open('CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID'), 't')!.access.kind, 'key');
});

test('a table whose columns have the names that lines use is refused', () => {
  for (const name of ['_archived_at', '_ARCHIVED_AT', '_rowid']) {
    assert.throws(() => introspect(open(`CREATE TABLE t (a, ${name})`), 't'), isError('refused'));
  }
});

test('textual columns are those in which SQLite keeps no numbers', () => {
  const connection = open(
    'CREATE TABLE t (a TEXT, b VARCHAR(3), c CLOB, d CHARINT, e, f BLOB, g DATETIME, h REAL, i "text int")',
  );
  assert.deepEqual([...introspect(connection, 't')!.textual], ['a', 'b', 'c']);
});
