import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { createDemoDatabase, type DemoOptions } from '../../src/demo/demo-database.ts';
import { createToolUses } from '../../src/demo/tool-uses.ts';
import { FirnError } from '../../src/model/errors.ts';
import { dayOf, instantOfMs } from '../../src/model/instant.ts';
import { OBSERVABILITY_EXEMPT, OBSERVABILITY_POLICIES } from '../../src/model/policy/preset.ts';
import { parseInstant } from '../../src/model/time/parse-instant.ts';
import { observabilityDatabase } from '../support/worlds/observability-schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'firn-demo-'));
after(() => rmSync(folder, { recursive: true }));

const options: DemoOptions = {
  rows: 6_000,
  days: 14,
  now: instantOfMs(Date.parse('2026-03-01T12:00:00Z')),
  seed: 7,
};
const path = join(folder, 'demo.db');
const counts = createDemoDatabase(path, options);
const db = new DatabaseSync(path, { readOnly: true });
after(() => db.close());

const numbers = (sql: string): number[] =>
  db
    .prepare(sql)
    .all()
    .map((row) => Number(Object.values(row)[0]));
const number = (sql: string): number => numbers(sql)[0]!;

function columnsOf(table: string): string[] {
  return db
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map(({ name }) => String(name));
}

test('the managed tables hold the rows asked for, and what was inserted is what is there', () => {
  const managed = OBSERVABILITY_POLICIES.map(({ table }) => table);
  assert.equal(
    managed.reduce((sum, table) => sum + counts.get(table)!, 0),
    options.rows,
  );
  for (const [table, rows] of counts) assert.equal(number(`SELECT count(*) FROM ${table}`), rows, table);
  assert.ok(counts.get(OBSERVABILITY_EXEMPT[0]!)! > 10);
});

test('every column that the preset names exists', () => {
  for (const { table, timeColumn, lookupKeys, openWhile } of OBSERVABILITY_POLICIES) {
    const columns = columnsOf(table);
    for (const column of [timeColumn, ...lookupKeys])
      assert.ok(columns.includes(column), `${table}.${column}`);
    db.prepare(`SELECT 1 FROM ${table} WHERE ${openWhile ?? '1'}`).all();
  }
});

test('the tables have the indexes of domain.md, and the age column of one has none', () => {
  const indexes = (table: string): number =>
    number(
      `SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = '${table}' AND sql IS NOT NULL`,
    );
  assert.deepEqual(
    [
      'transcript_entries',
      'tool_uses',
      'skill_traces',
      'assertion_chains',
      'assertion_results',
      'message_bus_log',
    ].map(indexes),
    [7, 10, 5, 4, 7, 8],
  );
  const indexed = db.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'assertion_chains'").all();
  assert.ok(!indexed.some(({ sql }) => /INDEX.*created_at/.test(String(sql))));
});

test('every time is understood, lies within the days asked for, and comes in each format', () => {
  const formats = new Set<string>();
  for (const { table, timeColumn } of OBSERVABILITY_POLICIES) {
    for (const { time } of db.prepare(`SELECT ${timeColumn} AS time FROM ${table}`).all()) {
      const instant = parseInstant(time as string);
      assert.ok(instant !== null && instant <= options.now && dayOf(instant) >= '2026-02-15', String(time));
      formats.add(String(time).replace(/\d+/g, (digits) => String(digits.length)));
    }
  }
  for (const format of [
    '4-2-2T2:2:2.6Z',
    '4-2-2T2:2:2.3Z',
    '4-2-2T2:2:2Z',
    '4-2-2 2:2:2',
    '4-2-2T2:2:2.6+2:2',
  ]) {
    assert.ok(formats.has(format), `${format} in ${[...formats].join(' ')}`);
  }
});

test('JSON texts are JSON, and summaries are short', () => {
  for (const [table, column] of [
    ['transcript_entries', 'details'],
    ['tool_uses', 'input'],
    ['tool_uses', 'output'],
    ['assertion_results', 'evidence'],
    ['message_bus_log', 'payload'],
  ]) {
    assert.equal(
      number(`SELECT count(*) FROM ${table} WHERE NOT json_valid(${column})`),
      0,
      `${table}.${column}`,
    );
  }
  assert.equal(number('SELECT count(*) FROM transcript_entries WHERE length(summary) > 200'), 0);
});

test('rows have the sizes of domain.md', () => {
  const size = (table: string): number =>
    number(
      `SELECT avg(length(json_object(${columnsOf(table)
        .map((name) => `'${name}', ${name}`)
        .join(', ')}))) FROM ${table}`,
    );
  assert.ok(size('transcript_entries') > 300 && size('transcript_entries') < 650);
  assert.ok(size('tool_uses') > 800 && size('tool_uses') < 1300);
});

test('some rows are open, blocked, failed or pseudo, and some name parents that do not exist', () => {
  for (const where of [
    "tool_uses WHERE result_status = 'pending'",
    "skill_traces WHERE status = 'running'",
    'tool_uses WHERE is_blocked = 1',
    'tool_uses WHERE is_error = 1',
    "assertion_results WHERE result = 'fail'",
    "transcript_entries WHERE execution_id LIKE 'telegram-%'",
    'tool_uses WHERE transcript_entry_id NOT IN (SELECT id FROM transcript_entries)',
    'message_bus_log WHERE event_id NOT IN (SELECT id FROM events)',
    'message_bus_log WHERE execution_id IS NULL',
  ]) {
    assert.ok(number(`SELECT count(*) FROM ${where}`) > 0, where);
  }
});

test('ids are UUIDs of version 4, and those of the bus mbl-…', () => {
  const ids = db
    .prepare('SELECT id FROM tool_uses')
    .all()
    .map(({ id }) => String(id));
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(number("SELECT count(*) FROM message_bus_log WHERE id NOT GLOB 'mbl-????????????????'"), 0);
});

test('the same seed makes the same file, another seed another', () => {
  const made = (name: string, seed: number): string => {
    createDemoDatabase(join(folder, name), { ...options, rows: 300, seed });
    return readFileSync(join(folder, name)).toString('base64');
  };
  assert.equal(made('a.db', 1), made('b.db', 1));
  assert.notEqual(made('c.db', 2), made('d.db', 1));
});

test('the journal mode is as asked', () => {
  assert.equal(db.prepare('PRAGMA journal_mode').get()!.journal_mode, 'wal');
  const other = join(folder, 'rollback.db');
  createToolUses(other, { ...options, rows: 10, journalMode: 'delete' });
  using plain = new DatabaseSync(other, { readOnly: true });
  assert.equal(plain.prepare('PRAGMA journal_mode').get()!.journal_mode, 'delete');
  assert.equal(plain.prepare('SELECT count(*) AS rows FROM tool_uses').get()!.rows, 10);
});

test('a file that is there already is not touched', () => {
  const before = readFileSync(path);
  assert.throws(
    () => createDemoDatabase(path, options),
    (error: unknown) => error instanceof FirnError && error.code === 'refused',
  );
  assert.deepEqual(readFileSync(path), before);
});

test('an event tells itself to the bus', () => {
  using empty = observabilityDatabase();
  empty.exec("INSERT INTO events VALUES ('e1', '2026-01-16T11:23:33Z', 'bot', 'task.failed', 'c1', '{}')");
  const { id, ...row } = empty
    .prepare('SELECT id, event_id, severity, task_id, execution_id FROM message_bus_log')
    .get()!;
  assert.match(String(id), /^mbl-[0-9a-f]{16}$/);
  assert.deepEqual({ ...row }, { event_id: 'e1', severity: 'error', task_id: null, execution_id: null });
});
