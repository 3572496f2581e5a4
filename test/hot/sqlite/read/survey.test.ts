import assert from 'node:assert/strict';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Survey } from '../../../../src/hot/hot-store.ts';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { introspect, shapedAs } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { rangesToExamine } from '../../../../src/hot/sqlite/survey/age-ranges.ts';
import { createDueKeys } from '../../../../src/hot/sqlite/survey/due-keys.ts';
import { surveyTable } from '../../../../src/hot/sqlite/survey/due-survey.ts';
import { asInstant, dayOf } from '../../../../src/model/instant.ts';
import { withGenerated } from '../../../../src/model/shape.ts';
import { oddTimes } from '../../../../src/model/time/odd-times.ts';
import { parseAuto } from '../../../../src/model/time/parse-instant.ts';
import { endOfTomorrow, plausibleNumbers } from '../../../../src/model/time/plausible.ts';
import { isSentinel } from '../../../../src/model/time/sentinels.ts';
import { isError, ruleOf } from '../../hot-trial.ts';

const NOW = ruleOf().now;
const DAY = 86_400_000_000;

/** Instants around now, the cutoff and the turn of months and years, in every format. */
const stamp: fc.Arbitrary<SQLInputValue> = fc
  .tuple(
    fc.oneof(
      fc.integer({ min: NOW - 60 * DAY, max: NOW + 3 * DAY }),
      fc.integer({ min: NOW - 9 * DAY, max: NOW - 5 * DAY }),
    ),
    fc.integer({ min: 0, max: 14 }),
    fc.integer({ min: -23, max: 23 }),
  )
  .map(([instant, form, zone]): SQLInputValue => {
    const iso = new Date(instant / 1000).toISOString();
    const moved = new Date(instant / 1000 + zone * 3_600_000).toISOString();
    const hours = `${zone < 0 ? '-' : '+'}${String(Math.abs(zone)).padStart(2, '0')}`;
    const forms: SQLInputValue[] = [
      iso,
      iso.slice(0, 19).replace('T', ' '),
      iso.slice(0, 10),
      `${moved.slice(0, 19)}${hours}:00`,
      `${moved.slice(0, 19)}${hours}`,
      BigInt(Math.trunc(instant / 1e6)),
      BigInt(Math.trunc(instant / 1e3)),
      BigInt(instant),
      instant / 1e6,
      String(Math.trunc(instant / 1e3)),
      iso.slice(0, 16),
      `${moved.slice(0, 19).replace('T', ' ')}.5 ${hours}00 X`,
      iso.slice(0, 19).replaceAll(/[-:]/g, ''),
      BigInt(instant) * 1000n,
      `${iso.slice(0, 19).replace('T', ' ')} UTC`,
    ];
    return forms[form]!;
  });
const garbage = fc.constantFrom<SQLInputValue[]>(
  null,
  '',
  'now',
  '2026-01',
  '2026-01-40',
  '20260120',
  5n,
  0n,
  '9999-12-31',
  '0001-01-01 00:00:00',
  '1970-01-01',
  780_000_000n,
  '2030-01-01',
  new Uint8Array(3),
);
const state = fc.constantFrom('done', 'open', 'held');
const HOLDS = [[{ column: 'state', op: '=', value: 'held' }]] as const;

function open(column: string, index: boolean): Connection {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE t (ts ${column}, state TEXT, n); ${index ? 'CREATE INDEX i ON t (ts)' : ''}`);
  return { db, path: ':memory:', encoding: 'UTF-8' };
}

function expected(rows: readonly { ts: SQLInputValue; state: string }[]): Survey {
  const rule = ruleOf(HOLDS);
  const days = new Map<string, number>();
  let [held, stillOpen, undated, sentinel, future] = [0, 0, 0, 0, 0];
  for (const row of rows) {
    const instant = parseAuto(row.ts as string, plausibleNumbers(rule.now));
    if (instant === null) undated++;
    else if (isSentinel(instant, 'auto')) sentinel++;
    else if (instant > endOfTomorrow(rule.now)) future++;
    else if (instant > rule.cutoff) continue;
    else if (row.state === 'open' && instant > rule.openCutoff) stillOpen++;
    else if (row.state === 'held') held++;
    else days.set(dayOf(instant), (days.get(dayOf(instant)) ?? 0) + 1);
  }
  const sorted = [...days]
    .map(([day, count]) => ({ day, rows: count }))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  return {
    days: sorted,
    open: stillOpen,
    held,
    leased: 0,
    lastId: 0,
    ruled: 0,
    newest: 0,
    undated,
    ...oddTimes({ sentinel, future, hint: null }),
  };
}

for (const column of ['', 'TEXT', 'INTEGER', 'REAL', 'BLOB', 'DATETIME']) {
  for (const index of [false, true]) {
    test(`a ${column || 'typeless'} age column ${index ? 'with' : 'without'} an index: the survey is what parseInstant says`, async () => {
      let serial = 0;
      const connection = open(column, index);
      const insert = connection.db.prepare('INSERT INTO t VALUES (?, ?, 0)');
      const table = introspect(connection, 't')!;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.oneof({ weight: 9, arbitrary: stamp }, garbage), state)),
          async (rows) => {
            connection.db.exec('DELETE FROM t');
            for (const row of rows) insert.run(...row);
            const keys = createDueKeys(connection, table, serial++);
            const found = await surveyTable(connection, table, ruleOf(HOLDS), keys);
            connection.db.exec(`DROP TABLE ${keys.name}`);
            // As the column's affinity stored them.
            const select = connection.db.prepare('SELECT ts, state FROM t');
            select.setReadBigInts(true);
            const wanted = expected(select.all() as { ts: SQLInputValue; state: string }[]);
            // Garbage that stands among hot values in the index is not met.
            const { oddTimes: odd, ...counts } = found;
            const { oddTimes: wantedOdd, ...wantedCounts } = wanted;
            assert.deepEqual({ ...counts, undated: 0 }, { ...wantedCounts, undated: 0 });
            assert.deepEqual(
              [odd?.sentinel ?? 0, odd?.future ?? 0],
              [wantedOdd?.sentinel ?? 0, wantedOdd?.future ?? 0],
            );
            assert.ok(index ? found.undated <= wanted.undated : found.undated === wanted.undated);
          },
        ),
        { numRuns: 120 },
      );
    });
  }
}

test('with an index, hot rows are not looked at', () => {
  const ranges = rangesToExamine({
    cutoff: asInstant(NOW - 400 * DAY),
    now: NOW,
    numeric: true,
    format: 'auto',
  });
  const isText = (bound: string | null): bound is string => bound?.startsWith("'") ?? false;
  const texts = (text: string) =>
    ranges.some(
      ({ from, to }) =>
        (!isText(from) || text >= from.slice(1, -1)) && (isText(to) ? text < to.slice(1, -1) : to === null),
    );
  for (const hot of [
    '2025-02-01T00:00:00Z',
    '2025-12-31',
    '2026-01-01',
    '2026-02-09T23:00:00Z',
    '2025-06-06',
  ]) {
    assert.equal(texts(hot), false, hot);
  }
  for (const due of ['2024-12-31', '2023-01-01', '2025-01-07', '1735689600', '20255000', '2025', 'x', '']) {
    assert.equal(texts(due), true, due);
  }
});

for (const [kind, column, from] of [
  ['an ordinary', 'TEXT', 'ts'],
  ['a stored generated', "TEXT AS (json_extract(state, '$.at')) STORED", 'state'],
  ['a virtual generated', "TEXT AS (json_extract(state, '$.at'))", 'state'],
] as const) {
  test(`each piece of a survey is a search of the index of ${kind} column`, async () => {
    const connection = open(column, true);
    const value = from === 'ts' ? '2026-01-01' : '{"at": "2026-01-01"}';
    connection.db.exec(`INSERT INTO t (${from}, n) VALUES ('${value}', 0)`);
    await eachPieceIsASearch(connection);
  });
}

async function eachPieceIsASearch(connection: Connection): Promise<void> {
  const seen: string[] = [];
  const db = new Proxy(connection.db, {
    get: (target, name) =>
      name !== 'prepare'
        ? (Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name))
        : (sql: string) => {
            seen.push(sql);
            return target.prepare(sql);
          },
  });
  const found = introspect(connection, 't')!;
  const table = shapedAs(found, withGenerated(found.shape, ['ts']));
  const { days } = await surveyTable(
    { ...connection, db },
    table,
    ruleOf(),
    createDueKeys(connection, table, 0),
  );
  assert.deepEqual(
    days.map(({ rows }) => rows),
    [1],
  );
  const pieces = seen.filter((sql) => sql.includes('INSERT'));
  assert.ok(pieces.length > 0);
  for (const sql of pieces) {
    const plan = connection.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
    assert.ok(
      plan.some(({ detail }) => /^SEARCH main\.t USING (COVERING )?INDEX i/.test(detail)),
      JSON.stringify(plan),
    );
    assert.ok(!plan.some(({ detail }) => /^SCAN (main\.)?t\b/.test(detail)));
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
/** Of each form, a type of its column and how a time is written; `all`: the index is not in the order of time, so it is read as a whole. */
const INDEXED: readonly (readonly [
  type: string,
  format: string,
  write: (ms: number) => SQLInputValue,
  reads: 'some' | 'all',
])[] = [
  ['TEXT', 'auto', iso, 'some'],
  ['DATETIME', 'auto', (ms) => iso(ms).slice(0, 16).replace('T', ' '), 'some'],
  ['', 'auto', (ms) => `${iso(ms).slice(0, 19).replace('T', ' ')}.123456789 +0000 UTC m=+0.1`, 'some'],
  ['TEXT', 'auto', (ms) => iso(ms).slice(0, 19).replaceAll(/[-:]/g, ''), 'all'],
  ['INTEGER', 'auto', (ms) => BigInt(Math.trunc(ms / 1000)), 'some'],
  ['REAL', 'auto', (ms) => ms / 1000, 'some'],
  ['NUMERIC', 'auto', (ms) => BigInt(ms), 'some'],
  ['BLOB', 'auto', (ms) => BigInt(ms) * 1_000_000n, 'some'],
  ['TEXT', 'auto', (ms) => String(ms), 'all'],
  ['INTEGER', 's', (ms) => BigInt(Math.trunc(ms / 1000)), 'some'],
  ['TIMESTAMP', 'apple', (ms) => ms / 1000 - 978_307_200, 'some'],
  ['INTEGER', 'webkit', (ms) => (BigInt(ms) + 11_644_473_600_000n) * 1_000n, 'some'],
  ['BIGINT', 'filetime', (ms) => (BigInt(ms) + 11_644_473_600_000n) * 10_000n, 'some'],
  ['INTEGER', 'ticks', (ms) => (BigInt(ms) + 62_135_596_800_000n) * 10_000n, 'some'],
  ['REAL', 'julian', (ms) => ms / 86_400_000 + 2_440_587.5, 'some'],
  ['TEXT', 'YYYY/MM/DD HH:mm', (ms) => iso(ms).slice(0, 16).replaceAll('-', '/').replace('T', ' '), 'some'],
  ['TEXT', 'DD.MM.YYYY', (ms) => iso(ms).replace(/^(\d+)-(\d+)-(\d+).*/, '$3.$2.$1'), 'all'],
];

for (const [type, format, write, reads] of INDEXED) {
  const example = String(write(NOW / 1000));
  test(`the index is searched for ${type || 'untyped'} values like ${example} in the format ${format}, and finds every due row`, async () => {
    const connection = open(type, true);
    const insert = connection.db.prepare("INSERT INTO t VALUES (?, 'done', 0)");
    // Hot ones of the last days but today, and three that are due.
    for (let n = 0; n < 400; n++) insert.run(write(NOW / 1000 - 86_400_000 - n * 600_000));
    for (const days of [30, 60, 90]) insert.run(write(NOW / 1000 - days * 86_400_000));
    const rule = ruleOf();
    const policy = format === 'auto' ? rule.policy : { ...rule.policy, timeFormat: format };
    const table = introspect(connection, 't')!;
    const keys = createDueKeys(connection, table, 0);
    const { days, undated } = await surveyTable(connection, table, { ...rule, policy }, keys);
    assert.deepEqual([days.length, undated], [3, 0]);
    const bounds = { cutoff: rule.cutoff, now: NOW, numeric: !table.textual.has('ts'), format };
    let examined = 0;
    for (const { from, to } of rangesToExamine(bounds)) {
      const where = [
        from === null ? 'ts IS NOT NULL' : `ts >= ${from}`,
        ...(to === null ? [] : [`ts < ${to}`]),
      ];
      const source = `FROM main.t INDEXED BY i WHERE ${where.join(' AND ')}`;
      const plan = connection.db.prepare(`EXPLAIN QUERY PLAN SELECT 1 ${source}`).all() as {
        detail: string;
      }[];
      // Where the whole index is wanted, it may as well be scanned.
      const isWhole = from === null && to === null;
      assert.match(
        plan[0]!.detail,
        isWhole
          ? /^(SEARCH|SCAN) main\.t USING (COVERING )?INDEX i/
          : /^SEARCH main\.t USING (COVERING )?INDEX i/,
      );
      examined += (connection.db.prepare(`SELECT count(*) AS n ${source}`).get() as { n: number }).n;
    }
    if (reads === 'all') assert.equal(examined, 403);
    else assert.ok(examined < 300 && examined >= 3, `${examined} of 403 rows are examined`);
  });
}

test('a policy or a hold that does not fit the table is refused', async () => {
  const connection = open('TEXT', false);
  const table = introspect(connection, 't')!;
  const keys = createDueKeys(connection, table, 0);
  const rule = ruleOf();
  const policy = { ...rule.policy, timeColumn: 'made_at' };
  await assert.rejects(surveyTable(connection, table, { ...rule, policy }, keys), isError('config'));
  const lost = ruleOf([[{ column: 'gone', op: '=', value: '1' }]]);
  await assert.rejects(surveyTable(connection, table, lost, keys), isError('refused'));
});
