import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { everything } from '../../../src/lookup/read/query.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const DAYS = 40;
const LATER = Date.parse('2026-02-10T12:00:00Z');

/** One moment as programs write it: some forms compare as texts with no other, and some are not understood at all. */
function forms(at: number): unknown[] {
  const iso = new Date(at).toISOString();
  const zoned = (hours: number, zone: string): string =>
    `${new Date(at + hours * 3_600_000).toISOString().slice(0, 19)}${zone}`;
  return [
    ...[iso, iso.slice(0, 19).replace('T', ' '), `${iso.slice(0, 19)}+00:00`, iso.slice(0, 10)],
    ...[zoned(2, '+02:00'), zoned(-11, '-11:00'), zoned(14, '+14'), zoned(23, '+2300')],
    ...[String(Math.floor(at / 1000)), String(at), `${at}000`, `000${at}`, `${Math.floor(at / 1000)}.25`],
  ];
}

const LATER_FORMS = (at: number): string[] => {
  const iso = new Date(at).toISOString();
  return [
    iso.slice(0, 19).replaceAll(/[-:]/g, ''),
    iso.slice(0, 16),
    `${iso.slice(0, 19).replace('T', ' ')} +0200 CEST`,
  ];
};

const NO_TIMES = [null, '', 'yesterday', '2026', '2026-01', Buffer.from('2026-01-15'), '9', '-5', '~'];

/** `plain`: forms that Firn always read; `later`: a day has others too; `counted`: milliseconds. */
function create(path: string): void {
  using db = new DatabaseSync(path);
  for (const [table, type] of [
    ['plain', 'TEXT'],
    ['later', 'TEXT'],
    ['counted', 'INTEGER'],
  ] as const) {
    db.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY AUTOINCREMENT, ts ${type}, run TEXT)`);
    const insert = db.prepare(`INSERT INTO ${table} (ts, run) VALUES (?, ?)`);
    for (let day = 0; day < DAYS; day++) {
      const at = Date.UTC(2025, 11, 14) + day * 86_400_000 + (day % 5) * 20_000_000;
      const times =
        table === 'counted'
          ? [BigInt(at), BigInt(at) + 40_000_000n]
          : [...forms(at), ...(table === 'later' && day % 3 === 0 ? LATER_FORMS(at) : [])];
      for (const [n, ts] of times.entries()) insert.run(ts as string, `run-${n % 3}`);
    }
    if (table !== 'counted') for (const ts of NO_TIMES) insert.run(ts as string, 'odd');
  }
}

let world: LookupWorld;
let session: SqlSession;

before(async () => {
  const policies = buildPolicySet([
    policyOf('plain'),
    policyOf('later'),
    policyOf('counted', { timeFormat: 'ms' }),
  ]);
  world = new LookupWorld(policies, create);
  await world.archiveAll({}, SMALL_NOW);
  await world.consolidate(LATER);
  session = await SqlSession.open(await world.places(), everything(['plain', 'later', 'counted']));
});

after(async () => {
  await session[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

async function ids(sql: string): Promise<{ ids: unknown[]; spared: number }> {
  const answer = await session.run(sql);
  const found: unknown[] = [];
  for await (const piece of answer.rows) for (const [id] of piece) found.push(id);
  const spared = [...answer.reports.values()].map(({ segments }) => segments.pruned.time);
  return { ids: found.sort(), spared: Math.max(0, ...spared) };
}

const day = fc
  .integer({ min: -20, max: DAYS + 20 })
  .map((n) => new Date(Date.UTC(2025, 11, 14) + n * 86_400_000).toISOString());
const textBound = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(day, fc.constantFrom(4, 7, 10, 13, 19, 24)).map(([at, n]) => at.slice(0, n)),
  },
  { weight: 1, arbitrary: day.map((at) => `${at.slice(0, 19)}+14:00`) },
  { weight: 1, arbitrary: day.map((at) => String(Date.parse(at))) },
  { weight: 1, arbitrary: day.map((at) => at.slice(0, 10).replaceAll('-', '')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '1',
      '2',
      '202',
      '2025-',
      '2026-0',
      '2026-13',
      '2026-02-30',
      '3',
      '\\x',
      'z',
    ),
  },
);
const op = fc.constantFrom('<', '<=', '>', '>=', '=');
const text = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(op, textBound).map(([o, v]) => `ts ${o} '${v}'`) },
  { weight: 3, arbitrary: fc.tuple(textBound, textBound).map(([a, b]) => `ts BETWEEN '${a}' AND '${b}'`) },
  { weight: 3, arbitrary: fc.tuple(textBound, textBound).map(([a, b]) => `ts >= '${a}' AND ts < '${b}'`) },
  { weight: 1, arbitrary: fc.tuple(op, textBound).map(([o, v]) => `'${v}' ${o} ts`) },
  { weight: 1, arbitrary: textBound.map((v) => `ts LIKE '${v.replaceAll('\\', '')}%'`) },
  { weight: 1, arbitrary: textBound.map((v) => `starts_with(ts, '${v}')`) },
  { weight: 1, arbitrary: fc.tuple(textBound, textBound).map(([a, b]) => `(ts < '${a}' OR ts > '${b}')`) },
  { weight: 1, arbitrary: textBound.map((v) => `NOT ts > '${v}'`) },
  { weight: 1, arbitrary: day.map((at) => `try_cast(ts AS TIMESTAMP) < TIMESTAMP '${at.slice(0, 19)}'`) },
);
const number = fc
  .tuple(op, day, fc.integer({ min: -2, max: 2 }))
  .map(([o, at, n]) => `ts ${o} ${Date.parse(at) + n}`);
const condition = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(one, { minLength: 1, maxLength: 3 }).map((terms) => terms.join(' AND '));
const question = fc.oneof(
  fc.tuple(fc.constantFrom('plain', 'later'), condition(text)),
  fc.tuple(fc.constant('counted'), condition(number)),
);

test('what is pushed down leaves out no row that the statement returns', async () => {
  let spared = 0;
  await fc.assert(
    fc.asyncProperty(question, fc.constantFrom('alone', 'alias', 'join'), async ([table, where], shape) => {
      const named = shape === 'alone' ? where : where.replaceAll(/\bts\b/g, 'x.ts');
      const from = {
        alone: table,
        alias: `${table} AS x`,
        join: `(VALUES (1)) AS one LEFT JOIN ${table} AS x ON true`,
      }[shape];
      const pushed = await ids(`SELECT id FROM ${from} WHERE ${named}`);
      // The same, in a form of which nothing is pushed down.
      const whole = await ids(`SELECT id FROM ${table} WHERE (${where}) IS TRUE`);
      assert.deepEqual(pushed.ids, whole.ids);
      assert.equal(whole.spared, 0);
      spared += pushed.spared;
    }),
    { numRuns: 40 },
  );
  assert.ok(spared > 30, `segments are spared (${spared})`);
});

test('a question about a month reads the segments of that month, and a day on each side', async () => {
  for (const where of [
    "ts >= '2025-12-01' AND ts < '2026-01-01'",
    "ts BETWEEN '2025-12-01' AND '2025-12-31T23:59:59Z'",
    "ts LIKE '2025-12%'",
    `ts >= ${Date.UTC(2025, 11, 1)} AND ts < ${Date.UTC(2026, 0, 1)}`,
  ]) {
    const table = where.includes("'") ? 'plain' : 'counted';
    const answer = await session.run(`SELECT count(*) FROM ${table} WHERE ${where}`);
    const { segments } = answer.reports.get(table)!;
    assert.ok(segments.read >= 18 && segments.read <= 20, `${where}: ${segments.read} of ${segments.total}`);
  }
});
