import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { dayNumberSql, instantSql, spanNumberSql } from '../../../../src/hot/sqlite/time/instant-sql.ts';
import { asInstant, dayOf, type Instant } from '../../../../src/model/instant.ts';
import { SPANS, spanAt } from '../../../../src/model/policy/span.ts';
import { parseAuto, parseInstant } from '../../../../src/model/time/parse-instant.ts';
import { plausibleNumbers } from '../../../../src/model/time/plausible.ts';
import { UNIT_NAMES, UNITS, unitRange } from '../../../../src/model/time/time-units.ts';

const NOW = asInstant(Date.parse('2026-03-01T12:00:00Z') * 1000);
const FORMATS = [
  ...[
    'auto',
    ...UNIT_NAMES,
    'DD.MM.YYYY HH:mm:ss',
    'YYYY/MM/DD HH:mm:ss.SSSZ',
    'YYYYMMDDHHmmss',
    'MM-DD-YYYY',
  ],
  ...['YYYY-MM-DDTHHZ', 'DD.MM.YYYY'],
];

for (const encoding of ['UTF-8', 'UTF-16le']) {
  const db = new DatabaseSync(':memory:');
  db.exec(`PRAGMA encoding = '${encoding}'; CREATE TABLE t(v)`);
  const insert = db.prepare('INSERT INTO t VALUES (?)');
  const reads = (sql: string) => {
    const select = db.prepare(
      `SELECT i, ${dayNumberSql('i')} AS day FROM (SELECT ${sql} AS i FROM t LIMIT -1 OFFSET 0)`,
    );
    select.setReadBigInts(true);
    return select;
  };
  const inFormat = new Map(FORMATS.map((format) => [format, reads(instantSql('v', format))]));
  const plausible = reads(instantSql('v', 'auto', plausibleNumbers(NOW)));

  const check = (value: SQLInputValue, format = 'auto'): void => {
    db.exec('DELETE FROM t');
    insert.run(value);
    compare(inFormat.get(format)!, value, parseInstant(value as string, format), format);
    if (format === 'auto')
      compare(plausible, value, parseAuto(value as string, plausibleNumbers(NOW)), 'plausible');
  };
  const compare = (
    select: ReturnType<typeof reads>,
    value: SQLInputValue,
    parsed: Instant | null,
    format: string,
  ): void => {
    const { i, day } = select.get() as { i: bigint | null; day: bigint | null };
    const told = `${format} ${typeof value} ${JSON.stringify(String(value))}`;
    assert.equal(i, parsed === null ? null : BigInt(parsed), told);
    if (parsed !== null) {
      assert.ok(Number.isSafeInteger(parsed) || parsed % 1_000_000 === 0);
      assert.equal(dayOf(asInstant(Number(day) * 86_400_000_000)), dayOf(parsed), `day of ${told}`);
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
  const suffix = fc.oneof(
    fc.constantFrom(
      ...[
        '',
        'Z',
        'z',
        ' UTC',
        ' GMT',
        ' utc',
        '+02',
        ' +0000',
        ' +0000 UTC',
        ' +0000 UTC m=+0.0001',
        ' -0300 -03',
      ],
      ...[
        ' +0530 +0530',
        ' +0530 +05',
        ' +0200 CEST',
        ' +0200 UTC',
        ' +02:00 X m=-1.5',
        ' +0000  UTC',
        ' +0000 UTC m=+1',
      ],
      ...[
        ' +0000 UTC m=+1.2.3',
        ' -00:00 GMT',
        ' +0000 UTCUTCU',
        ' +2400',
        ' +0000 U1',
        ' m=+0.1',
        ' +0000 m=+0.1',
        '.',
        ',5',
      ],
    ),
    zone,
    zone.map((z) => ` ${z}`),
  );
  const clock = fc.oneof(
    fc.tuple(two(24), two(60), two(60)).map((p) => p.join(':')),
    fc.tuple(two(24), two(60)).map((p) => p.join(':')),
  );
  const marks = fc.oneof(fraction, fc.stringMatching(/^,\d{0,9}$/));
  const later = fc.oneof(
    fc.tuple(date, fc.constantFrom('T', ' ', 't'), clock, marks, suffix).map((p) => p.join('')),
    fc
      .tuple(date, fc.constantFrom('T', 't', ' '), clock, marks, suffix)
      .map(([d, t, c, ...rest]) => [d.replaceAll('-', ''), t, c.replaceAll(':', ''), ...rest].join('')),
  );
  const parts = fc.tuple(
    year,
    two(13),
    two(32),
    two(24),
    two(60),
    two(60),
    fc.stringMatching(/^\d{3}$/),
    suffix,
  );
  const patterned = parts.map(
    ([y, m, d, hour, minute, second, ms, z]) =>
      (format: string) =>
        format
          .replace('YYYY', String(y).padStart(4, '0'))
          .replace('MM', m)
          .replace('DD', d)
          .replace('HH', hour)
          .replace('mm', minute)
          .replace('ss', second)
          .replace('SSS', ms)
          .replace('Z', z),
  );
  const digits = fc.tuple(fc.stringMatching(/^\d{1,20}$/), fraction).map((p) => p.join(''));
  const text = fc.oneof(
    moment,
    moment,
    later,
    later,
    date,
    digits,
    fc.string(),
    fc.string({ unit: 'grapheme' }),
  );
  const mutated = fc
    .tuple(
      text,
      fc.nat(30),
      fc.constantFrom('0', '9', '-', ':', ' ', 'T', 'Z', '.', ',', '\0', '\n', 'é', '', '+', 'm'),
    )
    .map(([t, at, c]) => t.slice(0, at) + c + t.slice(at + (at % 2)));
  const epoch = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 0n, max: 2n * 10n ** 17n }),
    fc.bigInt({ min: 10n ** 17n, max: 10n ** 19n - 1n }).map((n) => (n < 2n ** 63n ? n : n / 10n)),
    fc.bigInt({ min: 0n, max: 6n * 10n ** 6n }),
    fc.constantFrom(
      0n,
      631_152_000n,
      631_152_000_000n,
      631_152_000_000_000n,
      817_000_000n,
      817_000_000_000_000_000n,
    ),
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
    fc.double({ min: 1.7e6, max: 5.4e6, noNaN: true }),
    fc.constantFrom(0, -0, 5373484.4989999, 253402300798.9999, 1721425.5),
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
        (value) => check(value),
      ),
      { numRuns: 6000 },
    );
  });

  test(`in ${encoding} SQL and parseInstant read every format alike`, () => {
    const count = epoch.chain((n) => fc.constantFrom<SQLInputValue>(n, Number(n), String(n), `${n}.25`));
    const near = fc
      .tuple(fc.constantFrom(...UNITS), fc.bigInt({ min: -2n, max: 2n }), fc.boolean())
      .map(([unit, off, last]) => {
        const { least, end } = unitRange(unit);
        const value = (last ? end : least) + off;
        return value < -(2n ** 63n) ? -(2n ** 63n) : value < 2n ** 63n ? value : 2n ** 63n - 1n;
      })
      .chain((n) => fc.constantFrom<SQLInputValue>(n, Number(n), String(n)));
    const any = fc.oneof(text, mutated, count, near, real, digits) as fc.Arbitrary<SQLInputValue>;
    const inPattern = fc
      .tuple(patterned, fc.constantFrom(...FORMATS), fc.constantFrom(...FORMATS))
      .map(([write, written, read]): [SQLInputValue, string] => {
        const value = write(written);
        return [/^[1-9]\d{9,17}$/.test(value) ? BigInt(value) : value, read === 's' ? written : read];
      });
    const same = fc
      .tuple(patterned, fc.constantFrom(...FORMATS.filter((format) => format.includes('YYYY'))))
      .map(([write, format]): [SQLInputValue, string] => [write(format), format]);
    fc.assert(
      fc.property(fc.oneof(fc.tuple(any, fc.constantFrom(...FORMATS)), inPattern, same), ([value, format]) =>
        check(value, format),
      ),
      { numRuns: 9000 },
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
