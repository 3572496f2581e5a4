import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { otherTables, resolveTables } from '../../../src/lookup/places/known-tables.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../../src/lookup/sql/session.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

/** Queries of a DNS log whose names are in a table that nobody archives, and tables that are hard to name or to read. */
const SCHEMA = `
  CREATE TABLE query (id INTEGER PRIMARY KEY, ts TEXT, domain INTEGER);
  CREATE TABLE domain (id INTEGER PRIMARY KEY, name TEXT, upper_name TEXT AS (upper(name)) STORED);
  CREATE TABLE tables (a TEXT); CREATE TABLE pg_tables (a TEXT); CREATE TABLE "É" (a TEXT); CREATE TABLE "é" (a TEXT);
  CREATE TABLE named (_tier TEXT, "select" TEXT, "a""b" BLOB, "" TEXT);
  CREATE TABLE pairs (a, b, PRIMARY KEY (a, b)) WITHOUT ROWID;
  CREATE TABLE reserved (id INTEGER PRIMARY KEY, _archived_at TEXT);
  CREATE VIEW queries AS SELECT ts, name FROM query JOIN domain ON domain.id = domain;
  CREATE VIRTUAL TABLE words USING fts5(word);
  INSERT INTO query VALUES (1, '2026-01-10T00:00:00Z', 1), (2, '2026-01-11T00:00:00Z', 2), (3, '2026-02-09T12:00:00Z', 1), (4, '2026-02-09T13:00:00Z', 9);
  INSERT INTO domain VALUES (1, 'x.org'), (2, 'y.org');
  INSERT INTO tables VALUES ('own'); INSERT INTO pg_tables VALUES ('own'); INSERT INTO "É" VALUES ('upper'); INSERT INTO "é" VALUES ('lower');
  INSERT INTO named VALUES ('t', 's', x'00ff', 'e'); INSERT INTO pairs VALUES (1, 'one'), (2.5, x'ab');
  INSERT INTO reserved VALUES (1, 'x');`;

async function withWorld(
  use: (ask: (sql: string) => Promise<{ answer: SqlAnswer; rows: unknown[][] }>) => Promise<void>,
): Promise<void> {
  const create = (path: string): void => {
    using db = new DatabaseSync(path);
    db.exec(SCHEMA);
  };
  await using world = new LookupWorld(buildPolicySet([policyOf('query')]), create);
  await world.archiveAll();
  const places = await world.places();
  const known = await resolveTables(places, []);
  await using session = await SqlSession.open(places, everything(known), {
    others: await otherTables(places, known),
  });
  await use(async (sql) => {
    const answer = await session.run(sql);
    const rows: unknown[][] = [];
    for await (const piece of answer.rows) rows.push(...piece.map((row) => [...row]));
    return { answer, rows };
  });
}

test('a table without a policy is joined with all tiers of one that has one', async () => {
  await withWorld(async (ask) => {
    const { rows, answer } = await ask(
      'SELECT d.name, q._tier, count(*) FROM query q JOIN DOMAIN d ON d.id = q.domain GROUP BY ALL ORDER BY ALL',
    );
    assert.deepEqual(rows, [
      ['x.org', 'hot', 1n],
      ['x.org', 'warm', 1n],
      ['y.org', 'warm', 1n],
    ]);
    assert.deepEqual([...answer.reports.keys()], ['query', 'domain'], 'no other table is read');
  });
});

test('its view has the columns of the table and no others', async () => {
  await withWorld(async (ask) => {
    const { answer, rows } = await ask('SELECT * FROM named');
    assert.deepEqual(
      answer.columns.map(({ name }) => name),
      ['_tier', 'select', 'a"b'],
    );
    assert.deepEqual(
      [rows[0]![0], rows[0]![1], Buffer.from(rows[0]![2] as Uint8Array).toString('hex')],
      ['t', 's', '00ff'],
    );
    assert.deepEqual((await ask('SELECT * FROM pairs ORDER BY ALL')).rows, [
      ['1', 'one'],
      ['2.5', '\\xab'],
    ]);
  });
});

test('names that DuckDB uses itself, and names that differ only outside ASCII, mean the tables of the database', async () => {
  await withWorld(async (ask) => {
    for (const table of ['tables', 'pg_tables', 'main.pg_tables', 'temp.pg_tables'])
      assert.deepEqual((await ask(`SELECT a FROM ${table}`)).rows, [['own']], table);
    assert.deepEqual((await ask('SELECT * FROM "É", "é"')).rows, [['upper', 'lower']]);
    assert.equal((await ask('SELECT * FROM information_schema.tables')).answer.reports.size, 0);
    assert.deepEqual((await ask('WITH domain AS (SELECT 5 AS five) SELECT * FROM domain')).rows, [[5]]);
    assert.ok((await ask('DESCRIBE domain')).rows.length >= 2);
  });
});

test('a table whose columns Firn cannot read is refused with the reason', async () => {
  await withWorld(async (ask) => {
    await assert.rejects(ask('SELECT count(*) FROM domain, reserved'), {
      code: 'refused',
      path: 'reserved',
      message: /a column named _archived_at/,
    });
    assert.deepEqual((await ask('SELECT count(*) FROM domain')).rows, [[2n]]);
  });
});

test('views and virtual tables are refused by name, with the statement that made them', async () => {
  await withWorld(async (ask) => {
    await assert.rejects(ask('SELECT * FROM queries'), {
      code: 'usage',
      message: /queries is a view/,
      hint: /Query those that it is made of: CREATE VIEW queries AS SELECT ts, name FROM query JOIN domain/,
    });
    await assert.rejects(ask('SELECT * FROM words'), { code: 'usage', message: /words is a virtual table/ });
    await assert.rejects(ask('SELECT * FROM words_data'), { code: 'usage', message: /no table words_data/ });
  });
});

test('an unknown table names the nearest one', async () => {
  await withWorld(async (ask) => {
    await assert.rejects(ask('SELECT * FROM query JOIN domian USING (id)'), {
      code: 'usage',
      message: /there is no table domian/,
      hint: /Did you mean domain\? firn sql --tables/,
    });
    await assert.rejects(ask('SELECT * FROM _firn_receipts'), { code: 'usage', message: /no table _firn_/ });
  });
});

test('integers and reals in one column are numbers', async () => {
  const create = (path: string): void => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);
      INSERT INTO t VALUES (1, 9), (2, 10.5), (3, NULL), (4, 100)`);
  };
  await using world = new LookupWorld(buildPolicySet([]), create);
  await using session = await SqlSession.open(await world.places(), everything([]), { others: ['t'] });
  const answer = await session.run('SELECT n FROM t WHERE n IS NOT NULL ORDER BY n');
  const rows: unknown[] = [];
  for await (const piece of answer.rows) rows.push(...piece.map(([n]) => n));
  assert.deepEqual(rows, [9, 10.5, 100]);
  assert.deepEqual(answer.notes, ['t.n has values of several types. Firn reads it as DOUBLE.']);
});
