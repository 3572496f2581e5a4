import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { introspect } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { ageIndex } from '../../../../src/hot/sqlite/survey/age-index.ts';
import { type Piece, walkIndex, walkKeys, walkRowids } from '../../../../src/hot/sqlite/survey/table-walk.ts';

const value: fc.Arbitrary<SQLInputValue> = fc.oneof(
  fc.constantFrom(null, 'a', 'b', 'B', 'a ', '', 1n, 2n, 1.5, 2),
  fc.string({ maxLength: 3 }),
  fc.integer({ min: -3, max: 9 }),
  fc.uint8Array({ maxLength: 2 }),
);

function open(ddl: string, insert: string, values: readonly SQLInputValue[]): Connection {
  const db = new DatabaseSync(':memory:');
  db.exec(ddl);
  const statement = db.prepare(insert);
  for (const [at, given] of values.entries()) statement.run(given, BigInt(at));
  return { db, path: ':memory:', encoding: 'UTF-8' };
}

/** The `n` of every row of every piece, and the sizes of the pieces. */
function visit({ db }: Connection, pieces: Iterable<Piece>): { seen: number[]; sizes: number[] } {
  const seen: number[] = [];
  const sizes: number[] = [];
  for (const { source, params } of pieces) {
    const rows = db.prepare(`SELECT t.n AS n FROM ${source}`).all(...params) as { n: number }[];
    sizes.push(rows.length);
    seen.push(...rows.map(({ n }) => n));
  }
  return { seen, sizes };
}

const numbers = (values: readonly unknown[]) => values.map((_, at) => at);
const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b);

for (const column of ['ts', 'ts TEXT', 'ts INTEGER', 'ts TEXT COLLATE NOCASE', 'ts COLLATE RTRIM']) {
  for (const index of ['(ts)', '(ts DESC)', '(ts, n)']) {
    test(`through an index ${index} on ${column} every row is visited once, in small pieces`, () => {
      fc.assert(
        fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (values, size) => {
          const ddl = `CREATE TABLE t (${column}, n); CREATE INDEX i ON t ${index}`;
          const connection = open(ddl, 'INSERT INTO t VALUES (?, ?)', values);
          const table = introspect(connection, 't')!;
          const age = {
            index: ageIndex(connection, table, 'ts')!,
            column: table.column('ts'),
            rowid: 't.rowid',
          };
          const ranges = [
            { from: null, to: "'a'" },
            { from: "'a'", to: null },
          ];
          const { seen, sizes } = visit(connection, walkIndex(connection, table, age, ranges, size));
          assert.deepEqual(ascending(seen), numbers(values));
          assert.ok(Math.max(0, ...sizes) <= size);
        }),
        { numRuns: 50 },
      );
    });
  }
}

test('only the ranges asked for are visited', () => {
  const values = ['2026-01-01', '2026-01-05', '2026-02-01', null, 5n];
  const ddl = 'CREATE TABLE t (ts, n); CREATE INDEX i ON t (ts)';
  const connection = open(ddl, 'INSERT INTO t VALUES (?, ?)', values);
  const table = introspect(connection, 't')!;
  const age = { index: 'i', column: 't.ts', rowid: 't.rowid' };
  const ranges = [
    { from: null, to: "'2026-01-03'" },
    { from: "'2026-01-:'", to: null },
  ];
  assert.deepEqual(
    ascending(visit(connection, walkIndex(connection, table, age, ranges, 2)).seen),
    [0, 2, 3, 4],
  );
});

test('by rowid every row is visited once, in small pieces, whatever its rowid', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(
        fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 30n })),
      ),
      fc.integer({ min: 1, max: 5 }),
      (ids, size) => {
        const connection = open(
          'CREATE TABLE t (id INTEGER PRIMARY KEY, n)',
          'INSERT INTO t VALUES (?, ?)',
          ids,
        );
        const table = introspect(connection, 't')!;
        const { seen, sizes } = visit(connection, walkRowids(connection, table, 't.rowid', size));
        assert.deepEqual(ascending(seen), numbers(ids));
        assert.ok(Math.max(0, ...sizes) <= size);
      },
    ),
  );
});

test('by primary key every row is visited once, in small pieces, whatever its key', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (values, size) => {
      const ddl = 'CREATE TABLE t (k, n, PRIMARY KEY (k, n)) WITHOUT ROWID';
      const keys = values.map((given) => given ?? 'null');
      const connection = open(ddl, 'INSERT INTO t VALUES (?, ?)', keys);
      const { seen, sizes } = visit(connection, walkKeys(connection, introspect(connection, 't')!, size));
      assert.deepEqual(ascending(seen), numbers(values));
      assert.ok(Math.max(0, ...sizes) <= size);
    }),
  );
});

test('an index that cannot find every row by age is not used', () => {
  for (const index of ['(n, ts)', '(ts) WHERE n > 0', '(lower(ts))', '(ts COLLATE NOCASE)']) {
    const connection = open(
      `CREATE TABLE t (ts, n); CREATE INDEX i ON t ${index}`,
      'INSERT INTO t VALUES (?, ?)',
      [],
    );
    assert.equal(ageIndex(connection, introspect(connection, 't')!, 'ts'), null, index);
  }
});
