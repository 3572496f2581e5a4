import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openForReading } from '../../../../src/hot/sqlite/connection/connection.ts';
import { introspect } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { createBoundKeys, sameKey } from '../../../../src/hot/sqlite/survey/bound-keys.ts';
import { keySql } from '../../../../src/hot/sqlite/survey/due-keys.ts';

test('remembered keys are searched by the key of their table, whatever its type, and never scanned', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-keys-'));
  try {
    const path = join(folder, 'a.db');
    const types = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'NUMERIC', 'DECIMAL(10,5)', 'VARCHAR(9)', 'BIGINT', ''];
    using db = new DatabaseSync(path);
    for (const [at, type] of types.entries())
      db.exec(`CREATE TABLE t${at} (k ${type}, n, PRIMARY KEY (k)) WITHOUT ROWID`);
    db.exec('CREATE TABLE plain (id TEXT PRIMARY KEY)');
    const connection = openForReading(path);
    for (const [serial, name] of [...types.map((_, at) => `t${at}`), 'plain'].entries()) {
      const table = introspect(connection, name)!;
      const keys = createBoundKeys(connection, table, serial, null, false);
      const same = sameKey(
        keys.columns.map((column) => `_firn_of.${column}`),
        keySql(table),
      );
      const plan = connection.db
        .prepare(
          `EXPLAIN QUERY PLAN SELECT 1 FROM ${table.from} CROSS JOIN ${keys.name} AS _firn_of ON ${same}`,
        )
        .all() as { detail: string }[];
      assert.match(plan[1]!.detail, /^SEARCH _firn_of/, `${name} ${types[serial] ?? ''}`);
      assert.doesNotMatch(plan[1]!.detail, /AUTOMATIC/);
    }
    connection.db.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
