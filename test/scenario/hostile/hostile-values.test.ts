import assert from 'node:assert/strict';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import { COMPRESSIONS } from '../../../src/model/policy/compression.ts';
import { DUE, HostileWorld } from '../../support/worlds/hostile-world.ts';

const EXTREME_INTEGERS = [
  0n,
  -1n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  9_999_999_999_999_999n,
];
const EXTREME_REALS = [
  0,
  -0,
  1,
  -1,
  0.1 + 0.2,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  1e15,
  1e16,
  1e21,
  1e100,
  123456789012345680000,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1 / 3,
];
const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\0\0',
  '\u0001\u001f\u007f\u0080',
  'line\nfeed\r\nand\ttab',
  '"quoted" \\ back',
  '{"$blob":"x"}',
  '{"$text":"eA=="}',
  '{"$real":"Infinity"}',
  'null',
  'NaN',
  '-0.0',
  '[1,2,{"a":null}]',
  '{"_firn_footer":{}}',
  '\u2028\u2029\ufeff\ufffd',
  '\u{1f600}\u{10ffff}',
  'e\u0301\u202etfel',
  '9007199254740993',
];
const BLOBS = [[], [0], [0x22, 0x7d], [0xff, 0xfe, 0xfd], [0x4c, 0x17, 0x61, 0x13, 0x31], [0x0a, 0x0d]].map(
  (bytes) => Uint8Array.from(bytes),
);
const INVALID_UTF8 = ['ff', 'c080', 'eda080', 'e282', '61ff62', 'f4908080', '80', '00ff00'];

/** One row for each value, in a column of each declared type. */
function fillValues(db: DatabaseSync, texts: readonly string[] = TEXTS, bytes = INVALID_UTF8): void {
  db.exec(
    'CREATE TABLE v (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, untyped, s VARCHAR(3))',
  );
  const put = (value: string, params: SQLInputValue[]) =>
    db
      .prepare(
        `INSERT INTO v (ts, i, r, t, b, n, untyped, s) SELECT '${DUE}', v, v, v, v, v, v, v FROM (SELECT ${value} AS v)`,
      )
      .run(...params);
  for (const value of [
    ...EXTREME_INTEGERS,
    ...EXTREME_REALS.filter((real) => !Object.is(real, -0)),
    ...texts,
    ...BLOBS,
  ]) {
    put('?', [
      typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e15 ? BigInt(value) : value,
    ]);
    if (typeof value === 'number') put('CAST(? AS REAL)', [value]);
  }
  put('-0.0', []);
  put('0.0 * -1', []);
  put('NULL', []);
  for (const hex of bytes) put(`CAST(x'${hex}' AS TEXT)`, []);
  for (const text of texts) put('CAST(? AS BLOB)', [text]);
}

/** Each encoding with another compression too. */
const KINDS = {
  'UTF-8': COMPRESSIONS,
  ...{ 'UTF-16le': ['gzip', 'zstd'], 'UTF-16be': ['none'] },
} as const;

for (const encoding of ['UTF-8', 'UTF-16le', 'UTF-16be'] as const) {
  for (const compression of KINDS[encoding]) {
    test(`every kind of value in every kind of column comes out as it was (${encoding}, ${compression})`, async (t) => {
      const world = new HostileWorld(t, {
        tables: { v: { compression } },
        fill: (db) => fillValues(db, TEXTS, encoding === 'UTF-8' ? INVALID_UTF8 : []),
        encoding,
      });
      const { status, total } = await world.archive();
      assert.equal(status, 0);
      assert.ok(total >= 80, `${total} rows`);
      assert.equal(world.archived().get('v')?.length, total);
      world.assertWhole('zlib');
      world.assertWhole('python');
    });
  }
}

for (const encoding of ['UTF-16le', 'UTF-16be'] as const) {
  test(`surrogates that stand alone come out as they were (${encoding})`, async (t) => {
    const units = ['d800', 'dc00', '0061d83d', 'd83d0061', 'dc00d800', 'd83dde00d83d'];
    const stored = encoding === 'UTF-16be' ? units : units.map((hex) => hex.replace(/(..)(..)/g, '$2$1'));
    const world = new HostileWorld(t, {
      tables: { v: {} },
      encoding,
      fill: (db) => {
        db.exec('CREATE TABLE v (id TEXT PRIMARY KEY, ts TEXT, t TEXT)');
        for (const hex of stored) {
          db.exec(`INSERT INTO v VALUES ('${hex}', '${DUE}', CAST(x'${hex}' AS TEXT))`);
        }
      },
    });
    const { status, total } = await world.archive();
    assert.deepEqual([status, total], [0, units.length]);
    world.assertWhole('python');
    assert.ok(
      world
        .archived()
        .get('v')!
        .every((row) => row.includes('["t","x')),
      'as bytes that are not UTF-8',
    );
  });
}

test('a cell of 50 MB, and its neighbours, come out as they were', async (t) => {
  const world = new HostileWorld(t, {
    tables: { v: {} },
    fill: (db) => {
      db.exec('CREATE TABLE v (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, t TEXT, b BLOB)');
      db.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
        INSERT INTO v SELECT i, '${DUE}', 'small', x'00' FROM n`);
      const text = db.prepare('UPDATE v SET t = ? WHERE id = ?');
      text.run('ä"\n'.repeat(12_500_000), 7);
      text.run('x'.repeat(1_100_000), 8);
      db.exec('UPDATE v SET b = randomblob(20000000) WHERE id = 8');
    },
  });
  const { status, total } = await world.archive();
  assert.deepEqual([status, total], [0, 30]);
  world.assertWhole();
});

test('keys of every kind find their row again, and none is left behind', async (t) => {
  const world = new HostileWorld(t, {
    tables: { k: {}, pair: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE k (id PRIMARY KEY, ts TEXT) WITHOUT ROWID;
        CREATE TABLE pair (a, ts TEXT, b, PRIMARY KEY (b, a))`);
      const key = db.prepare('INSERT OR IGNORE INTO k VALUES (?, ?)');
      const pair = db.prepare('INSERT INTO pair VALUES (?, ?, ?)');
      for (const value of [...EXTREME_INTEGERS, ...EXTREME_REALS, ...TEXTS, ...BLOBS]) {
        key.run(value, DUE);
        // NULL in a key: in a table with rowids that is possible, and even twice.
        pair.run(value, DUE, null);
        pair.run(value, DUE, null);
      }
      for (const hex of INVALID_UTF8) db.exec(`INSERT INTO k VALUES (CAST(x'${hex}' AS TEXT), '${DUE}')`);
    },
  });
  const { status, tables } = await world.archive();
  assert.equal(status, 0);
  for (const { table, status, kept } of tables) {
    assert.deepEqual([table, status, kept.changed], [table, 'archived', 0]);
  }
  using db = world.others();
  assert.deepEqual(
    { ...db.prepare('SELECT (SELECT count(*) FROM k) AS k, (SELECT count(*) FROM pair) AS pair').get() },
    { k: 0, pair: 0 },
  );
  world.assertWhole('python');
});
