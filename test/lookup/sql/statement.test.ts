import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { neededColumns } from '../../../src/lookup/sql/query/needed-columns.ts';
import { type Pushdown, pushdownOf, tablesOf } from '../../../src/lookup/sql/query/statement.ts';

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
  const { where, among, bounds }: Pushdown = pushdownOf(await treeOf(sql), 'notes');
  return [
    ...where.map(({ column, op, value }) => `${column} ${op} ${value}`),
    ...(among === null ? [] : [`${among.column} in ${[...among.values].join('|')}`]),
    ...bounds.map(({ column, op, value }) => `${column} ${op} ${value}`),
  ];
}

const SELECT = 'SELECT count(*) FROM notes';

test('text equalities, one list of texts and bounds are pushed down', async () => {
  const all = `${SELECT} WHERE id = 'a' AND run IN ('x', 'y') AND ts >= '2026-01-01' AND (n > 5 AND '2026-01-02' < ts AND 7 >= n)`;
  assert.deepEqual(await pushed(all), [
    ...['id = a', 'run in x|y', 'id >= a', 'id <= a'],
    ...['ts >= 2026-01-01', 'n > 5', 'ts > 2026-01-02', 'n <= 7'],
  ]);
  const between = ['ts >= 2026-01', 'ts <= 2026-02'];
  assert.deepEqual(await pushed(`${SELECT} WHERE ts BETWEEN '2026-01' AND '2026-02'`), between);
  const begins = ['ts >= 2026-01', 'ts <= 2026-01\u{10ffff}'];
  assert.deepEqual(await pushed(`${SELECT} WHERE ts LIKE '2026-01%'`), begins);
  assert.deepEqual(await pushed(`${SELECT} WHERE starts_with(ts, '2026-01')`), begins);
  assert.deepEqual(await pushed(`${SELECT} WHERE run IN ('x', 'y') AND id IN ('a', 'b')`), ['run in x|y']);
});

test('equalities with what may be a number or bytes are bounds alone', async () => {
  for (const text of ['5', '\\x00ff', 'Infinity'])
    assert.deepEqual(await pushed(`${SELECT} WHERE id = '${text}'`), [`id >= ${text}`, `id <= ${text}`]);
});

test('what a constant does not decide is left to DuckDB', async () => {
  for (const where of [
    'id = NULL',
    "id <> 'a'",
    "id = 'a' OR id = 'b'",
    "NOT id = 'a'",
    "(id = 'a') IS TRUE",
    "lower(id) = 'a'",
    'id = run',
    'n > 1.5',
    'n > -n',
    "ts > DATE '2026-01-01'",
    "ts::TIMESTAMP > '2026-01-01'",
    "ts > '2026-01-01' COLLATE NOCASE",
    "strftime(ts::DATE, '%Y') = '2026'",
    'ts > (SELECT max(ts) FROM pairs)',
    "id IN ('a', '5')",
    "id IN ('a', NULL)",
    "id IN ('a', run)",
    "lower(id) IN ('a', 'b')",
    "id NOT IN ('a', 'b')",
    "id LIKE '%a'",
    "id LIKE '_a'",
    "id NOT LIKE 'a%'",
    "id ILIKE 'a%'",
    "id NOT BETWEEN 'a' AND 'b'",
  ])
    assert.deepEqual(await pushed(`${SELECT} WHERE ${where}`), [], where);
  assert.deepEqual(await pushed(SELECT), []);
});

const OF_A = ['id = a', 'id >= a', 'id <= a'];

test('a column may be named with its table or alias, and with no other', async () => {
  assert.deepEqual(await pushed("SELECT 1 FROM notes AS x WHERE x.id = 'a'"), OF_A);
  assert.deepEqual(await pushed("SELECT 1 FROM Notes WHERE NOTES.id = 'a'"), OF_A);
  assert.deepEqual(await pushed("SELECT 1 FROM notes WHERE s.t.id = 'a'"), []);
  assert.deepEqual(await pushed("SELECT 1 FROM notes WHERE other.id = 'a'"), []);
  assert.deepEqual(await pushed("SELECT 1 FROM notes AS x(ts, id) WHERE x.id = 'a'"), []);
});

test('of a table in a plain join, what its WHERE says of columns with the name of the table', async () => {
  for (const join of [
    'notes JOIN pairs ON true',
    'pairs LEFT JOIN notes USING (run)',
    'bare, pairs, notes',
  ]) {
    assert.deepEqual(await pushed(`SELECT 1 FROM ${join} WHERE notes.id = 'a' AND pairs.a > 1`), OF_A, join);
    assert.deepEqual(await pushed(`SELECT 1 FROM ${join} WHERE id = 'a'`), [], join);
  }
  for (const join of [
    'notes ASOF JOIN pairs ON notes.ts >= pairs.ts',
    'pairs ASOF LEFT JOIN notes ON notes.ts >= pairs.ts',
    'notes POSITIONAL JOIN pairs',
    'notes SEMI JOIN pairs USING (run)',
    'notes FULL JOIN pairs USING (run)',
    'notes NATURAL JOIN pairs',
    'notes JOIN notes AS other ON true',
  ])
    assert.deepEqual(await pushed(`SELECT 1 FROM ${join} WHERE notes.id = 'a'`), [], join);
});

test('nothing is pushed down where the table stands more than once, or is sampled', async () => {
  for (const sql of [
    "SELECT 1 FROM notes WHERE id = 'a' AND n = (SELECT max(n) FROM notes)",
    "SELECT 1 FROM notes WHERE id = 'a' UNION ALL SELECT 2 FROM notes",
    "SELECT 1 FROM pairs WHERE id = 'a'",
    "WITH notes AS (SELECT 'a' AS id) SELECT 1 FROM notes WHERE id = 'a'",
    "SELECT 1 FROM notes TABLESAMPLE 10% WHERE id = 'a'",
    "SELECT 1 FROM notes WHERE id = 'a' USING SAMPLE 5 ROWS",
    "SELECT 1 FROM (SELECT * FROM notes) WHERE id = 'a'",
    "SELECT 1 FROM notes HAVING min(id) = 'a'",
    "SELECT 1 FROM notes QUALIFY row_number() OVER () = 1 AND id = 'a'",
  ])
    assert.deepEqual(await pushed(sql), [], sql);
  for (const sql of [
    "SELECT 1 FROM pairs WHERE x = (SELECT max(n) FROM notes WHERE id = 'a')",
    "WITH few AS (SELECT * FROM notes WHERE id = 'a') SELECT 1 FROM few AS a JOIN few AS b ON true",
    "SELECT 1 FROM pairs UNION ALL SELECT 2 FROM notes WHERE id = 'a'",
  ])
    assert.deepEqual(await pushed(sql), OF_A, sql);
});

test('the tables of a statement are found wherever they stand', async () => {
  const tree = await treeOf('SELECT 1 FROM a JOIN b ON true WHERE x IN (SELECT y FROM c)');
  assert.deepEqual(tablesOf(tree).sort(), ['a', 'b', 'c']);
});

test('columns that a statement does not use are not needed', async () => {
  const needed = async (sql: string): Promise<string[] | null> => {
    const names = neededColumns(await treeOf(sql));
    return names === null ? null : [...names].sort();
  };
  const grouped = 'SELECT Tool AS t, count(*) AS n FROM notes WHERE x.ts > 1 GROUP BY ALL ORDER BY n';
  assert.deepEqual(await needed(grouped), ['n', 'tool', 'ts', 'x']);
  assert.deepEqual(await needed('SELECT count(*) FROM notes'), []);
  assert.deepEqual(await needed('SELECT a.b FROM notes AS a JOIN pairs USING (run)'), ['a', 'b', 'run']);
  for (const sql of [
    ...['SELECT * FROM notes', 'FROM notes', 'SELECT n.* FROM notes n', "SELECT COLUMNS('a.*') FROM notes"],
    ...['SELECT notes FROM notes', 'SELECT to_json(x) FROM notes AS x', 'SELECT #1 FROM notes'],
    ...['SELECT a FROM notes AS x(a, b)', 'SELECT a FROM notes NATURAL JOIN pairs', 'SUMMARIZE notes'],
    ...[
      'SELECT a FROM (SELECT * FROM notes)',
      "PIVOT notes ON a IN ('x') USING count(*)",
      'SELECT q FROM (FROM notes) AS q',
    ],
  ])
    assert.equal(await needed(sql), null, sql);
});
