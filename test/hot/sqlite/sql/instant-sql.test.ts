import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayNumberSql, instantSql, spanNumberSql } from '../../../../src/hot/sqlite/sql/instant-sql.ts';
import { asInstant, dayOf, parseInstant } from '../../../../src/model/instant.ts';
import { SPANS, spanAt } from '../../../../src/model/policy/span.ts';

for (const encoding of ['UTF-8', 'UTF-16le']) {
  const db = new DatabaseSync(':memory:');
  db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(v)`);
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  const select = db.prepare(
    `SELECT i, ${dayNumberSql('i')} AS day FROM (SELECT ${instantSql('v')} AS i FROM t LIMIT -1 OFFSET 0)`,
  );
  select.setReadBigInts(true);

  const check = (value: SQLInputValue): void => {
    db.exec('DELETE FROM t');
    insert.run(value);
    const { i, day } = select.get() as { i: bigint | null; day: bigint | null };
    const parsed = parseInstant(value as string);
    assert.equal(i, parsed === null ? null : BigInt(parsed), `${typeof value} ${value}`);
    if (parsed !== null) {
      assert.ok(Number.isSafeInteger(parsed) || parsed % 1_000_000 === 0);
      assert.equal(dayOf(asInstant(Number(day) * 86_400_000_000)), dayOf(parsed), `day of ${value}`);
    }
  };

  const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const year = fc.oneof(
    fc.integer({ min: 1970, max: 2030 }),
    fc.integer({ min: 0, max: 9999 }),
    fc.constantFrom(0, 1, 1699, 1700, 2199, 2200, 9999),
  );
  const date = fc.tuple(year, two(13), two(32)).map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
  const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{0,9}$/));
  const zone = fc.oneof(
    fc.constantFrom('', 'Z', '+00:00', '-0000', '+24:00', '+23:60', '+1', 'z', ' Z'),
    fc.tuple(fc.constantFrom('+', '-'), two(25), fc.constantFrom(':', ''), two(61)).map((p) => p.join('')),
    fc.tuple(fc.constantFrom('+', '-'), two(25)).map((p) => p.join('')),
  );
  const time = fc.tuple(two(24), two(60), two(60)).map((p) => p.join(':'));
  const moment = fc
    .tuple(date, fc.constantFrom('T', ' ', 't', '  ', ''), time, fraction, zone)
    .map((p) => p.join(''));
  const digits = fc.tuple(fc.stringMatching(/^\d{1,20}$/), fraction).map((p) => p.join(''));
  const text = fc.oneof(moment, moment, date, digits, fc.string(), fc.string({ unit: 'grapheme' }));
  const mutated = fc
    .tuple(text, fc.nat(30), fc.constantFrom('0', '9', '-', ':', ' ', 'T', 'Z', '.', '\0', 'é', '', '+'))
    .map(([t, at, c]) => t.slice(0, at) + c + t.slice(at + (at % 2)));
  const epoch = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 2n * 10n ** 17n }),
    fc
      .tuple(fc.integer({ min: 7, max: 18 }), fc.integer({ min: -2, max: 2 }))
      .map(([e, d]) => 10n ** BigInt(e) + BigInt(d)),
    fc
      .tuple(fc.constantFrom(1n, 1000n, 1000000n), fc.integer({ min: -2, max: 2 }))
      .map(([u, d]) => 9007199254n * u + BigInt(d)),
  );
  const real = fc.oneof(
    fc.double({ noNaN: true }),
    fc.double({ min: 1e7, max: 2e17, noNaN: true }),
    epoch.map((n) => Number(n) + 0.123457),
  );

  test(`in ${encoding} the SQL expression and parseInstant understand every value alike`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          mutated,
          epoch,
          real,
          fc.constant(null),
          fc.uint8Array(),
        ) as fc.Arbitrary<SQLInputValue>,
        check,
      ),
      { numRuns: 6000 },
    );
  });

  test(`in ${encoding} every real format is understood as the same instant in SQL`, () => {
    const known = Date.parse('2026-01-16T11:23:33Z') * 1000;
    const formats: [SQLInputValue, number][] = [
      ['2026-01-16T11:23:33Z', known],
      ['2026-01-16 11:23:33', known],
      ['2026-01-16T11:23:33.120157Z', known + 120157],
      ['2026-01-16T11:23:33.120Z', known + 120000],
      ['2026-01-16T13:23:33+02:00', known],
      ['2026-01-16T06:53:33.5-0430', known + 500000],
      ['2026-01-16T13:23:33+02', known],
      ['2026-01-16', known - 41013000000 + 86399999999],
      [1768562613n, known],
      [1768562613120n, known + 120000],
      [1768562613120157n, known + 120157],
      [1768562613.5, known + 500000],
      ['1768562613', known],
      ['1768562613.120157', known + 120157],
    ];
    for (const [value, instant] of formats) {
      assert.equal(parseInstant(value as string), instant, String(value));
      check(value);
    }
  });
}

test('SQL finds the same span as the model, before 1970 and in far years too', () => {
  const db = new DatabaseSync(':memory:');
  const statements = new Map(
    SPANS.map((span) => [span, db.prepare(`SELECT ${spanNumberSql('?1', span)} AS n`)]),
  );
  const seconds = fc.integer({ min: Date.parse('0001-01-08') / 1000, max: Date.parse('9999-12-31') / 1000 });
  fc.assert(
    fc.property(seconds, fc.constantFrom(...SPANS), (second, span) => {
      const { n } = statements.get(span)!.get(BigInt(second) * 1_000_000n) as { n: number };
      assert.equal(
        new Date(n * 86_400_000).toISOString().slice(0, 10),
        spanAt(asInstant(second * 1e6), span).day,
      );
    }),
  );
});
