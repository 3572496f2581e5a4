import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyPrinter } from '../../../src/format/line/key-print.ts';
import type { SqlValue } from '../../../src/format/line/line.ts';
import { encodeLine } from '../../../src/format/line/line-encode.ts';

/** The prints of lines, as text. */
function printsOf(lines: Uint8Array, columns: readonly string[], collated = false): string[] {
  const prints: string[] = [];
  const take = (low: number, high: number): void => void prints.push(`${low},${high}`);
  new KeyPrinter(columns, collated).print(lines, { take });
  return prints;
}

function printOf(value: SqlValue, collated = false): string {
  return printsOf(encodeLine(['id'], { id: value }), ['id'], collated)[0]!;
}

const value: fc.Arbitrary<Exclude<SqlValue, object> | Uint8Array> = fc.oneof(
  fc.constant(null),
  fc.constantFrom(0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n), 10n ** 15n),
  fc.constantFrom(0, -0, 1, -1, 0.5, 2 ** 53, 2 ** 53 + 2, -(2 ** 63), 1e15, 1e300, Infinity, -Infinity),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.constantFrom('', ' ', 'a', 'A', 'a ', 'A  ', ' a', '1', '1.0', '"', '\\', 'é', 'É', '\n', 'a\0', 'null'),
  fc.string(),
  fc.constantFrom(Buffer.from([]), Buffer.from([1]), Buffer.from('a')).map((bytes) => Uint8Array.from(bytes)),
);

test('values that SQLite takes for the same have the same print, those that it does not have another', () => {
  using db = new DatabaseSync(':memory:');
  const binary = db.prepare('SELECT ? IS ? AS same');
  const collated = db.prepare('SELECT (?1 IS ?2 COLLATE NOCASE) OR (?1 IS ?2 COLLATE RTRIM) AS same');
  fc.assert(
    fc.property(value, value, (a, b) => {
      const isSame = binary.get(a, b)!.same === 1;
      assert.equal(printOf(a) === printOf(b), isSame);
      if (collated.get(a, b)!.same === 1) assert.equal(printOf(a, true), printOf(b, true));
    }),
    { numRuns: 3000 },
  );
});

test('the print depends on the values of the key alone, wherever they stand', () => {
  const lines = (text: string[]) => Buffer.from(text.map((line) => `${line}\n`).join(''));
  const same = printsOf(
    lines([
      '{"a":"x","b":7}',
      '{"b":7,"a":"x"}',
      '{"n":null,"t":"\\"a\\":\\\\","b":7,"o":{"$blob":"eA=="},"r":1.5,"a":"x","z":"y"}',
      '{"a":"\\u0078","b":7}',
      '{"b":7.0,"a":"x"}',
    ]),
    ['a', 'b'],
  );
  assert.equal(new Set(same).size, 1);
  const others = printsOf(
    lines([
      '{"a":"x","b":7}',
      '{"a":"x","b":8}',
      '{"a":"y","b":7}',
      '{"a":7,"b":"x"}',
      '{"a":"x","b":"7"}',
      '{"a":"x7","b":""}',
      '{"a":"x","b":null}',
      '{"a":"x"}',
      '{"a":"x","b":{"$blob":"eA=="}}',
      '{"a":"x","b":{"$text":"/w=="}}',
    ]),
    ['a', 'b'],
  );
  assert.equal(new Set(others).size, others.length - 1, 'what is not there is NULL');
});

test('prints of many alike keys differ', () => {
  const prints = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    prints.add(printOf(BigInt(i)));
    prints.add(printOf(`note-${i}`));
    prints.add(printOf(String(i)));
  }
  assert.equal(prints.size, 60_000);
});

test('a line that is none is refused', () => {
  for (const line of ['{"id":"x', '{"id":[1]}', '{"id":true}', '{"id":"\\x"}']) {
    assert.throws(() => printsOf(Buffer.from(`${line}\n`), ['id']), { code: 'integrity' }, line);
  }
});
