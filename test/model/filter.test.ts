import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { conditionSql } from '../../src/hot/sqlite/sql/filter-sql.ts';
import { FirnError } from '../../src/model/errors.ts';
import {
  type Condition,
  conditionBytes,
  conditionNumber,
  formatCondition,
  matches,
  parseCondition,
  type Value,
} from '../../src/model/filter.ts';

const OPS = ['=', '!=', '<', '<=', '>', '>=', '~'] as const;

test('a condition is a column, an operator and everything behind it', () => {
  assert.deepEqual(parseCondition('status=done'), { column: 'status', op: '=', value: 'done' });
  assert.deepEqual(parseCondition('status!=done'), { column: 'status', op: '!=', value: 'done' });
  assert.deepEqual(parseCondition('n<=5'), { column: 'n', op: '<=', value: '5' });
  assert.deepEqual(parseCondition('n>5'), { column: 'n', op: '>', value: '5' });
  assert.deepEqual(parseCondition('input~a=b'), { column: 'input', op: '~', value: 'a=b' });
  assert.deepEqual(parseCondition('note='), { column: 'note', op: '=', value: '' });
  assert.deepEqual(parseCondition('a=x\ny'), { column: 'a', op: '=', value: 'x\ny' });
  assert.deepEqual(parseCondition('"a=b"=1'), { column: 'a=b', op: '=', value: '1' });
  assert.deepEqual(parseCondition('"a""b"~1'), { column: 'a"b', op: '~', value: '1' });
  // SQLite takes a column without a name.
  assert.deepEqual(parseCondition('""=1'), { column: '', op: '=', value: '1' });
});

for (const text of ['', 'status', '=done', '!done', 'a!b', 'status = done', ' status=x', '"a=1']) {
  test(`${JSON.stringify(text)} is a usage error`, () => {
    assert.throws(
      () => parseCondition(text),
      (error: unknown) =>
        error instanceof FirnError && error.code === 'usage' && error.message.includes(JSON.stringify(text)),
    );
  });
}

test('a formatted condition reads back as itself', () => {
  const conditions = fc.record<Condition>({
    column: fc.string({ minLength: 1 }),
    op: fc.constantFrom(...OPS),
    value: fc.string(),
  });
  fc.assert(
    fc.property(conditions, (condition) => {
      // `a=` then `=b` could be nothing else, but `a<` then `=b` is `a<=` then `b`.
      fc.pre(!((condition.op === '<' || condition.op === '>') && condition.value.startsWith('=')));
      assert.deepEqual(parseCondition(formatCondition(condition)), { ...condition });
    }),
  );
});

test('a number is read exactly when it fits 64 bits', () => {
  assert.equal(conditionNumber('9007199254740993'), 9007199254740993n);
  assert.equal(conditionNumber('+5'), 5n);
  assert.equal(conditionNumber('9223372036854775808'), 2 ** 63);
  assert.equal(conditionNumber('.5e1'), 5);
  for (const text of ['', '5x', ' 5', '0x10', 'NaN', '-', '1_0', '٣'])
    assert.equal(conditionNumber(text), null);
});

test('the numbers that JSON cannot say are read as answers have them', () => {
  assert.equal(conditionNumber('{"$real":"Infinity"}'), Number.POSITIVE_INFINITY);
  assert.equal(conditionNumber('{ "$real" : "-Infinity" }\n'), Number.NEGATIVE_INFINITY);
  assert.ok(Object.is(conditionNumber('{"$real":"-0.0"}'), -0));
  for (const text of ['{"$real":"1"}', '{"$real":"NaN"}', '{"$blob":"Infinity"}', '{"$real":1}', 'Infinity'])
    assert.equal(conditionNumber(text), null, text);
});

const at = (op: Condition['op'], value: string, stored: Value): boolean => matches({ op, value }, stored);

test('NULL matches nothing', () => {
  for (const op of OPS) assert.equal(at(op, '', null), false);
});

test('text is compared as text and numbers as numbers', () => {
  assert.ok(at('<', '9', '10'));
  assert.ok(!at('<', '9', 10n));
  assert.ok(at('=', '5.0', 5n));
  assert.ok(!at('=', '5.0', '5'));
  assert.ok(!at('=', '9007199254740992', 9007199254740993n));
  assert.ok(at('!=', 'x', 5n));
  assert.ok(!at('<', 'x', 5n));
  assert.ok(at('>', '\u{ff5e}', '\u{1f600}'), 'by UTF-8 bytes, not by UTF-16 units');
  assert.ok(at('!=', 'x', new Uint8Array([120])));
  assert.ok(!at('=', 'x', new Uint8Array([120])));
});

test('a BLOB is compared with the bytes that the text means, and with nothing when it means none', () => {
  const uuid = Buffer.from('0190aabbccddeeff0011223344556677', 'hex');
  for (const form of [
    ...["x'0190aabbccddeeff0011223344556677'", "X'0190AABBCCDDEEFF0011223344556677'"],
    ...['0190aabbccddeeff0011223344556677', '0190aabb-ccdd-eeff-0011-223344556677'],
    '{"$blob":"AZCqu8zd7v8AESIzRFVmdw=="}',
  ]) {
    assert.deepEqual(conditionBytes(form), uuid);
    assert.ok(at('=', form, uuid), form);
    assert.ok(!at('!=', form, uuid), form);
    assert.ok(at('=', form, form), `${form} is a text as well`);
    assert.ok(at('<', form, uuid.subarray(0, 15)), form);
  }
  for (const form of [
    '{"$blob": "AZCqu8zd7v8AESIzRFVmdw=="}',
    '\t{ "$blob" :\r\n  "AZCqu8zd7v8AESIzRFVmdw=="\n} ',
    JSON.stringify({ $blob: uuid.toString('base64') }, null, 2),
    '{"\\u0024blob":"AZCqu8zd7v8AESIzRFVmdw\\u003d="}',
  ]) {
    assert.deepEqual(conditionBytes(form), uuid, form);
    assert.ok(at('=', form, form), `${form} is a text as well`);
  }
  for (const form of [
    '',
    "x'0'",
    "x'0g'",
    "x'00",
    'x',
    'abcdef',
    'abcdefabc',
    '{"$blob":"AA="}',
    '{"$blob":"A B="}',
    '{"$blob":7}',
    '{"$blob":null}',
    '{"$blob":"AP8=","b":1}',
    '[{"$blob":"AP8="}]',
    '{"$blob":"AP8="',
    '{"$real":"1"}',
    '{}',
  ])
    assert.equal(conditionBytes(form), null, form);
  assert.deepEqual(conditionBytes("x''"), Buffer.alloc(0));
  assert.ok(!at('=', '0190aabbccddeeff0011223344556677', 1n));
  assert.ok(!at('~', '01', uuid));
});

test('contains folds ASCII letters alone, and looks at text alone', () => {
  assert.ok(at('~', 'ERR', 'an Error'));
  assert.ok(!at('~', 'ÄR', 'är'));
  assert.ok(!at('~', '1', 12n));
  assert.ok(at('~', 'b', 'a\0B'));
});

test('the SQL of a condition takes exactly the rows that match in TypeScript', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t(a TEXT, b INTEGER, c, d REAL, e TEXT COLLATE NOCASE, f NUMERIC)');
  const insert = db.prepare('INSERT INTO t VALUES (?1, ?1, ?1, ?1, ?1, ?1)');
  const words = fc.constantFrom(
    '',
    '5',
    '05',
    '5.0',
    '-5',
    '!x',
    'abc',
    'ABC',
    'Abc ',
    'ä',
    'Ä',
    'a\0b',
    '😀',
    '～',
    '1e3',
    '1000',
    '9007199254740993',
    '9223372036854775808',
    ' 5',
    '5x',
    "x'35'",
    "X''",
    '{"$blob":"NTY="}',
    '{\n  "$blob": "NTY="\n}',
    '{"$real":"Infinity"}',
    '{"$real": "-0.0"}',
    '35363738',
    '35363738-3536-3738-3536-373835363738',
  );
  const text = fc.oneof(words, fc.string({ unit: 'binary', maxLength: 3 }));
  const stored = fc.oneof(
    text,
    fc.constantFrom(
      null,
      0n,
      5n,
      -5n,
      1000n,
      9007199254740993n,
      9007199254740992,
      2 ** 63,
      5.5,
      -0,
      Number.POSITIVE_INFINITY,
      new Uint8Array([53]),
      new Uint8Array([53, 54]),
      new Uint8Array([53, 54, 55, 56]),
      new Uint8Array(),
    ),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double({ noNaN: true }),
  );
  fc.assert(
    fc.property(
      fc.array(stored, { maxLength: 8 }),
      fc.constantFrom(...OPS),
      text,
      fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      (rows, op, value, column) => {
        db.exec('DELETE FROM t');
        for (const row of rows) insert.run(row);
        const condition: Condition = { column, op, value };
        const { sql, params } = conditionSql(condition, `"${column}"`);
        const read = db.prepare(`SELECT "${column}" AS v, typeof("${column}") AS t, ${sql} AS m FROM t`);
        read.setReadBigInts(true);
        for (const { v, m } of read.all(...params))
          assert.equal(Boolean(m), matches(condition, v as Value), `${String(v)} ${op} ${value}`);
      },
    ),
    { numRuns: 400 },
  );
  db.close();
});

test('an index on the column serves an equality', () => {
  const db = new DatabaseSync(':memory:');
  db.exec('CREATE TABLE t(a TEXT); CREATE INDEX i ON t(a)');
  for (const value of ['x', '5']) {
    const { sql, params } = conditionSql({ column: 'a', op: '=', value }, 'a');
    const plan = db.prepare(`EXPLAIN QUERY PLAN SELECT * FROM t WHERE ${sql}`).all(...params);
    assert.ok(
      plan.every(({ detail }) => !String(detail).startsWith('SCAN')),
      JSON.stringify(plan),
    );
  }
  db.close();
});
