import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SQLInputValue } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { HOSTILE_NOW, HostileWorld } from '../../support/worlds/hostile-world.ts';

// With a hot time of seven days the cutoff of HOSTILE_NOW is 2026-02-03T12:00:00Z, to the microsecond.
const CUTOFF_S = Date.parse('2026-02-03T12:00:00Z') / 1000;

/** By format: the last value that is due, the first that is not, and after how many milliseconds that one is. */
const AROUND: readonly (readonly [
  format: string,
  due: SQLInputValue,
  young: SQLInputValue,
  laterMs: number,
])[] = [
  ['Python', '2026-02-03T12:00:00.000000Z', '2026-02-03T12:00:00.000001Z', 1],
  ['Python, before', '2026-02-03T11:59:59.999999Z', '2026-02-03T12:00:00.999999Z', 1000],
  ['Python without a fraction', '2026-02-03T12:00:00Z', '2026-02-03T12:00:01Z', 1000],
  ['the server', '2026-02-03T12:00:00.000Z', '2026-02-03T12:00:00.001Z', 1],
  ['the server, before', '2026-02-03T11:59:59.999Z', '2026-02-03T12:00:00.002Z', 2],
  ['a default', '2026-02-03 12:00:00', '2026-02-03 12:00:01', 1000],
  ['a default with a fraction', '2026-02-03 12:00:00.0', '2026-02-03 12:00:00.1', 100],
  ['the bus', '2026-02-03T12:00:00+00:00', '2026-02-03T12:00:00.000001+00:00', 1],
  ['east of Greenwich', '2026-02-03T17:30:00+05:30', '2026-02-03T17:30:00.000001+05:30', 1],
  ['west of Greenwich', '2026-02-03T04:00:00-08:00', '2026-02-03T04:00:00.000001-08:00', 1],
  ['the day before there', '2026-02-02T23:00:00-13:00', '2026-02-02T23:00:01-13:00', 1000],
  ['the day after there', '2026-02-04T02:00:00+14:00', '2026-02-04T02:00:00.5+14:00', 500],
  ['an offset without a colon', '2026-02-03T17:30:00+0530', '2026-02-03T17:30:01+0530', 1000],
  ['an offset of hours', '2026-02-03 17:00:00+05', '2026-02-03 17:00:01+05', 1000],
  ['nanoseconds', '2026-02-03T12:00:00.000000999Z', '2026-02-03T12:00:00.000001000Z', 1],
  ['T without a zone', '2026-02-03T12:00:00', '2026-02-03T12:00:00.000001', 1],
  ['epoch seconds', BigInt(CUTOFF_S), BigInt(CUTOFF_S + 1), 1000],
  ['epoch milliseconds', BigInt(CUTOFF_S) * 1000n, BigInt(CUTOFF_S) * 1000n + 1n, 1],
  ['epoch microseconds', BigInt(CUTOFF_S) * 1_000_000n, BigInt(CUTOFF_S) * 1_000_000n + 1n, 1],
  ['epoch seconds as REAL', CUTOFF_S - 0.5, CUTOFF_S + 0.25, 250],
  ['epoch seconds as digits', `${CUTOFF_S}`, `${CUTOFF_S + 1}`, 1000],
  ['epoch seconds as digits with a fraction', `${CUTOFF_S}.000000`, `${CUTOFF_S}.000001`, 1],
  ['epoch milliseconds as digits', `${CUTOFF_S}000`, `${CUTOFF_S}001`, 1],
  [
    'epoch nanoseconds',
    BigInt(CUTOFF_S) * 1_000_000_000n + 999n,
    BigInt(CUTOFF_S) * 1_000_000_000n + 1000n,
    1,
  ],
  ['lower case', '2026-02-03t12:00:00z', '2026-02-03t12:00:01z', 1000],
  ['no seconds', '2026-02-03 12:00', '2026-02-03T12:01', 60_000],
  ['a comma', '2026-02-03T12:00:00,000Z', '2026-02-03T12:00:00,001Z', 1],
  ['basic', '20260203T120000Z', '20260203T120001Z', 1000],
  ['with UTC', '2026-02-03 12:00:00 UTC', '2026-02-03 12:00:01 UTC', 1000],
  ['Go', '2026-02-03 14:00:00 +0200 CEST', '2026-02-03 14:00:00.001 +0200 CEST m=+0.1', 1],
  ['a date', '2026-02-02', '2026-02-03', 12 * 3_600_000],
];

/** What nobody can understand as a time: it is counted, and never moves. */
const GARBAGE: readonly SQLInputValue[] = [
  null,
  '',
  ' ',
  'yesterday',
  'now',
  'NULL',
  'NaN',
  -1n,
  1n,
  20260116n,
  -1_768_562_613n,
  9_223_372_036_854_775_807n,
  1e300,
  -1e300,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0.5,
  Uint8Array.from([0]),
  Buffer.from('2026-01-16T11:23:33Z'),
  '2026-02-30T00:00:00Z',
  '2025-02-29',
  '2026-13-01T00:00:00Z',
  '2026-00-10',
  '2026-01-00',
  '2026-01-16T24:00:00Z',
  '2026-01-16T23:60:00Z',
  '2026-01-16T23:59:60Z',
  ' 2026-01-16T11:23:33Z',
  '2026-01-16T11:23:33Z ',
  '2026-01-16T11:23:33.Z',
  '2026-01-16T11:23:33+24:00',
  '2026-01-16T11:23:33+05:60',
  '2026-01-16T11:23:33 CET',
  '2026-01-16 11:23:33 +0200 UTC',
  20260116112333n,
  '20260116112333',
  1_700_000_000_000_000_000_000,
  780_000_000n,
  2461057.5,
  '2026-01-16\0T11:23:33Z',
  '2026-01-16T11:23:33Z\0',
  '２０２６-01-16',
  '16.01.2026',
  '01/16/2026',
  'Fri, 16 Jan 2026 11:23:33 GMT',
  '20260116',
  '2026-01-16T11:23:33.120157Z'.repeat(2),
  '-2026-01-16T11:23:33Z',
  '12026-01-16T11:23:33Z',
  '0000-01-01T00:00:00Z',
  '1768562613e0',
  '+1768562613',
  '0x6969f6f5',
];

const TYPES = {
  untyped: '',
  'indexed, untyped': '',
  text: 'TEXT',
  'indexed, text': 'TEXT',
  'indexed, text without regard to case': 'TEXT COLLATE NOCASE',
  'in the key': '',
} as const;

type Row = readonly [name: string, value: SQLInputValue];

function worldOf(t: TestContext, rows: readonly Row[], encoding: 'UTF-8' | 'UTF-16le'): HostileWorld {
  const names = Object.keys(TYPES);
  return new HostileWorld(t, {
    tables: Object.fromEntries(names.map((name) => [name, {}])),
    encoding,
    fill: (db) => {
      for (const [name, type] of Object.entries(TYPES)) {
        const key = name === 'in the key' ? ', PRIMARY KEY (ts, id)' : ', PRIMARY KEY (id)';
        db.exec(`CREATE TABLE "${name}" (id TEXT, ts ${type}${key})`);
        if (name.startsWith('indexed')) db.exec(`CREATE INDEX "${name} index" ON "${name}" (ts)`);
        const insert = db.prepare(`INSERT INTO "${name}" VALUES (?, ?)`);
        for (const row of rows) insert.run(...row);
      }
    },
  });
}

function hotIds(world: HostileWorld, table: string): string[] {
  using db = world.others();
  return db
    .prepare(`SELECT id FROM "${table}" ORDER BY id`)
    .all()
    .map(({ id }) => String(id));
}

for (const encoding of ['UTF-8', 'UTF-16le'] as const) {
  test(`a row of any format leaves at the microsecond it is due, and not before (${encoding})`, async (t) => {
    const rows = AROUND.flatMap(([format, due, young]): Row[] => [
      [`${format}: due`, due],
      [`${format}: young`, young],
    ]);
    const world = worldOf(t, rows, encoding);
    const steps = encoding === 'UTF-8' ? [0, 1, 250, 1000] : [0];
    for (const laterMs of [...steps, 12 * 3_600_000]) {
      const { status, tables } = await world.archive('all', [], { now: HOSTILE_NOW + laterMs });
      assert.equal(status, 0);
      const expected = AROUND.filter(([, , , later]) => later > laterMs).map(
        ([format]) => `${format}: young`,
      );
      for (const name of Object.keys(TYPES)) {
        assert.deepEqual(hotIds(world, name), expected.sort(), `${name}, ${laterMs} ms later`);
      }
      for (const { undated } of tables) assert.equal(undated, 0);
    }
    world.assertWhole();
  });

  test(`what is no time stays, is counted, and is said, even when everything is to leave (${encoding})`, async (t) => {
    const rows = GARBAGE.map((value, at): Row => [`${at} ${value}`, value]);
    const world = worldOf(t, [...rows, ['a row with a time', '2026-01-16T11:23:33Z']], encoding);
    for (const more of [[], ['--older-than', '0d']]) {
      const { status, tables, warnings } = await world.archive('all', more);
      assert.equal(status, 0);
      for (const { table, undated } of tables) {
        const kept = hotIds(world, table);
        assert.equal(undated, GARBAGE.length, `${table}: ${kept.length} are hot`);
        assert.ok(
          warnings.some((warning) =>
            warning.startsWith(`${table}: ${GARBAGE.length} rows have a missing or invalid timestamp`),
          ),
        );
        assert.deepEqual(kept, rows.map(([id]) => id).sort());
      }
    }
    world.assertWhole();
  });
}

test('the day of a file is the UTC day of the row’s own time, whatever zone it was written in', async (t) => {
  const days: readonly (readonly [value: SQLInputValue, day: string])[] = [
    ['2026-01-15T23:59:59.999999Z', '2026-01-15'],
    ['2026-01-16T00:00:00Z', '2026-01-16'],
    ['2026-01-17T05:29:59.999999+05:30', '2026-01-16'],
    ['2026-01-17T05:30:00+05:30', '2026-01-17'],
    ['2026-01-17T15:59:59-08:00', '2026-01-17'],
    ['2026-01-17T16:00:00-08:00', '2026-01-18'],
    ['2026-01-19', '2026-01-19'],
    [BigInt(Date.parse('2026-01-20T00:00:00Z') / 1000), '2026-01-20'],
    [BigInt(Date.parse('2026-01-21T00:00:00Z')) - 1n, '2026-01-20'],
    [BigInt(Date.parse('2026-01-21T00:00:00Z')) * 1000n, '2026-01-21'],
    ['1999-12-31T23:59:59Z', '1999-12-31'],
    ['0001-01-02T00:00:00Z', '0001-01-02'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31'],
  ];
  const world = worldOf(
    t,
    days.map(([value, day], at): Row => [`${at} ${day}`, value]),
    'UTF-8',
  );
  assert.equal((await world.archive()).status, 0);
  const expected = [...new Set(days.map(([, day]) => day))].sort();
  assert.deepEqual(readdirSync(join(world.archives, 'warm')).sort(), expected);
  world.assertWhole('python');
});

test('a clock that was set back between two runs moves nothing early, and doubles nothing', async (t) => {
  const rows = AROUND.map(([format, , young]): Row => [format, young]);
  const world = worldOf(t, rows, 'UTF-8');
  const later = { now: HOSTILE_NOW + 400 * 86_400_000 };
  assert.ok((await world.archive('all', [], later)).total > 0);
  using db = world.others();
  db.exec(`INSERT INTO text VALUES ('new', '2026-02-03T11:00:00Z'), ('young', '2026-02-04T00:00:00Z')`);
  world.photograph();
  const back = await world.archive();
  assert.deepEqual([back.status, back.total], [0, 1], back.stderr);
  assert.deepEqual(hotIds(world, 'text'), ['young']);
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  assert.equal(world.archived().get('text')!.length, AROUND.length + 1);
});
