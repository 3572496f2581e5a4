import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { DueRule, Survey } from '../../../../src/hot/hot-store.ts';
import type { Connection } from '../../../../src/hot/sqlite/connection/connection.ts';
import { introspect } from '../../../../src/hot/sqlite/sql/introspect.ts';
import { tableStats } from '../../../../src/hot/sqlite/stats/table-stats.ts';
import { createDueKeys } from '../../../../src/hot/sqlite/survey/due-keys.ts';
import { surveyTable } from '../../../../src/hot/sqlite/survey/due-survey.ts';
import { newestSql } from '../../../../src/hot/sqlite/survey/newest.ts';
import { dueRule } from '../../../../src/lifecycle/archive/survey-tables.ts';
import { dayOf, instantOfMs } from '../../../../src/model/instant.ts';
import { buildPolicySet } from '../../../../src/model/policy/policies.ts';
import type { HotRule, Policy } from '../../../../src/model/policy/policy.ts';
import { parseSizes, type Sizes, setSizes, sizes } from '../../../../src/model/sizes.ts';
import { policyOf } from '../../../support/worlds/small-database.ts';
import { isError } from '../../hot-trial.ts';

const DAY = 86_400;
const NOW = Date.parse('2026-02-10T12:00:00Z') / 1000;
const HOUR = 3600;

let before_: Sizes;
before(() => {
  before_ = { ...sizes };
  setSizes(parseSizes('tiny'));
});
after(() => setSizes(before_));

interface Row {
  /** Seconds since 1970; null: none. */
  readonly ts: number | null;
  readonly state: string;
  readonly n: number;
}

/** A rule, and what it says without SQL. */
const RULES: readonly (HotRule & { readonly holds: (row: Row) => boolean })[] = [
  { where: "state = 'error'", hotMs: 20 * DAY * 1000, holds: ({ state }) => state === 'error' },
  { where: "state = 'debug'", hotMs: DAY * 1000, holds: ({ state }) => state === 'debug' },
  { where: 'n % 3 = 0', hotMs: null, holds: ({ n }) => n % 3 === 0 },
  {
    where: "n < 5 AND state <> 'done'",
    hotMs: 3 * DAY * 1000,
    holds: ({ n, state }) => n < 5 && state !== 'done',
  },
];

const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    // Few instants, so that some are shared.
    ts: fc.option(
      fc.integer({ min: -40 * 4, max: 4 }).map((at) => NOW + at * 6 * HOUR),
      { freq: 15 },
    ),
    state: fc.constantFrom('error', 'debug', 'open', 'held', 'done'),
    n: fc.integer({ min: 0, max: 12 }),
  }),
  { maxLength: 40 },
);
const olderThan = fc.constantFrom(null, 0, 2 * DAY * 1000, 30 * DAY * 1000);

const TABLES: Record<string, string> = {
  'with rowids': 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER, state TEXT, n INTEGER)',
  'with rowids and an index':
    'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts INTEGER, state TEXT, n INTEGER); CREATE INDEX i ON t (ts)',
  'without rowids':
    'CREATE TABLE t (id INTEGER, other TEXT DEFAULT 0, ts INTEGER, state TEXT, n INTEGER, PRIMARY KEY (other, id)) WITHOUT ROWID',
};

function connect(ddl: string): Connection {
  const db = new DatabaseSync(':memory:');
  db.exec(ddl);
  return { db, path: ':memory:', encoding: 'UTF-8' } as unknown as Connection;
}

function ruleFor(policy: Policy, olderThanMs: number | null): DueRule {
  const holds = [
    {
      id: 1,
      table: 't',
      conditions: [{ column: 'state', op: '=', value: 'held' }],
      reason: '',
      createdAt: '',
    },
  ];
  return dueRule(
    { policies: buildPolicySet([policy]), now: instantOfMs(NOW * 1000), olderThanMs, holds: holds as never },
    policy,
  );
}

function expected(
  all: readonly Row[],
  policy: Policy,
  chosen: readonly (typeof RULES)[number][],
  olderThanMs: number | null,
): Survey {
  const table = NOW - (olderThanMs ?? policy.hotMs) / 1000;
  const own = (row: Row): number => {
    const rule = chosen.find(({ holds }) => holds(row));
    if (rule === undefined) return table;
    if (rule.hotMs === null) return Number.NEGATIVE_INFINITY;
    if (olderThanMs === null) return NOW - rule.hotMs / 1000;
    return rule.hotMs > policy.hotMs ? Math.min(NOW - rule.hotMs / 1000, table) : table;
  };
  const openEnd =
    policy.openUntil === 'never' ? Number.NEGATIVE_INFINITY : NOW - (policy.hotMs + policy.warmMs) / 1000;
  const newest = new Set(
    all
      .map((row, at) => ({ ts: row.ts, at }))
      .filter((row): row is { ts: number; at: number } => row.ts !== null && row.ts <= NOW)
      .sort((a, b) => b.ts - a.ts || b.at - a.at)
      .slice(0, policy.keepLast ?? 0)
      .map(({ at }) => at),
  );
  const days = new Map<string, number>();
  const found = { open: 0, held: 0, leased: 0, lastId: 0, ruled: 0, newest: 0, undated: 0 };
  for (const [at, row] of all.entries()) {
    if (row.ts === null) found.undated++;
    else if (row.ts > own(row)) found.ruled += row.ts <= table ? 1 : 0;
    else if (newest.has(at)) found.newest++;
    else if (row.state === 'open' && row.ts > openEnd) found.open++;
    else if (row.state === 'held') found.held++;
    else days.set(dayOf(instantOfMs(row.ts * 1000)), (days.get(dayOf(instantOfMs(row.ts * 1000))) ?? 0) + 1);
  }
  const sorted = [...days].map(([day, count]) => ({ day, rows: count }));
  return { days: sorted.sort((a, b) => (a.day < b.day ? -1 : 1)), ...found };
}

for (const [kind, ddl] of Object.entries(TABLES)) {
  test(`hot_rules, keep_last and open_until say of a table ${kind} which rows are due, in the survey and in the figures`, async () => {
    const connection = connect(ddl);
    const insert = connection.db.prepare('INSERT INTO t (id, ts, state, n) VALUES (?, ?, ?, ?)');
    const table = introspect(connection, 't')!;
    let serial = 0;
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.shuffledSubarray([...RULES]),
        fc.integer({ min: 0, max: 8 }),
        fc.boolean(),
        olderThan,
        async (all, chosen, keepLast, forever, olderThanMs) => {
          connection.db.exec('DELETE FROM t');
          for (const [at, { ts, state, n }] of all.entries()) insert.run(at + 1, ts, state, n);
          const policy = policyOf('t', {
            openWhile: "state = 'open'",
            ...(chosen.length > 0 ? { hotRules: chosen.map(({ where, hotMs }) => ({ where, hotMs })) } : {}),
            ...(keepLast > 0 ? { keepLast } : {}),
            ...(forever ? { openUntil: 'never' } : {}),
          });
          const rule = ruleFor(policy, olderThanMs);
          const keys = createDueKeys(connection, table, serial++);
          const found = await surveyTable(connection, table, rule, keys);
          connection.db.exec(`DROP TABLE ${keys.name}`);
          const wanted = expected(all, policy, chosen, olderThanMs);
          assert.deepEqual(found, wanted);
          const { total, due, stale, hot, open, held, undated, estimated } = await tableStats(
            connection,
            table,
            rule,
          );
          const dueRows = wanted.days.reduce((sum, day) => sum + day.rows, 0);
          const kept = wanted.open + wanted.held + wanted.undated;
          assert.deepEqual(
            { total, due, stale, hot, open, held, undated, estimated },
            {
              ...{ total: all.length, due: dueRows, stale: dueRows + kept, hot: all.length - dueRows - kept },
              ...{ open: wanted.open, held: wanted.held, undated: wanted.undated, estimated: false },
            },
          );
        },
      ),
      { numRuns: 60 },
    );
  });
}

test('an index that shows enough younger rows spares the search for the newest', async () => {
  const connection = connect(TABLES['with rowids and an index']!);
  const insert = connection.db.prepare('INSERT INTO t (ts, state, n) VALUES (?, ?, 1)');
  for (let at = 0; at < 50; at++) insert.run(NOW - at * 6 * HOUR, 'done');
  const table = introspect(connection, 't')!;
  const newest = (keepLast: number): Promise<string> =>
    newestSql(connection, table, ruleFor(policyOf('t', { keepLast }), null));
  assert.equal(await newest(20), '0', '28 rows are younger than 7 days');
  assert.match(await newest(40), /^EXISTS/);
});

test('a rule is checked as open_while is, and named', async () => {
  const connection = connect(TABLES['with rowids']!);
  const table = introspect(connection, 't')!;
  const keys = createDueKeys(connection, table, 0);
  for (const where of ['random() > 0', "state = 'x'; DROP TABLE t", '(SELECT 1)', 'no_such_column = 1']) {
    const rule = ruleFor(policyOf('t', { hotRules: [{ where, hotMs: 0 }] }), null);
    await assert.rejects(surveyTable(connection, table, rule, keys), (error) => {
      assert.match((error as Error).message, /^hot_rules of t /);
      return isError('config')(error);
    });
  }
});
