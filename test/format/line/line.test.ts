import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeLine,
  InvalidText,
  type Row,
  type SqlValue,
  splitLines,
} from '../../../src/format/line/line.ts';
import { columnReader } from '../../../src/format/line/line-columns.ts';
import { encodeLine, encodeValue, valueText } from '../../../src/format/line/line-encode.ts';

const database = new DatabaseSync(':memory:');
const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed());
const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const real = fc.double({ noNaN: true });
const bytes = fc.uint8Array();
const value: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constant(null),
  integer,
  real,
  text,
  bytes.map((blob) => Buffer.from(blob)),
  bytes.map((invalid) => new InvalidText(Buffer.from(invalid))),
);
const columns = fc.uniqueArray(fc.oneof(text, fc.constantFrom('__proto__', '1', '', '"', 'id')), {
  minLength: 1,
  maxLength: 8,
});
const row = columns.chain((names) =>
  fc.tuple(...names.map(() => value)).map((values) => ({ names, values })),
);

function rowOf(names: readonly string[], values: readonly SqlValue[]): Row {
  const made: Row = Object.create(null);
  names.forEach((name, i) => {
    made[name] = values[i]!;
  });
  return made;
}

function line(json: string): Row {
  return decodeLine(Buffer.from(json));
}

test('every value comes back exactly', () => {
  fc.assert(
    fc.property(row, ({ names, values }) => {
      const made = rowOf(names, values);
      assert.deepStrictEqual(decodeLine(encodeLine(names, made)), made);
    }),
  );
});

test('a few columns read the same as the whole line', () => {
  fc.assert(
    fc.property(row, fc.infiniteStream(fc.nat()), ({ names, values }, picks) => {
      const made = rowOf(names, values);
      const wanted = [...picks.take(3)].map((pick) => names[pick % names.length]!);
      const read = columnReader([...new Set(wanted), 'absent from it'])(encodeLine(names, made));
      assert.deepStrictEqual(read, [...[...new Set(wanted)].map((name) => made[name]), undefined]);
    }),
  );
});

test('text and integers are written as SQLite writes them', () => {
  const json = database.prepare('SELECT json_object(?1, ?2) AS json');
  fc.assert(
    fc.property(text, fc.oneof(text, integer, fc.constant(null)), (name, held) => {
      const expected = json.get(name, held)!.json;
      assert.equal(`{${JSON.stringify(name)}:${encodeValue(held)}}`, expected);
    }),
  );
});

test('everyday reals are written as SQLite writes them', () => {
  const json = database.prepare('SELECT json_array(?) AS json, CAST(? AS TEXT) AS text');
  const digits = fc.integer({ min: -1e12, max: 1e12 });
  const everyday = fc.tuple(digits, fc.nat(16)).map(([whole, places]) => whole / 10 ** places);
  fc.assert(
    fc.property(everyday, (held) => {
      const expected = json.get(held, held)!;
      const written = Object.is(held, -0) ? '0.0' : encodeValue(held);
      assert.equal(`[${written}]`, expected.json);
      assert.equal(valueText(held), expected.text);
    }),
    { numRuns: 2000 },
  );
});

test('any real is written as the same double', () => {
  fc.assert(
    fc.property(real, (held) => {
      assert.ok(Object.is(line(`{"a":${encodeValue(held)}}`).a, held));
    }),
    { numRuns: 2000 },
  );
});

test('what SQLite writes is read as what it held', () => {
  const json = database.prepare('SELECT json_object(?1, ?2) AS json');
  const infinity = database.prepare("SELECT json_object('a', 9e999, 'b', -9e999) AS json");
  fc.assert(
    fc.property(fc.oneof(text, integer, real.filter(Number.isFinite)), (held) => {
      const read = line(json.get('a', held)!.json as string).a;
      assert.ok(read === held, `${String(read)} for ${String(held)}`);
    }),
  );
  assert.deepEqual(
    { ...line(infinity.get()!.json as string) },
    { a: Number.POSITIVE_INFINITY, b: Number.NEGATIVE_INFINITY },
  );
});

test('integers keep all 64 bits and reals stay reals', () => {
  assert.deepEqual(
    { ...line('{"a":9223372036854775807,"b":1.0,"c":1,"d":1e3}') },
    {
      a: 9223372036854775807n,
      b: 1,
      c: 1n,
      d: 1000,
    },
  );
});

test('text that looks like an escape stays text', () => {
  assert.equal(line('{"a":"{\\"$blob\\":\\"AA==\\"}"}').a, '{"$blob":"AA=="}');
});

test('what no line can hold is refused', () => {
  for (const json of [
    '[]',
    '1',
    '{"a":true}',
    '{"a":[1]}',
    '{"a":{}}',
    '{"a":{"$blob":"AA"}}',
    '{"a":{"$blob":"A-=="}}',
    '{"a":{"$real":"NaN"}}',
    '{"a":{"$real":"1.0"}}',
    '{"a":{"$blob":"","$text":""}}',
    '{"a":9223372036854775808}',
    '{"a":1',
    '',
  ]) {
    assert.throws(() => line(json), { code: 'integrity' }, json);
  }
  assert.throws(() => decodeLine(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), {
    code: 'integrity',
  });
});

test('a block is split into views of its bytes', () => {
  const block = Buffer.from('{"a":1}\n{"a":2}\n');
  const lines = splitLines(block);
  assert.deepEqual(lines.map(String), ['{"a":1}\n', '{"a":2}\n']);
  assert.equal(lines[1]!.buffer, block.buffer);
  assert.deepEqual(splitLines(new Uint8Array(0)), []);
});
