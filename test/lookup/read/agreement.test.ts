import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { conditionSql } from '../../../src/hot/sqlite/sql/filter-sql.ts';
import { everything, type Query } from '../../../src/lookup/read/query.ts';
import { rowOf } from '../../../src/lookup/search/hit.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { SqlSession } from '../../../src/lookup/sql/session.ts';
import { type Condition, conditionNumber } from '../../../src/model/filter.ts';
import { endOfDay, startOfDay } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

const ROWS = 900;
const TOOLS = ['Bash', 'bash', 'Read', 'WebFetch', '', '7', '07', 'Ünïcode', 'a"b\\c'];
const COLUMNS = ['id', 'run', 'tool', 'n', 'r', 'said', 'ts'] as const;

/** Rows of ordinary kinds, from January (cold) over February (warm) to the present (hot). */
function createRows(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(
    'CREATE TABLE acts (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, run TEXT, tool TEXT, n INTEGER, r REAL, said TEXT); CREATE INDEX acts_run ON acts (run)',
  );
  const insert = db.prepare('INSERT INTO acts VALUES (?, ?, ?, ?, ?, ?, ?)');
  db.exec('BEGIN');
  for (let i = 0; i < ROWS; i++) {
    const at = Date.UTC(2026, 0, 1) + i * 4_000_000;
    const ts = new Date(at).toISOString();
    const text = [
      ts,
      ts.replace(/\.\d+Z/, 'Z'),
      ts.slice(0, 19).replace('T', ' '),
      `${ts.slice(0, 19)}+00:00`,
    ][i % 4]!;
    const said = i % 6 === 0 ? null : `line ${i}\nsays "${TOOLS[i % TOOLS.length]}"`;
    insert.run(
      i,
      text,
      i % 11 === 0 ? null : `run-${i % 7}`,
      TOOLS[i % TOOLS.length]!,
      BigInt(i % 13) - 3n,
      (i % 17) / 4 - 1,
      said,
    );
  }
  db.exec('COMMIT');
}

const condition: fc.Arbitrary<Condition> = fc.record({
  column: fc.constantFrom(...COLUMNS),
  op: fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '~'),
  value: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...TOOLS,
        'run-1',
        'run-6',
        'line 5',
        'SAYS "',
        '5',
        '-3',
        '2.5',
        '5.0',
        '899',
        'x',
        '2026-02-01',
      ),
    },
    fc.integer({ min: -5, max: ROWS + 5 }).map(String),
  ),
});

const day = fc
  .integer({ min: 0, max: 45 })
  .map((n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));

const RUNS = process.env.FIRN_THOROUGH === '1' ? 200 : 60;

test('search, sql and a plain SELECT before archiving agree on random predicates', async () => {
  await using world = new LookupWorld(
    buildPolicySet([policyOf('acts', { hotMs: 7 * 86_400_000, lookupKeys: ['run', 'tool'] })]),
    createRows,
  );
  const photograph = join(world.folder, 'before.db');
  copyFileSync(world.database, photograph);
  await world.archiveAll();
  await world.consolidate(Date.parse('2026-03-01T00:00:00Z'));
  const places = await world.places();
  const tiers = new Set<string>();
  for await (const { tier } of search(places, everything(['acts']))) tiers.add(tier);
  assert.deepEqual([...tiers].sort(), ['cold', 'hot', 'warm']);
  using before = new DatabaseSync(photograph, { readOnly: true });
  await using session = await SqlSession.open(places, everything(['acts']));
  let nonEmpty = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(condition, { minLength: 1, maxLength: 2 }),
      fc.option(
        fc.tuple(day, day).map((pair) => pair.sort() as [string, string]),
        { freq: 3 },
      ),
      async (where, days) => {
        const query: Query = {
          ...everything(['acts']),
          where,
          since: days === null ? null : startOfDay(days[0]),
          until: days === null ? null : endOfDay(days[1]),
        };
        const plain = selectBefore(before, where, days);
        assert.deepEqual(await searched(places, query), plain, 'search');
        const range = days === null ? [] : [`left(ts, 10) BETWEEN '${days[0]}' AND '${days[1]}'`];
        const sql = `SELECT id FROM acts WHERE ${[...where.map(duckSql), ...range].join(' AND ')}`;
        assert.deepEqual(await answered(session, sql), plain, sql);
        if (plain.length > 0) nonEmpty++;
      },
    ),
    { numRuns: RUNS },
  );
  assert.ok(nonEmpty > RUNS / 5, `${nonEmpty} predicates had an answer`);
});

function selectBefore(
  db: DatabaseSync,
  where: readonly Condition[],
  days: readonly [string, string] | null,
): number[] {
  const pieces = where.map((one) => conditionSql(one, `"${one.column}"`));
  const range = days === null ? [] : [`substr(ts, 1, 10) BETWEEN '${days[0]}' AND '${days[1]}'`];
  const rows = db
    .prepare(
      `SELECT id FROM acts WHERE ${[...pieces.map(({ sql }) => sql), ...range].join(' AND ')} ORDER BY id`,
    )
    .all(...pieces.flatMap(({ params }) => params));
  return rows.map(({ id }) => Number(id));
}

async function searched(places: Parameters<typeof search>[0], query: Query): Promise<number[]> {
  const ids: number[] = [];
  for await (const hit of search(places, query)) ids.push(Number(rowOf(hit).id));
  return ids.sort((a, b) => a - b);
}

async function answered(session: SqlSession, sql: string): Promise<number[]> {
  const ids: number[] = [];
  const { rows, problems } = await session.run(sql);
  for await (const piece of rows) for (const [id] of piece) ids.push(Number(id));
  assert.deepEqual(problems, []);
  return ids.sort((a, b) => a - b);
}

/** The condition as one writes it for DuckDB, which knows the columns' types. */
function duckSql({ column, op, value }: Condition): string {
  const text = `'${value.replaceAll("'", "''")}'`;
  const numeric = ['id', 'n', 'r'].includes(column);
  if (op === '~') return numeric ? 'false' : `contains(lower(${column}), lower(${text}))`;
  if (!numeric) return `${column} ${op} ${text}`;
  if (conditionNumber(value) !== null) return `${column} ${op} ${value}`;
  return op === '!=' ? `${column} IS NOT NULL` : 'false';
}
