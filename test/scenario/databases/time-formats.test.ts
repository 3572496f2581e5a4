import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import { openSegment } from '../../../src/format/segment/segment-reader.ts';
import { formatInstant } from '../../../src/model/instant.ts';
import { parseInstant } from '../../../src/model/time/parse-instant.ts';
import { firn, TEST_NOW } from '../../cli/world.ts';
import { MemoryFile } from '../../support/archives/memory-file.ts';

const DAY = 86_400_000;
/** Ages in days: two rows that leave with a hot time of 30 days, on the day of 2026-03-01, and one that stays. */
const LEAVING = [Date.UTC(2026, 2, 1, 10, 20, 30), Date.UTC(2026, 2, 1, 23, 0, 0)];
const STAYING = TEST_NOW - 3 * DAY;

const seconds = (ms: number): bigint => BigInt(ms / 1000);
const iso = (ms: number): string => new Date(ms).toISOString();

/** By table: the type of its column, its `time_format`, how it writes a time, and what the footers say. */
const TABLES: readonly {
  readonly table: string;
  readonly type: string;
  readonly format?: string;
  readonly write: (ms: number) => SQLInputValue;
  readonly footer?: string | undefined;
}[] = [
  { table: 'plain', type: 'TEXT', write: iso },
  {
    table: 'go',
    type: 'DATETIME',
    footer: 'auto',
    write: (ms) => `${iso(ms).slice(0, 19).replace('T', ' ')}.123456789 +0000 UTC m=+0.0001`,
  },
  {
    table: 'basic',
    type: 'TEXT',
    footer: 'auto',
    write: (ms) => `${iso(ms).slice(0, 19).replaceAll(/[-:]/g, '')}Z`,
  },
  { table: 'nanos', type: 'INTEGER', footer: 'auto', write: (ms) => BigInt(ms) * 1_000_000n },
  { table: 'explicit', type: 'INTEGER', format: 's', footer: 's', write: seconds },
  {
    table: 'apple',
    type: 'TIMESTAMP',
    format: 'apple',
    footer: 'apple',
    write: (ms) => ms / 1000 - 978_307_200 + 0.25,
  },
  {
    table: 'webkit',
    type: 'INTEGER',
    format: 'webkit',
    footer: 'webkit',
    write: (ms) => (seconds(ms) + 11_644_473_600n) * 1_000_000n,
  },
  {
    table: 'ticks',
    type: 'INTEGER',
    format: 'ticks',
    footer: 'ticks',
    write: (ms) => (seconds(ms) + 62_135_596_800n) * 10_000_000n,
  },
  {
    table: 'julian',
    type: 'REAL',
    format: 'julian',
    footer: 'julian',
    write: (ms) => ms / DAY + 2_440_587.5,
  },
  {
    table: 'german',
    type: 'TEXT',
    format: 'DD.MM.YYYY HH:mm:ss',
    footer: 'DD.MM.YYYY HH:mm:ss',
    write: (ms) => iso(ms).replace(/^(\d+)-(\d+)-(\d+)T([\d:]+).*/, '$3.$2.$1 $4'),
  },
];

const folder = mkdtempSync('/dev/shm/firn-time-formats-');
const database = join(folder, 'a.db');
const archives = join(folder, 'archives');
const config = join(folder, 'firn.config.yaml');
test.after(() => rmSync(folder, { recursive: true }));

function rowsOf(table: string): Record<string, unknown>[] {
  using db = new DatabaseSync(database, { readBigInts: true });
  return db.prepare(`SELECT id, typeof(at) AS type, at, note FROM "${table}" ORDER BY id`).all();
}

async function json(...argv: string[]) {
  const form = argv[0] === 'search' || argv[0] === 'sql' ? ['--format', 'json'] : ['--json'];
  const { status, stdout, stderr } = await firn([...argv, ...form, '--config', config]);
  assert.equal(status, 0, stderr || stdout);
  return JSON.parse(stdout);
}

const before = new Map<string, Record<string, unknown>[]>();

test('rows of every form leave when they are due, into segments that say how to read them', async () => {
  using db = new DatabaseSync(database);
  for (const { table, type, write } of TABLES) {
    db.exec(
      `CREATE TABLE "${table}" (id TEXT PRIMARY KEY, at ${type}, note TEXT); CREATE INDEX "i_${table}" ON "${table}" (at)`,
    );
    const insert = db.prepare(`INSERT INTO "${table}" VALUES (?, ?, ?)`);
    for (const [at, ms] of [...LEAVING, STAYING].entries()) insert.run(`${table}-${at}`, write(ms), 'needle');
    before.set(table, rowsOf(table));
  }
  const policies = TABLES.map(
    ({ table, format }) =>
      `  ${table}: { hot: 30d, warm: 365d, cold: 365d, time_column: at${format === undefined ? '' : `, time_format: "${format}"`} }`,
  );
  writeFileSync(
    config,
    `preset: none\ndatabase: ${database}\narchives: ${archives}\ntables:\n${policies.join('\n')}\n`,
  );
  const plan = await json('archive', 'all', '--dry-run');
  assert.deepEqual(
    plan.tables.map(({ records, undated }: { records: number; undated: number }) => [records, undated]),
    TABLES.map(() => [2, 0]),
  );
  const status = await json('retention', 'status');
  assert.deepEqual(
    status.database.map(({ hot, due }: { hot: number; due: number }) => [hot, due]),
    TABLES.map(() => [1, 2]),
  );
  const { total } = await json('archive', 'all');
  assert.equal(total, TABLES.length * 2);
  for (const { table, footer: expected, format, write } of TABLES) {
    const file = readdirSync(join(archives, 'warm', '2026-03-01')).find((name) =>
      name.startsWith(`${table}.`),
    )!;
    const { footer } = await openSegment(
      new MemoryFile(readFileSync(join(archives, 'warm', '2026-03-01', file))),
      file,
    );
    assert.deepEqual([footer.timeFormat, footer.format], [expected, expected === undefined ? 1 : 3], table);
    const times = LEAVING.map((ms) => parseInstant(write(ms) as string, format));
    assert.deepEqual([footer.minTime, footer.maxTime], times, table);
  }
});

test('search, timeline, explain and sql read the times of archived rows, also when the policy is gone', async () => {
  for (const withPolicies of [true, false]) {
    if (!withPolicies) writeFileSync(config, `preset: none\ndatabase: ${database}\narchives: ${archives}\n`);
    for (const { table, write, format } of TABLES) {
      const time = formatInstant(parseInstant(write(LEAVING[0]!) as string, format)!);
      const found = await json(
        'search',
        '--table',
        table,
        '--since',
        '2026-03-01',
        '--until',
        '2026-03-01T12:00:00Z',
      );
      assert.deepEqual(
        found.hits.map((hit: { time: string }) => hit.time),
        [time],
        `${table} ${withPolicies}`,
      );
      const all = await json('search', '--table', table);
      assert.equal(all.hits.length, 3, table);
      assert.ok(
        all.hits.every((hit: { time: string | null }) => hit.time !== null),
        table,
      );
      const explained = await json('explain', table, `${table}-0`);
      assert.equal(explained.places[0].time, time, table);
      // As texts compare, whatever they mean: no segment with such a text is spared.
      const wanted = before.get(table)!.filter(({ at }) => String(at) >= '2026-04-01').length;
      const [counted] = await json(
        'sql',
        `SELECT count(*) AS n FROM "${table}" WHERE "at"::VARCHAR >= '2026-04-01'`,
      );
      const [pushed] = await json(
        'sql',
        `SELECT count(*) AS n FROM "${table}" WHERE "at" >= '2026-04-01'`,
      ).catch(() => [counted]);
      if (typeof before.get(table)![0]!.at === 'string')
        assert.deepEqual([counted.n, pushed.n], [wanted, wanted], table);
    }
  }
});

test('the whole archive verifies, rows come back as they were, and an erasure finds them', async () => {
  const policies = TABLES.map(
    ({ table, format }) =>
      `  ${table}: { hot: 30d, warm: 30d, cold: 365d, time_column: at${format === undefined ? '' : `, time_format: "${format}"`} }`,
  );
  writeFileSync(
    config,
    `preset: none\ndatabase: ${database}\narchives: ${archives}\ntables:\n${policies.join('\n')}\n`,
  );
  await json('verify', '--deep');
  await json('cleanup', 'archives');
  await json('verify', '--deep');
  for (const { table } of TABLES) {
    const restored = await firn(['restore', table, '--into', 'hot', '--config', config]);
    assert.equal(restored.status, 0, restored.stderr);
    assert.deepEqual(rowsOf(table), before.get(table), table);
    const range = ['--since', '2026-03-01T12:00:00Z', '--until', '2026-03-01'];
    const erased = await json('erase', '--table', table, '--where', 'note=needle', ...range, '--yes');
    assert.equal(JSON.stringify(erased).includes('"rows"'), true);
    const left = await json('search', '--table', table);
    assert.deepEqual(left.hits.map(({ row }: { row: { id: string } }) => row.id).sort(), [
      `${table}-0`,
      `${table}-2`,
    ]);
  }
  await json('verify', '--deep');
});
