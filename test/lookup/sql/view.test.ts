import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { kindOf, looseColumn, viewColumns, viewSql } from '../../../src/lookup/sql/view.ts';

const duck = await DuckDBInstance.create(':memory:');
const connection = await duck.connect();
const folder = mkdtempSync(join(tmpdir(), 'firn-view-'));
after(() => {
  connection.closeSync();
  duck.closeSync();
  rmSync(folder, { recursive: true });
});

const TYPES = { i: 'INTEGER', d: 'REAL', b: 'BLOB', t: 'TEXT', x: '' };
const SCHEMA = Object.entries(TYPES).map(([name, type]) => ({ name, type, key: 0 }));

test('a declared type is read by the rules of affinity', () => {
  const kinds = {
    BIGINT: ['INTEGER', 'bigint', 'POINT', 'CHARINT', 'BOOLEAN'],
    VARCHAR: ['TEXT', 'varchar(5)', 'CLOB', 'CHAR', 'NCHAR BLOB'],
    BLOB: ['BLOB', 'blob real'],
    DOUBLE: ['REAL', 'FLOAT', 'double precision', 'DECIMAL(5,2)', 'NUMERIC'],
  };
  for (const [kind, types] of Object.entries(kinds))
    for (const type of types) assert.equal(kindOf(type), kind, type);
  for (const type of ['', 'DATE', 'ANY']) assert.equal(kindOf(type), null, type);
});

test('a column whose type changed, is none or does not fit its values is read as text', () => {
  const older = [
    { name: 'I', type: 'bigint', key: 0 },
    { name: 'D', type: 'TEXT', key: 0 },
    { name: 'gone', type: 'INT', key: 0 },
  ];
  assert.deepEqual(viewColumns([SCHEMA, older], new Map([['b', 'text']])), [
    { name: 'i', kind: 'BIGINT', loose: false },
    { name: 'd', kind: 'VARCHAR', loose: true },
    { name: 'b', kind: 'VARCHAR', loose: true },
    { name: 't', kind: 'VARCHAR', loose: false },
    { name: 'x', kind: 'VARCHAR', loose: true },
    { name: 'gone', kind: 'BIGINT', loose: false },
  ]);
});

async function ask(
  lines: readonly string[],
  columns = viewColumns([SCHEMA], new Map()),
): Promise<unknown[][]> {
  const path = join(folder, 'lines.jsonl');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const files = lines.length === 0 ? [] : [path];
  await connection.run(
    viewSql('t', columns, [{ tier: 'warm', paths: files }], { tiered: true, largestLine: 1 << 24 }),
  );
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  return (await connection.runAndReadAll(`SELECT ${names}, _tier FROM t`)).getRowsJS();
}

test('values keep what they are', async () => {
  const rows = await ask([
    '{"i":-9223372036854775808,"d":1.5,"b":{"$blob":"AP8="},"t":"é","x":5}',
    '{"i":7,"d":-2e300,"b":null,"t":"","x":"5"}',
    '{"i":null,"d":{"$real":"Infinity"},"t":null,"x":{"$blob":"AP8="}}',
    '{"d":{"$real":"-Infinity"},"x":{"$real":"Infinity"}}',
    '{"d":12}',
  ]);
  const bytes = (value: unknown): unknown =>
    value === null ? null : Buffer.from(value as Uint8Array).toString('hex');
  assert.deepEqual(
    rows.map(([i, d, b, ...rest]) => [i, d, bytes(b), ...rest]),
    [
      [-(2n ** 63n), 1.5, '00ff', 'é', '5', 'warm'],
      [7n, -2e300, null, '', '5', 'warm'],
      [null, Number.POSITIVE_INFINITY, null, null, '\\x00ff', 'warm'],
      [null, Number.NEGATIVE_INFINITY, null, null, 'Infinity', 'warm'],
      [null, 12, null, null, null, 'warm'],
    ],
  );
  const [zero] = await ask(['{"d":{"$real":"-0.0"}}']);
  assert.ok(Object.is(zero![1], -0));
});

test('a value that its type does not hold names its table and column, and how it can be read', async () => {
  for (const [column, value, looseness] of [
    ['i', '1.5', 'number'],
    ['i', '-2e+300', 'number'],
    ['i', '{"$real":"Infinity"}', 'number'],
    ['i', '"five"', 'text'],
    ['i', '"5x"', 'text'],
    ['d', '1234567890123456', 'text'],
    ['d', '"x"', 'text'],
    ['b', '"text"', 'text'],
    ['t', '{"$blob":"AA=="}', 'text'],
  ]) {
    const error = await ask([`{"${column}":${value}}`]).then(
      () => null,
      (caught: unknown) => caught,
    );
    assert.deepEqual(looseColumn(error), { table: 't', column, looseness }, `${column} ${value}`);
  }
  assert.equal(looseColumn(new Error('out of memory')), null);
});

test('a view without files has no rows, and the types of its columns', async () => {
  assert.deepEqual(await ask([]), []);
  const columnTypes = (await connection.runAndReadAll('SELECT * FROM t')).columnTypes();
  assert.deepEqual(columnTypes.map(String), [
    ...['BIGINT', 'DOUBLE', 'BLOB', 'VARCHAR', 'VARCHAR'],
    ...['BIGINT', 'VARCHAR', 'VARCHAR'],
  ]);
});
