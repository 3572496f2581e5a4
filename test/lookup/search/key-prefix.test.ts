import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { keysBeginning } from '../../../src/lookup/search/key-prefix.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { setSizes, sizes } from '../../../src/model/sizes.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const TABLES = ['words', 'bytes', 'pairs', 'numbers'];

/** In each table some keys are due and some are not. */
function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE words (id TEXT PRIMARY KEY, ts TEXT);
    INSERT INTO words VALUES ('abc-1', '2026-01-10'), ('abc-2', '2026-01-11'), ('abd-3', '2026-02-09'), ('Abc-4', '2026-01-10'), ('é', '2026-01-10'), ('éa', '2026-02-09'), ('x''01', '2026-02-09');
    CREATE TABLE bytes (id BLOB PRIMARY KEY, ts TEXT);
    INSERT INTO bytes VALUES (x'0190aabb', '2026-01-10'), (x'0190aacc', '2026-02-09'), (x'ffff01', '2026-01-10'), (x'fffe', '2026-02-09');
    CREATE TABLE pairs (a TEXT, b TEXT, ts TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
    INSERT INTO pairs VALUES ('left', 'one', '2026-01-10'), ('left', 'two', '2026-02-09'), ('right', 'one', '2026-01-10');
    CREATE TABLE numbers (id INTEGER PRIMARY KEY, ts TEXT);
    INSERT INTO numbers VALUES (12, '2026-01-10'), (123, '2026-02-09');`);
}

test('keys are found by their beginning in the database and in archives: text by bytes, bytes by digits', async () => {
  await using world = new LookupWorld(
    buildPolicySet(TABLES.map((table) => policyOf(table, { lookupKeys: [] }))),
    create,
  );
  await world.archiveAll();
  const places = await world.places();
  const columns = (table: string): string[] => (table === 'pairs' ? ['a', 'b'] : ['id']);
  const keys = async (table: string, ...key: readonly string[]): Promise<string[]> => {
    const { keys: found, more, onlyNewest } = await keysBeginning(places, table, columns(table), key);
    assert.deepEqual([more, onlyNewest], [false, null]);
    return found.map((one) => one.join(' ')).sort();
  };
  assert.deepEqual(await keys('words', 'abc'), ['abc-1', 'abc-2']);
  assert.deepEqual(await keys('words', 'ab'), ['abc-1', 'abc-2', 'abd-3']);
  assert.deepEqual(await keys('words', 'Ab'), ['Abc-4']);
  assert.deepEqual(await keys('words', 'é'), ['é', 'éa']);
  assert.deepEqual(await keys('words', 'abc-1x'), []);
  assert.deepEqual(await keys('words', "x'0"), ["x'01"]);
  assert.deepEqual(await keys('bytes', '0190'), ["x'0190aabb'", "x'0190aacc'"]);
  assert.deepEqual(await keys('bytes', '0190AAB'), ["x'0190aabb'"]);
  assert.deepEqual(await keys('bytes', "x'0190aac"), ["x'0190aacc'"]);
  assert.deepEqual(await keys('bytes', '0190-aac'), ["x'0190aacc'"]);
  assert.deepEqual(await keys('bytes', 'fff'), ["x'fffe'", "x'ffff01'"]);
  assert.deepEqual(await keys('bytes', 'ffff'), ["x'ffff01'"]);
  assert.deepEqual(await keys('bytes', 'no'), []);
  assert.deepEqual(await keys('pairs', 'left', 'o'), ['left one']);
  assert.deepEqual(await keys('pairs', 'lef', 'o'), []);
  assert.deepEqual(await keys('numbers', '1'), [], 'numbers have no prefixes');
});

test('many keys are not all listed, and many bytes not all read', async () => {
  const before = { ...sizes };
  after(() => setSizes(before));
  const many = (path: string): void => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE words (id TEXT PRIMARY KEY, ts TEXT);
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
      INSERT INTO words SELECT printf('k%02d', i), date('2026-01-01', '+' || i || ' days') FROM n`);
  };
  await using world = new LookupWorld(buildPolicySet([policyOf('words', { lookupKeys: [] })]), many);
  await world.archiveAll();
  const places = await world.places();
  const all = await keysBeginning(places, 'words', ['id'], ['k']);
  assert.deepEqual([all.keys.length, all.more], [10, true]);
  setSizes({ prefixBytes: 1 });
  const some = await keysBeginning(places, 'words', ['id'], ['k0']);
  assert.ok(some.onlyNewest !== null && some.onlyNewest < 10);
});
