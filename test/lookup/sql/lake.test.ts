import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LakeFile } from '../../../src/format/lake/lake-file.ts';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { fillLake } from '../../../src/lake/keep/fill-lake.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { type SqlAnswer, SqlSession } from '../../../src/lookup/sql/session.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { neverStop } from '../../../src/model/stop.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { makeLake } from '../../support/archives/made-lake.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const TABLES = ['odd', 'bare'];
const LATER = Date.parse('2026-05-01T00:00:00Z');
const INSERT = 'INSERT INTO odd VALUES (?, ?, ?, ?, ?, ?, ?, ?)';

/** Plain days and days with cells that no column holds exactly, in columns of every kind; a table without a key. */
function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE odd (id TEXT PRIMARY KEY, ts TEXT, "n/~a" INTEGER, r REAL, d DECIMAL(9,2), f BOOLEAN, b BLOB, x);
    CREATE TABLE bare (ts TEXT, words TEXT, n INTEGER);`);
  const insert = db.prepare(INSERT);
  const bare = db.prepare('INSERT INTO bare VALUES (?, ?, ?)');
  for (let i = 0; i < 60; i++) {
    const ts = `2026-01-${String(10 + (i % 6)).padStart(2, '0')}T${String(i % 24).padStart(2, '0')}:00:00Z`;
    insert.run(`plain-${i}`, ts, BigInt(i) - 5n, i / 7 - 3, i / 4, i % 2, new Uint8Array([i, 255]), null);
    bare.run(ts, i % 3 === 0 ? null : `words "${i}"\n{"$blob":"x"}`, BigInt(i));
  }
  const ts = '2026-01-12T00:00:00Z';
  insert.run('large', ts, 2n ** 63n - 1n, 1e300, 123456789012345, 1, new Uint8Array(), '5');
  insert.run('edge', ts, -(2n ** 63n), -0, 0.5, 0, null, 5n);
  insert.run('infinite', ts, 0, Number.NEGATIVE_INFINITY, 1.5, 1, null, Number.POSITIVE_INFINITY);
  insert.run('texts', ts, null, null, null, null, null, 'a text');
  insert.run('{"$blob":"AA=="}', ts, 7, 0.1 + 0.2, 7, 1, null, new Uint8Array([1, 2]));
  insert.run('hot', '2026-02-09T00:00:00Z', 1, 1.5, 1.5, 1, new Uint8Array([7]), 1.5);
}

/** Cells that make their whole column text, one of each kind. */
const STRANGERS: readonly [column: string, sql: string][] = [
  ['"n/~a"', '1.5'],
  ['r', `'half'`],
  ['f', `'true'`],
  ['b', `'bytes'`],
  ['id', `x'00ff'`],
];

async function openWorld(prepare = ''): Promise<LookupWorld> {
  const world = new LookupWorld(
    buildPolicySet([policyOf('odd', { lookupKeys: ['id'] }), policyOf('bare', { lookupKeys: [] })]),
    (path) => {
      create(path);
      using db = new DatabaseSync(path);
      db.exec(prepare);
    },
  );
  await world.archiveAll();
  return world;
}

type Answered = { rows: string[]; answer: SqlAnswer };

async function ask(session: SqlSession, sql: string): Promise<Answered> {
  const answer = await session.run(sql);
  const rows: string[] = [];
  for await (const piece of answer.rows) for (const row of piece) rows.push(JSON.stringify(row.map(shown)));
  return { rows: rows.sort(), answer };
}

async function sessionOf(world: LookupWorld): Promise<SqlSession> {
  return await SqlSession.open(await world.places(), everything(TABLES));
}

function shown(value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : `${value}d`;
  return value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : value;
}

const QUESTIONS = [
  'SELECT * FROM odd',
  'SELECT * FROM bare',
  'SELECT _tier, count(*), min(ts), max(r), sum(r) FROM odd GROUP BY 1',
  `SELECT id, x, d FROM odd WHERE ts LIKE '2026-01-12%'`,
  `SELECT id FROM odd WHERE id = 'plain-7'`,
  `SELECT id FROM odd WHERE id IN ('plain-7', 'hot', 'edge')`,
  `SELECT b.words, o.id FROM odd AS o JOIN bare AS b USING (ts) WHERE o.ts >= '2026-01-11' AND o.ts < '2026-01-13'`,
  'SELECT typeof("n/~a"), typeof(r), typeof(d), typeof(f), typeof(b), typeof(x), typeof(id) FROM odd LIMIT 1',
];
const expression = fc.constantFrom(
  'id',
  'ts',
  '"n/~a"',
  'r',
  'd',
  'f',
  'b',
  'x',
  '_archived_at',
  '_tier',
  'length(id)',
);
const condition = fc.constantFrom(
  ...[
    'TRUE',
    `id >= 'plain-3'`,
    'x IS NULL',
    'x IS NOT NULL',
    'b IS NULL',
    `ts > '2026-01-12T05'`,
    `_tier = 'warm'`,
  ],
  ...[
    `ts BETWEEN '2026-01-11' AND '2026-01-14'`,
    `id LIKE '%-1%'`,
    `id = 'texts' OR id < 'hot'`,
    `starts_with(ts, '2026-01')`,
  ],
);
const drawn = fc
  .tuple(fc.uniqueArray(expression, { minLength: 1, maxLength: 4 }), condition, condition, fc.boolean())
  .map(([columns, a, b, isCounted]) =>
    isCounted
      ? `SELECT ${columns.join(', ')}, count(*) FROM odd WHERE ${a} AND ${b} GROUP BY ALL`
      : `SELECT ${columns.join(', ')} FROM odd WHERE ${a} AND ${b}`,
  );

/** What may happen to a lake; each answers as if there were none. */
const STATES: readonly { name: string; says: RegExp | null; make(world: LookupWorld): Promise<void> }[] = [
  { name: 'a lake of every segment', says: null, make: async (world) => void (await lakeOf(world)) },
  { name: 'every file of a lake as runs keep it', says: null, make: keptLake },
  {
    name: 'a lake as runs keep it, of bundled segments',
    says: null,
    make: async (world) => {
      await world.consolidate(LATER);
      await keptLake(world);
    },
  },
  {
    name: 'a lake of some segments',
    says: null,
    make: async (world) => void (await lakeOf(world, (segment) => /-1[135]\//.test(segment))),
  },
  {
    name: 'a lake of bundled segments',
    says: null,
    make: async (world) => {
      await world.consolidate(LATER);
      await lakeOf(world);
    },
  },
  {
    name: 'a lake that is older than its segments',
    says: null,
    make: async (world) => {
      const records = await lakeOf(world);
      const stale = records.map((record) => ({
        ...record,
        segments: record.segments.map(({ name }) => ({ name, seal: '0'.repeat(64) })),
      }));
      await record(world, stale);
    },
  },
  {
    name: 'a lake some of whose files are missing, cut short or others',
    says: /Lake file .*firn lake rebuild/,
    make: async (world) => {
      const paths = (await lakeOf(world)).map(({ path }) => join(world.archives, path));
      for (const [at, path] of paths.entries()) {
        if (at % 4 === 0) rmSync(path);
        if (at % 4 === 1) truncateSync(path, 400);
        if (at % 4 === 2) writeFileSync(path, Buffer.from(readFileSync(path)).fill(7, 300));
      }
    },
  },
  {
    name: 'a lake with damage that only reading finds',
    says: /The lake could not be read .*firn lake verify/,
    make: async (world) => {
      for (const { path } of await lakeOf(world)) {
        const bytes = readFileSync(join(world.archives, path));
        writeFileSync(join(world.archives, path), bytes.fill(255, 4, 300));
      }
    },
  },
];

/** The lake as runs keep it, with the converter of `src/lake`. */
async function keptLake(world: LookupWorld): Promise<void> {
  const clock = standingClock(SMALL_NOW);
  await using store = await openSqliteStore(world.database, clock);
  const { problems, left } = await fillLake({
    ...{ ledger: store.ledger, archive: world.archive, clock, stop: neverStop, owner: world.database },
    orders: async () => [],
  });
  assert.deepEqual({ problems, left }, { problems: [], left: 0 });
}

async function lakeOf(world: LookupWorld, wanted?: (segment: string) => boolean): Promise<LakeFile[]> {
  return [...(await makeLake(world, 'odd', wanted)), ...(await makeLake(world, 'bare', wanted))];
}

async function record(world: LookupWorld, records: readonly LakeFile[]): Promise<void> {
  await using store = await openSqliteStore(world.database, standingClock(SMALL_NOW));
  await store.ledger.recordLake(records);
}

for (const { name, says, make } of STATES) {
  test(`${name} changes no answer`, async () => {
    await using plain = await openWorld();
    await using world = await openWorld();
    if (name.includes('bundled')) await plain.consolidate(LATER);
    await make(world);
    await using without = await sessionOf(plain);
    await using over = await sessionOf(world);
    const same = async (sql: string): Promise<SqlAnswer> => {
      const [expected, found] = [await ask(without, sql), await ask(over, sql)];
      assert.deepEqual(found.rows, expected.rows, sql);
      assert.deepEqual(found.answer.columns, expected.answer.columns, sql);
      assert.deepEqual(found.answer.problems, [], sql);
      return found.answer;
    };
    for (const sql of QUESTIONS) {
      const { notes, reports } = await same(sql);
      const said = notes.filter((note) => /lake/i.test(note));
      if (says === null) assert.deepEqual(said, []);
      else assert.ok(said.length > 0 && said.every((note) => says.test(note)), `${sql}: ${said}`);
      if (name.includes('every') || name.includes('bundled'))
        for (const { lake, segments } of reports.values())
          assert.ok(lake.files >= 1 && segments.read === 0, `${sql}: the lake is read`);
    }
    await fc.assert(
      fc.asyncProperty(drawn, async (sql) => void (await same(sql))),
      { numRuns: 5 },
    );
  });
}

test('a column that one cell makes text has the same texts with a lake', async () => {
  for (const [column, value] of STRANGERS) {
    const change = `UPDATE odd SET ${column} = ${value} WHERE id = 'plain-8'`;
    await sameIn([change, ''], 'SELECT * FROM odd');
  }
});

test('a table with other columns, and columns that were declared otherwise', async () => {
  for (const change of [
    'ALTER TABLE odd DROP COLUMN d; ALTER TABLE odd ADD COLUMN more TEXT',
    'ALTER TABLE odd DROP COLUMN r; ALTER TABLE odd ADD COLUMN r TEXT',
    'ALTER TABLE odd DROP COLUMN x; ALTER TABLE odd ADD COLUMN x INTEGER',
    'DROP TABLE odd',
  ])
    await sameIn(['', change], 'SELECT COLUMNS(*) FROM odd');
});

/** Asks with a lake of most segments and without. The columns may come in another order. */
async function sameIn([before, after]: readonly [string, string], sql: string): Promise<void> {
  const answers: unknown[] = [];
  for (const hasLake of [false, true]) {
    await using world = await openWorld(before);
    using db = new DatabaseSync(world.database);
    db.exec(after);
    if (hasLake) await makeLake(world, 'odd', (segment) => !/-11\//.test(segment));
    await using session = await sessionOf(world);
    const { columns } = (await ask(session, sql)).answer;
    const names = columns.map(({ name, type }) => `${name} ${type}`).sort();
    const named = columns.map(({ name }) => `"${name}"`).sort();
    answers.push([names, (await ask(session, `SELECT ${named.join(', ')} FROM odd`)).rows]);
  }
  assert.deepEqual(answers[1], answers[0], `${before}${after}`);
}
