import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import type { JobName, RunEnd, RunStart } from '../../../src/hot/run-log.ts';
import { openSqliteRunLog, openSqliteRunLogReader } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { FirnError } from '../../../src/model/errors.ts';

const NOW = Date.UTC(2026, 5, 1, 2);

test('the history is bounded, and keeps the first run, and of each job the last run of every day and the last success', async (t) => {
  const path = database(t);
  await using log = await openSqliteRunLog(path);
  await log.note(start(0, 'weekly'), end(0, 'failed'));
  await log.note(start(0, 'monthly'), end(0, 'done'));
  using db = new DatabaseSync(path);
  db.exec('BEGIN');
  const insert = db.prepare(
    `INSERT INTO _firn_runs (command, jobs, reason, started_at, outcome) VALUES ('job', '["daily"]', 'test', ?, 'busy')`,
  );
  for (let day = 1; day <= 600; day++) {
    for (let hour = 0; hour < 10; hour++)
      insert.run(new Date(NOW + day * 86_400_000 + hour * 3_600_000).toISOString());
  }
  db.exec('COMMIT');
  await log.begin(start(600 * 24 * 60, 'daily'));
  const runs = await log.runs();
  assert.ok(runs.length >= 1000 && runs.length <= 1400, `${runs.length}`);
  assert.equal(runs.filter(({ end: how }) => how?.outcome === 'done').length, 1);
  assert.equal(runs.at(-1)?.end?.outcome, 'failed');
  const days = new Set(runs.map(({ startedAt }) => startedAt.slice(0, 10)));
  assert.ok(days.size >= 400, `${days.size} days`);
});

test('reading a database that Firn never ran on changes nothing in its folder', async (t) => {
  const path = database(t);
  const before = readFileSync(path);
  {
    await using reader = await openSqliteRunLogReader(path);
    assert.deepEqual(await reader.runs(), []);
    assert.equal(await reader.pause(), null);
  }
  assert.deepEqual(readFileSync(path), before);
  assert.deepEqual(readdirSync(join(path, '..')), ['ideas.db']);
});

test('a missing database is not created', async (t) => {
  const path = join(folder(t), 'absent.db');
  const missing = (error: unknown): boolean => error instanceof FirnError && error.code === 'not_found';
  await assert.rejects(async () => openSqliteRunLog(path), missing);
  await assert.rejects(async () => openSqliteRunLogReader(path), missing);
  assert.deepEqual(readdirSync(join(path, '..')), []);
});

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'firn-run-log-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

function database(t: TestContext): string {
  const path = join(folder(t), 'ideas.db');
  using db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; CREATE TABLE host (id INTEGER PRIMARY KEY)');
  return path;
}

function start(minute: number, job: JobName): RunStart {
  const startedAt = new Date(NOW + minute * 60_000).toISOString();
  return { command: `job --mode ${job}`, jobs: [job], reason: 'test', startedAt };
}

function end(minute: number, outcome: RunEnd['outcome']): RunEnd {
  const endedAt = new Date(NOW + minute * 60_000).toISOString();
  return { endedAt, durationMs: 5, outcome, records: 0, remaining: null, tables: [], message: null };
}
