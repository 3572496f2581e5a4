import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLine, InvalidText, type SqlValue } from '../../../../src/format/line/line.ts';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { quoteName } from '../../../../src/hot/sqlite/connection/quote.ts';
import {
  defineValueFunctions,
  type TextEncoding,
} from '../../../../src/hot/sqlite/connection/value-functions.ts';
import { introspect } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { lineSql } from '../../../../src/hot/sqlite/sql/line-sql.ts';

const AT = '2026-01-16T11:23:33.000Z';

const integer = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n),
);
const real = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -0, 1, 0.1 + 0.2, 5e-324, Infinity, -Infinity),
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\0', 'a\0b', '{"$blob":"AA=="}', '[1]', 'null', '\u2028\u{1f600}"\\/\x7f\b'),
);
const blob = fc.oneof(
  fc.uint8Array(),
  // What SQLite takes for JSONB: null, true, an object.
  fc.constantFrom(
    Uint8Array.of(),
    Uint8Array.of(0),
    Uint8Array.of(1),
    Uint8Array.of(0x4c, 0x17, 0x61, 0x13, 0x31),
  ),
);
const invalidUtf8 = fc
  .tuple(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]),
  )
  .map(([head, tail]) => new InvalidText(Uint8Array.from([...head, ...tail])))
  .filter(({ bytes }) => !isUtf8(bytes));
const ordinary: fc.Arbitrary<SqlValue> = fc.oneof(fc.constant(null), integer, real, text, blob);

function open(encoding: TextEncoding, ddl: string): Connection {
  const db = new DatabaseSync(':memory:');
  db.exec(`PRAGMA encoding = '${encoding}'; ${ddl}`);
  defineValueFunctions(db, encoding);
  return { db, path: ':memory:', encoding };
}

function store({ db }: Connection, columns: readonly string[], values: readonly SqlValue[]): void {
  db.exec('DELETE FROM t');
  const marks = values.map((value) => (value instanceof InvalidText ? 'CAST(? AS TEXT)' : '?'));
  db.prepare(`INSERT INTO t (${columns.map(quoteName)}) VALUES (${marks})`).run(
    ...values.map((value) => (value instanceof InvalidText ? value.bytes : value)),
  );
}

function render(connection: Connection, form: 'plain' | 'exact'): Buffer {
  const table = introspect(connection, 't')!;
  const { line } = connection.db
    .prepare(`SELECT ${lineSql(table, AT, form)} AS line FROM ${table.from}`)
    .get() as {
    line: string;
  };
  return Buffer.from(line);
}

function same(decoded: SqlValue | undefined, stored: SqlValue): void {
  if (stored instanceof InvalidText) assert.deepEqual([...(decoded as InvalidText).bytes], [...stored.bytes]);
  else if (stored instanceof Uint8Array) assert.deepEqual([...(decoded as Uint8Array)], [...stored]);
  else assert.ok(Object.is(decoded, stored), `${String(decoded)} is ${String(stored)}`);
}

for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be'] as const) {
  const connection = open(encoding, `CREATE TABLE t(a, b BLOB, c, "d""'é")`);
  const columns = ['a', 'b', 'c', 'd"\'é'];

  test(`every value comes back from its line as it was (${encoding})`, () => {
    const value = encoding === 'UTF-8' ? fc.oneof(ordinary, invalidUtf8) : ordinary;
    fc.assert(
      fc.property(fc.tuple(value, value, value, value), (values) => {
        store(connection, columns, values);
        const row = decodeLine(render(connection, 'exact'));
        assert.deepEqual(Object.keys(row), [...columns, '_archived_at', '_rowid']);
        columns.forEach((column, at) => {
          same(row[column], values[at]!);
        });
      }),
      { numRuns: 1500 },
    );
  });

  test(`the plain line is the exact line wherever text is valid (${encoding})`, () => {
    fc.assert(
      fc.property(fc.tuple(ordinary, ordinary, ordinary, ordinary), (values) => {
        store(connection, columns, values);
        assert.deepEqual(render(connection, 'plain'), render(connection, 'exact'));
      }),
      { numRuns: 1500 },
    );
  });
}

test('a lone surrogate of a UTF-16 database is kept as text that is not UTF-8', () => {
  const connection = open('UTF-16le', 'CREATE TABLE t(a)');
  connection.db.exec(`INSERT INTO t VALUES (CAST(x'610000d86200' AS TEXT))`);
  const { a } = decodeLine(render(connection, 'exact'));
  assert.deepEqual([...(a as InvalidText).bytes], [0x61, 0xed, 0xa0, 0x80, 0x62]);
});

test('columns of every affinity hold their values exactly', () => {
  const types = ['TEXT', 'INTEGER', 'REAL', 'NUMERIC', 'BLOB', 'VARCHAR(9)', 'CHARINT'];
  const connection = open('UTF-8', `CREATE TABLE t(${types.map((type, at) => `c${at} ${type}`)})`);
  const names = types.map((_, at) => `c${at}`);
  fc.assert(
    fc.property(fc.tuple(...types.map(() => ordinary)), (values) => {
      store(connection, names, values);
      const line = render(connection, 'plain');
      assert.deepEqual(line, render(connection, 'exact'));
      const row = decodeLine(line);
      const back = open('UTF-8', `CREATE TABLE t(${names})`);
      store(
        back,
        names,
        names.map((name) => row[name]!),
      );
      const types = (db: DatabaseSync) =>
        db.prepare(`SELECT ${names.map((n) => `typeof(${n}) || quote(${n})`)} FROM t`).get();
      assert.deepEqual(Object.values(types(back.db)!), Object.values(types(connection.db)!));
    }),
    { numRuns: 300 },
  );
});

test('a table of 1,900 columns is rendered like any other', () => {
  const names = Array.from({ length: 1900 }, (_, at) => `c${at}`);
  const connection = open('UTF-8', `CREATE TABLE t(${names})`);
  const values = names.map(
    (_, at): SqlValue => [null, BigInt(at), at + 0.5, `v"${at}`, Uint8Array.of(at % 256)][at % 5]!,
  );
  store(connection, names, values);
  const row = decodeLine(render(connection, 'plain'));
  assert.deepEqual(render(connection, 'plain'), render(connection, 'exact'));
  assert.equal(Object.keys(row).length, 1902);
  names.forEach((name, at) => {
    same(row[name], values[at]!);
  });
});
