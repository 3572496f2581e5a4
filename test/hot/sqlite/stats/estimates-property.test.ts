import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { CountName } from '../../../../src/hot/hot-stats.ts';
import type { DueRule } from '../../../../src/hot/hot-store.ts';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { defineValueFunctions } from '../../../../src/hot/sqlite/connection/value-functions.ts';
import { introspect } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { EFFORT, type Effort } from '../../../../src/hot/sqlite/stats/looks.ts';
import { rowsPerDay } from '../../../../src/hot/sqlite/stats/rows-per-day.ts';
import { tableStats } from '../../../../src/hot/sqlite/stats/table-stats.ts';
import { parseCondition } from '../../../../src/model/filter.ts';
import { asInstant } from '../../../../src/model/instant.ts';
import { openCutoff } from '../../../../src/model/policy/thresholds.ts';
import { parseAuto, parseInstant, type StoredValue } from '../../../../src/model/time/parse-instant.ts';
import { endOfTomorrow, plausibleNumbers } from '../../../../src/model/time/plausible.ts';
import { isSentinel } from '../../../../src/model/time/sentinels.ts';
import { policyOf } from '../../../support/worlds/small-database.ts';

const DAY = 86_400_000_000;
const NOW = Date.parse('2026-02-10T12:00:00.500Z') * 1000;
const NAMES: readonly CountName[] = [
  'hot',
  'stale',
  'warm',
  'undated',
  'sentinel',
  'future',
  'open',
  'held',
  'leased',
  'due',
];

const TYPES = ['TEXT', 'VARCHAR(30)', 'INTEGER', 'BIGINT', 'REAL', 'NUMERIC', 'DATETIME', '', 'BLOB'];
const INDEXES: Readonly<Record<string, string>> = {
  none: '',
  plain: 'CREATE INDEX i ON t (ts)',
  descending: 'CREATE INDEX i ON t (ts DESC)',
  several: 'CREATE INDEX i ON t (ts, state, run); CREATE INDEX j ON t (state, ts)',
  second: 'CREATE INDEX i ON t (state, ts)',
  partial: "CREATE INDEX i ON t (ts) WHERE state = 'open'",
  expression: 'CREATE INDEX i ON t (substr(ts, 1, 10))',
  collated: 'CREATE INDEX i ON t (ts COLLATE NOCASE)',
  open: 'CREATE INDEX i ON t (ts); CREATE INDEX j ON t (state)',
};

/** What a driver may write for one instant: dates in ISO forms, and the time since the epoch in four units and three types. */
const FORMS: readonly ((at: number) => SQLInputValue)[] = [
  (at) => iso(at),
  (at) => iso(at).slice(0, 19),
  (at) => `${iso(at).slice(0, 19)}Z`,
  (at) => iso(at).slice(0, 19).replace('T', ' '),
  (at) => iso(at).slice(0, 10),
  (at) => `${iso(at + 2 * 3_600_000_000).slice(0, 19)}+02:00`,
  (at) => `${iso(at - 5 * 3_600_000_000).slice(0, 19)}-05:00`,
  (at) => `${iso(at).slice(0, 19)}.${String(at % 1_000_000).padStart(6, '0')}Z`,
  (at) => BigInt(Math.floor(at / 1e6)),
  (at) => BigInt(Math.floor(at / 1e3)),
  (at) => BigInt(at),
  (at) => BigInt(at) * 1000n,
  (at) => at / 1e6,
  (at) => at / 1e3,
  (at) => String(Math.floor(at / 1e6)),
  (at) => String(Math.floor(at / 1e3)),
  (at) => String(at),
  (at) => (at / 1e6).toFixed(3),
  (at) => iso(at).slice(0, 16).replace('T', ' '),
  (at) => `${iso(at).slice(0, 19).toLowerCase()}z`,
  (at) => `${iso(at).slice(0, 19)},25`,
  (at) => `${iso(at).slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
  (at) => `${iso(at).slice(0, 19).replace('T', ' ')} UTC`,
  (at) =>
    `${iso(at + 2 * 3_600_000_000)
      .slice(0, 19)
      .replace('T', ' ')}.123456789 +0200 CEST m=+0.1`,
  (at) => String(BigInt(at) * 1000n),
];
/** Forms of other formats than `auto`: as INTEGER, REAL and text. */
const counted = (perSecond: number, origin: number): ((at: number) => SQLInputValue)[] => {
  const value = (at: number): bigint =>
    ((BigInt(at) - BigInt(origin) * 1_000_000n) / (perSecond === 1 ? 1_000_000n : 1n)) *
    BigInt(perSecond === 1 ? 1 : perSecond / 1e6);
  return [value, (at) => Number(value(at)), (at) => String(value(at))];
};
const FORMATS: Readonly<Record<string, readonly ((at: number) => SQLInputValue)[]>> = {
  auto: FORMS,
  s: counted(1, 0),
  ns: counted(1e9, 0),
  apple: counted(1, 978_307_200),
  webkit: counted(1e6, -11_644_473_600),
  filetime: counted(1e7, -11_644_473_600),
  ticks: counted(1e7, -62_135_596_800),
  julian: [(at) => at / DAY + 2_440_587.5, (at) => BigInt(Math.round(at / DAY + 2_440_587.5))],
  'YYYY/MM/DD HH:mm:ss': [(at) => iso(at).slice(0, 19).replaceAll('-', '/').replace('T', ' ')],
  'DD.MM.YYYY HH:mm': [(at) => iso(at).replace(/^(\d+)-(\d+)-(\d+)T(\d+:\d+).*$/, '$3.$2.$1 $4')],
};
const NONE: readonly SQLInputValue[] = [
  ...[null, '', 'yesterday', '2026-02-31T00:00:00Z', '2024-13-01', '2025-x', '99999', 'zzz', '!', '18'],
  ...[
    '0001-01-01',
    '9999-12-31 23:59:59',
    '1970-01-01 00:00:00',
    '1985-03-03',
    '2026-02-13',
    '2040-01-01T00:00:00Z',
  ],
  ...[
    7_000_000_000_000_000_000n,
    133_000_000_000_000_000n,
    790_000_000,
    1_900_000_000n,
    '20260105102030',
    '01.02.2026',
  ],
  ...[0n, -5n, 99_999n, 10n ** 18n, 1.5, -1e300, new Uint8Array([1, 2]), Buffer.from('2024-01-01')],
];

function iso(at: number): string {
  return new Date(Math.floor(at / 1000)).toISOString();
}

const ages = fc.oneof(
  fc.double({ min: -3, max: 900, noNaN: true }),
  fc.constantFrom(6.9, 7, 7.1, 6.5, 7.5, 36.9, 37, 37.1, 0, 0.01),
);
const value = (format: string, forms: readonly number[]): fc.Arbitrary<SQLInputValue> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.tuple(ages, fc.constantFrom(...forms)).map(([days, form]) => {
        const all = FORMATS[format]!;
        return all[form % all.length]!(Math.floor(NOW - days * DAY));
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom(...NONE) },
  );
const table = fc
  .record({
    type: fc.constantFrom(...TYPES),
    index: fc.constantFrom(...Object.keys(INDEXES)),
    withoutRowid: fc.boolean(),
    collate: fc.constantFrom('', '', ' COLLATE NOCASE'),
    hotDays: fc.constantFrom(7, 7, 30, 400),
    format: fc.oneof({ weight: 2, arbitrary: fc.constant('auto') }, fc.constantFrom(...Object.keys(FORMATS))),
    forms: fc.uniqueArray(fc.nat(FORMS.length - 1), { minLength: 1, maxLength: 4 }),
  })
  .chain((world) =>
    fc.record({
      world: fc.constant(world),
      rows: fc.array(
        fc.tuple(
          value(world.format, world.forms),
          fc.constantFrom('done', 'open'),
          fc.constantFrom('a', 'a', 'held'),
        ),
        { minLength: 0, maxLength: 60 },
      ),
    }),
  );

/** Everything in full, an index that is far behind, and a table of which most is never looked at. */
const EFFORTS: readonly Effort[] = [
  EFFORT,
  { past: 5, judged: 1_000_000, sample: 8, places: 3 },
  { past: 0, judged: 0, sample: 2, places: 2 },
];

/** What is true, from each value as SQLite stores it, by the parser that is the reference. */
function truth(db: DatabaseSync, rule: DueRule): Record<CountName, number> & { firstDue: number | null } {
  const found = {
    hot: 0,
    stale: 0,
    warm: 0,
    undated: 0,
    sentinel: 0,
    future: 0,
    open: 0,
    held: 0,
    leased: 0,
    due: 0,
  };
  const { timeFormat: format = 'auto' } = rule.policy;
  const bounds = plausibleNumbers(rule.now);
  let firstDue: number | null = null;
  const read = db.prepare('SELECT ts, state, run FROM t');
  read.setReadBigInts(true);
  for (const { ts, state, run } of read.all() as { ts: SQLInputValue; state: string; run: string }[]) {
    const value = ts as StoredValue;
    const time = format === 'auto' ? parseAuto(value, bounds) : parseInstant(value, format);
    const isNone = time !== null && isSentinel(time, format);
    const at = isNone ? null : time;
    if (at !== null && at > rule.cutoff) {
      found.hot++;
      if (at > endOfTomorrow(rule.now)) found.future++;
      continue;
    }
    found.stale++;
    if (at === null) {
      if (isNone) found.sentinel++;
      else found.undated++;
      continue;
    }
    const young = at > rule.openCutoff;
    if (young) found.warm++;
    if (young && state === 'open') found.open++;
    else if (run === 'held') found.held++;
    else {
      found.due++;
      firstDue = firstDue === null ? at : Math.min(firstDue, at);
    }
  }
  return { ...found, firstDue };
}

test('every count of a table is exact, or lies within the bounds that it names', async () => {
  let [checked, estimates] = [0, 0];
  await fc.assert(
    fc.asyncProperty(table, async ({ world, rows }) => {
      using db = new DatabaseSync(':memory:', { enableForeignKeyConstraints: false });
      const { type, index, withoutRowid, collate, hotDays, format } = world;
      db.exec(
        `CREATE TABLE t (id TEXT PRIMARY KEY, ts ${type}${collate}, state TEXT, run TEXT)${withoutRowid ? ' WITHOUT ROWID' : ''}`,
      );
      db.exec(INDEXES[index]!);
      const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
      for (const [at, [ts, state, run]] of rows.entries()) insert.run(String(at), ts, state, run);
      defineValueFunctions(db, 'UTF-8');
      const connection: Connection = { db, path: ':memory:', encoding: 'UTF-8' };
      const policy = policyOf('t', {
        timeColumn: 'ts',
        openWhile: "state = 'open'",
        ...(format === 'auto' ? {} : { timeFormat: format }),
        hotMs: (hotDays * DAY) / 1000,
      });
      const cutoff = NOW - hotDays * DAY;
      const rule: DueRule = {
        ...{
          policy,
          now: asInstant(NOW),
          cutoff: asInstant(cutoff),
          openCutoff: openCutoff(policy, asInstant(NOW)),
        },
        holds: [[parseCondition('run=held')]],
      };
      const expected = truth(db, rule);
      for (const effort of EFFORTS) {
        const found = await tableStats(connection, introspect(connection, 't')!, rule, effort);
        assert.equal(found.total, rows.length);
        assert.equal(found.hot + found.stale, found.total);
        checked++;
        if (!found.estimated) {
          for (const name of NAMES)
            assert.equal(found[name], expected[name], `${name} ${JSON.stringify(effort)}`);
          assert.equal(found.firstDue, expected.firstDue);
          continue;
        }
        estimates++;
        for (const name of NAMES) {
          const { atLeast, atMost } = found.bounds![name];
          const told = `${name}: ${found[name]}, ${expected[name]} in ${atLeast}..${atMost}`;
          assert.ok(expected[name] >= atLeast && expected[name] <= atMost, told);
          assert.ok(found[name] >= atLeast && found[name] <= atMost, told);
        }
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(checked > 1000 && estimates > 300, `${checked} checked, ${estimates} estimates`);
});

test('an indexed INTEGER column of epoch times is counted exactly, however many rows are hot', async () => {
  for (const [unit, factor] of [
    ['s', 1_000_000],
    ['ms', 1_000],
    ['µs', 1],
  ] as const) {
    using db = new DatabaseSync(':memory:');
    db.exec(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, ts INTEGER, state TEXT, run TEXT); CREATE INDEX i ON t (ts)',
    );
    db.exec(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
      INSERT INTO t SELECT i, (${NOW} - i * 6250000) / ${factor}, 'done', 'a' FROM n`);
    defineValueFunctions(db, 'UTF-8');
    const connection: Connection = { db, path: ':memory:', encoding: 'UTF-8' };
    const policy = policyOf('t', { timeColumn: 'ts' });
    const cutoff = NOW - 7 * DAY;
    const rule: DueRule = {
      policy,
      now: asInstant(NOW),
      cutoff: asInstant(cutoff),
      openCutoff: openCutoff(policy, asInstant(NOW)),
      holds: [],
    };
    const expected = truth(db, rule);
    const found = await tableStats(connection, introspect(connection, 't')!, rule);
    assert.deepEqual(
      [found.due, found.stale, found.hot, found.estimated],
      [expected.due - found.lastId, expected.stale, expected.hot, false],
      unit,
    );
    assert.ok(expected.due > 3000 && expected.due < 4000);
  }
});

test('rows of a day are the same through an index as counted one by one, in every form without a zone', async () => {
  const days = ['2025-12-31', '2026-01-01', '2026-01-02', '2026-02-09'];
  for (const type of TYPES) {
    const formats = Object.entries(FORMATS).flatMap(([format, all]) =>
      all.map((write) => [format, write] as const),
    );
    for (const [form, [timeFormat, write]] of formats.entries()) {
      const indexed = new DatabaseSync(':memory:');
      const plain = new DatabaseSync(':memory:');
      try {
        const counts = [indexed, plain].map((db) => {
          db.exec(`CREATE TABLE t (id INTEGER PRIMARY KEY, ts ${type}, state TEXT, run TEXT)`);
          if (db === indexed) db.exec('CREATE INDEX i ON t (ts)');
          const insert = db.prepare('INSERT INTO t (ts) VALUES (?)');
          for (const day of days)
            for (const hour of [6, 12, 18]) insert.run(write(Date.parse(day) * 1000 + hour * 3_600_000_000));
          defineValueFunctions(db, 'UTF-8');
          const connection: Connection = { db, path: ':memory:', encoding: 'UTF-8' };
          return rowsPerDay(
            connection,
            introspect(connection, 't')!,
            policyOf('t', { timeColumn: 'ts', ...(timeFormat === 'auto' ? {} : { timeFormat }) }),
            days,
          );
        });
        assert.deepEqual(counts[0], counts[1], `${type} ${form}`);
      } finally {
        indexed.close();
        plain.close();
      }
    }
  }
});
