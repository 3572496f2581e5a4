import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Pushdown, pushdownOf, tablesOf } from '../../../src/lookup/sql/statement.ts';

const duck = await DuckDBInstance.create(':memory:');
const connection = await duck.connect();
after(() => {
  connection.closeSync();
  duck.closeSync();
});

async function treeOf(sql: string): Promise<unknown> {
  const result = await connection.runAndReadAll('SELECT json_serialize_sql(?::VARCHAR)', [sql]);
  return JSON.parse(String(result.getRows()[0]![0]));
}

/** What is pushed down to `notes`, in words. */
async function pushed(sql: string): Promise<string[]> {
  const { where, among, from }: Pushdown = pushdownOf(await treeOf(sql), 'notes');
  return [
    ...where.map(({ column, op, value }) => `${column} ${op} ${value}`),
    ...(among === null ? [] : [`${among.column} in ${[...among.values].join('|')}`]),
    ...from.map(({ column, text }) => `${column} from ${text}`),
  ];
}

const SELECT = 'SELECT count(*) FROM notes';

test('text equalities, one list of texts and lower bounds are pushed down', async () => {
  const all = `${SELECT} WHERE id = 'a' AND run IN ('x', 'y') AND ts >= '2026-01-01' AND (n > 5 AND ts > '2026-01-02')`;
  assert.deepEqual(await pushed(all), ['id = a', 'run in x|y', 'ts from 2026-01-01', 'ts from 2026-01-02']);
  assert.deepEqual(await pushed(`${SELECT} WHERE ts BETWEEN '2026-01-01' AND '2026-02-01'`), [
    'ts from 2026-01-01',
  ]);
  assert.deepEqual(await pushed(`${SELECT} WHERE run IN ('x', 'y') AND id IN ('a', 'b')`), ['run in x|y']);
});

test('what a text does not decide is left to DuckDB', async () => {
  for (const where of [
    "id = '5'",
    'id = 5',
    'id = NULL',
    "id <> 'a'",
    "ts < '2026-01-01'",
    "ts <= '2026-01-01'",
    "id = 'a' OR id = 'b'",
    "NOT id = 'a'",
    "lower(id) = 'a'",
    'id = run',
    "id IN ('a', '5')",
    "id IN ('a', NULL)",
    "id IN ('a', run)",
    "lower(id) IN ('a', 'b')",
    "id NOT IN ('a', 'b')",
    "id LIKE 'a'",
  ])
    assert.deepEqual(await pushed(`${SELECT} WHERE ${where}`), [], where);
  assert.deepEqual(await pushed(SELECT), []);
});

test('a column may be named with its table or alias, and with no other', async () => {
  assert.deepEqual(await pushed("SELECT 1 FROM notes AS x WHERE x.id = 'a'"), ['id = a']);
  assert.deepEqual(await pushed("SELECT 1 FROM Notes WHERE NOTES.id = 'a'"), ['id = a']);
  assert.deepEqual(await pushed("SELECT 1 FROM notes WHERE s.t.id = 'a'"), []);
  assert.deepEqual(await pushed("SELECT 1 FROM notes WHERE other.id = 'a'"), []);
});

test('nothing is pushed down where the table stands otherwise than alone and once', async () => {
  for (const sql of [
    "SELECT 1 FROM notes JOIN pairs ON true WHERE id = 'a'",
    "SELECT 1 FROM notes WHERE id = 'a' AND n = (SELECT max(n) FROM notes)",
    "SELECT 1 FROM pairs WHERE id = 'a'",
    "WITH notes AS (SELECT 'a' AS id) SELECT 1 FROM notes WHERE id = 'a'",
    "SELECT 1 FROM notes TABLESAMPLE 10% WHERE id = 'a'",
    "SELECT 1 FROM notes WHERE id = 'a' USING SAMPLE 5 ROWS",
  ])
    assert.deepEqual(await pushed(sql), [], sql);
  assert.deepEqual(await pushed("SELECT 1 FROM pairs WHERE x = (SELECT max(n) FROM notes WHERE id = 'a')"), [
    'id = a',
  ]);
});

test('the tables of a statement are found wherever they stand', async () => {
  const tree = await treeOf('SELECT 1 FROM a JOIN b ON true WHERE x IN (SELECT y FROM c)');
  assert.deepEqual(tablesOf(tree).sort(), ['a', 'b', 'c']);
});
