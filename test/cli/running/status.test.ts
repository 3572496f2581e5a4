import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { acquireRunLock } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, TEST_NOW } from '../world.ts';

const DAY = 86_400_000;

test('where no job ever ran that is what status says, and it touches nothing', async (t) => {
  const ideas = createIdeas(t);
  const bytes = readFileSync(ideas.database);
  const { status, stdout } = await firn(['status', '--check', ...ideas.paths]);
  assert.equal(status, 1);
  assert.match(stdout, /^Health {5}attention: .*the daily job has never succeeded/m);
  assert.match(
    stdout,
    /^Scheduler {2}not running \(no firn run process, and no timer has started a job yet\)$/m,
  );
  assert.deepEqual(readdirSync(ideas.folder), ['ideas.db']);
  assert.deepEqual(readFileSync(ideas.database), bytes);
});

test('a timer is seen by what it started', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', '--scheduled', '--quiet', ...ideas.paths]);
  await firn(['job', '--mode', 'weekly', ...ideas.paths]);
  const { stdout } = await firn(['status', ...ideas.paths]);
  assert.match(
    stdout,
    /^Scheduler {2}not running \(no firn run process; a timer started job --mode daily \S+ \S+Z\)$/m,
  );
});

test('after all jobs ran health is one good line, and the check exits 0', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', '--mode', 'full', ...ideas.paths]);
  const { status, stdout } = await firn(['status', '--check', '--quiet', ...ideas.paths]);
  assert.deepEqual([status, stdout], [0, 'ok: all jobs ran on time\n']);
});

test('after the first daily job of a new installation nothing is overdue, until a job is due and does not run', async (t) => {
  const ideas = createIdeas(t);
  const first = TEST_NOW + 9 * DAY;
  await firn(['job', '--mode', 'daily', ...ideas.paths], { now: first });
  const check = async (now: number) => {
    const { stdout } = await firn(['status', '--check', '--quiet', ...ideas.paths], { now });
    return stdout.includes('never succeeded');
  };
  assert.equal(await check(first + 60_000), false);
  assert.equal(await check(first + 40 * DAY), true);
});

test('a day without the daily job makes it overdue, and its tables too', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', '--mode', 'full', ...ideas.paths]);
  const late = { now: TEST_NOW + 3 * DAY };
  const { status, stdout } = await firn(['status', '--json', '--check', ...ideas.paths], late);
  const report = JSON.parse(stdout);
  assert.equal(status, 1);
  assert.equal(report.health.level, 'attention');
  const daily = report.jobs.find(({ job }: { job: string }) => job === 'daily');
  assert.ok(daily.overdue_since !== null);
  const tools = report.tables.find(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual([tools.due, tools.overdue], [3, true]);
});

test('a run that never ended is running while the lock is held, and died when it is free', async (t) => {
  const ideas = createIdeas(t);
  await using log = await openSqliteRunLog(ideas.database);
  const startedAt = new Date(TEST_NOW - 60_000).toISOString();
  const purpose = { command: 'job --mode daily', jobs: ['daily' as const], reason: 'test' };
  await log.begin({ ...purpose, startedAt });
  {
    await using _lock = await acquireRunLock(ideas.database, { command: purpose.command, since: startedAt });
    const daily = await dailyOf(ideas);
    assert.deepEqual([daily.running, daily.overdue_since], [true, null]);
  }
  const { stdout } = await firn(['status', ...ideas.paths]);
  assert.match(stdout, /daily +2026-05-31 23:59Z +died/);
  assert.match(stdout, /the last daily job died/);
});

test('an archive run of all tables stands in the history and does the work of the daily and weekly job', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  await firn(['archive', 'tool_uses', ...ideas.paths]);
  await firn(['cleanup', 'archives', ...ideas.paths]);
  const { stdout } = await firn(['status', '--json', ...ideas.paths]);
  const { runs, jobs } = JSON.parse(stdout);
  assert.deepEqual(
    runs.map((run: { command: string; jobs: string[] }) => [run.command, run.jobs]),
    [
      ['cleanup archives', ['monthly']],
      ['archive tool_uses', []],
      ['archive all', ['daily', 'weekly']],
    ],
  );
  assert.ok(jobs.every((job: { last_success: string | null }) => job.last_success !== null));
});

test('a pause holds an archive run back too, table by table', async (t) => {
  const ideas = createIdeas(t);
  await firn(['pause', ...ideas.paths]);
  const { status, stdout } = await firn(['archive', 'tool_uses', '--json', ...ideas.paths]);
  const [table] = JSON.parse(stdout).tables;
  assert.deepEqual([status, table.status, table.records], [3, 'paused', 0]);
  assert.equal(ideas.ids('tool_uses').length, 30);
});

test('status of a database that is not there names it and creates nothing', async (t) => {
  const ideas = createIdeas(t);
  const { status, stderr } = await firn(['status', '--db-path', join(ideas.folder, 'no.db')]);
  assert.equal(status, 1);
  assert.match(stderr, /no\.db/);
  assert.deepEqual(readdirSync(ideas.folder), ['ideas.db']);
});

test('metrics say the same as status, on stdout or in a file', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', '--mode', 'daily', ...ideas.paths]);
  const file = join(ideas.folder, 'firn.prom');
  const { stdout } = await firn(['metrics', ...ideas.paths]);
  await firn(['metrics', '--output', file, ...ideas.paths]);
  assert.match(stdout, /^firn_job_last_success_timestamp_seconds\{job="daily"\} 1780272000$/m);
  assert.match(stdout, /^firn_job_last_success_timestamp_seconds\{job="weekly"\} 0$/m);
  assert.match(stdout, /^firn_table_kept_rows\{table="tool_uses",reason="open"\} 1$/m);
  assert.match(stdout, /^firn_table_undated_rows\{table="message_bus_log"\} 1$/m);
  assert.match(stdout, /^firn_archive_rows\{tier="warm"\} 21$/m);
  assert.equal(readFileSync(file, 'utf8').trimEnd(), stdout.trimEnd());
});

async function dailyOf({ paths }: Ideas): Promise<{ running: boolean; overdue_since: string | null }> {
  const { stdout } = await firn(['status', '--json', ...paths]);
  return JSON.parse(stdout).jobs[0];
}
