import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { acquireRunLock } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, TEST_NOW } from '../world.ts';

const DAY = 86_400_000;

async function status({ paths }: Ideas, now = TEST_NOW): Promise<Record<string, never>> {
  return JSON.parse((await firn(['status', '--json', ...paths], { now })).stdout);
}

test('the daily job archives its tables, answers in the shape of the contract, and is written down', async (t) => {
  const ideas = createIdeas(t);
  const { status: exit, stdout } = await firn(['job', '--mode', 'daily', ...ideas.paths]);
  const report = JSON.parse(stdout);
  assert.equal(exit, 0);
  assert.deepEqual(Object.keys(report).slice(0, 5), [
    'mode',
    'timestamp',
    'dry_run',
    'total_archived',
    'tables',
  ]);
  assert.deepEqual(
    [report.mode, report.dry_run, report.total_archived, report.outcome],
    ['daily', false, 21, 'done'],
  );
  const tables = report.tables.map(({ table }: { table: string }) => table);
  assert.deepEqual(tables, ['transcript_entries', 'tool_uses', 'skill_traces', 'message_bus_log']);
  assert.equal(ideas.ids('tool_uses').length, 9);
  const { runs } = (await status(ideas)) as unknown as { runs: Record<string, unknown>[] };
  assert.deepEqual(
    runs.map(({ command, outcome, records }) => [command, outcome, records]),
    [['job --mode daily', 'done', 21]],
  );
});

test('without a mode it is the daily job', async (t) => {
  const { stdout } = await firn(['job', ...createIdeas(t).paths]);
  assert.equal(JSON.parse(stdout).mode, 'daily');
});

test('a dry run of every mode says what would be done, and touches nothing', async (t) => {
  const ideas = createIdeas(t);
  const bytes = readFileSync(ideas.database);
  for (const mode of ['daily', 'weekly', 'monthly', 'full']) {
    const { status: exit, stdout } = await firn(['job', '--mode', mode, '--dry-run', ...ideas.paths]);
    assert.deepEqual([exit, JSON.parse(stdout).dry_run], [0, true], mode);
  }
  const { stdout } = await firn(['job', '--mode', 'daily', '--dry-run', ...ideas.paths]);
  assert.equal(JSON.parse(stdout).total_archived, 21);
  assert.deepEqual(readdirSync(ideas.folder), ['ideas.db']);
  assert.deepEqual(readFileSync(ideas.database), bytes);
});

test('the full job holds the answers of all three', async (t) => {
  const ideas = createIdeas(t);
  const { stdout } = await firn(['job', '--mode', 'full', ...ideas.paths]);
  const report = JSON.parse(stdout);
  assert.deepEqual(Object.keys(report), ['mode', 'timestamp', 'dry_run', 'daily', 'weekly', 'monthly']);
  assert.equal(report.daily.total_archived, 21);
  assert.deepEqual(
    report.weekly.tables.map(({ table }: { table: string }) => table),
    ['assertion_results', 'assertion_chains'],
  );
  assert.deepEqual(Object.keys(report.monthly).slice(0, 5), [
    'mode',
    'timestamp',
    'dry_run',
    'consolidation',
    'purge',
  ]);
  const { jobs } = (await status(ideas)) as unknown as { jobs: { job: string; last_success: string }[] };
  assert.ok(jobs.every(({ last_success }) => last_success !== null));
});

test('the monthly job bundles what is past hot and warm', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', ...ideas.paths]);
  const later = { now: TEST_NOW + 31 * DAY };
  const { status: exit, stdout } = await firn(['job', '--mode', 'monthly', ...ideas.paths], later);
  const { consolidation, purge } = JSON.parse(stdout);
  assert.equal(exit, 0);
  assert.deepEqual([consolidation.status, purge.status], ['success', 'no_archives']);
  assert.equal(consolidation.records, 21);
  assert.ok(existsSync(join(ideas.archives, 'cold', '2026', '2026-05.tar.gz')));
});

test('--output gets the answer instead of stdout', async (t) => {
  const ideas = createIdeas(t);
  const output = join(ideas.folder, 'daily.json');
  const { stdout } = await firn(['job', '--output', output, ...ideas.paths]);
  assert.equal(stdout, '');
  assert.equal(JSON.parse(readFileSync(output, 'utf8')).total_archived, 21);
});

test('while paused a job does nothing, says so, and exits 3; afterwards it does everything', async (t) => {
  const ideas = createIdeas(t);
  const paused = await firn(['pause', '--for', '2h', '--reason', 'moving house', ...ideas.paths]);
  assert.match(paused.stdout, /^Paused since .* until 2026-06-01T02:00:00\.000Z: moving house$/m);
  const held = await firn(['job', ...ideas.paths]);
  assert.equal(held.status, 3);
  const report = JSON.parse(held.stdout);
  assert.equal(report.outcome, 'paused');
  assert.deepEqual(
    new Set(report.tables.map((table: { status: string }) => table.status)),
    new Set(['paused']),
  );
  assert.equal(ideas.ids('tool_uses').length, 30);
  const check = await firn(['status', '--check', ...ideas.paths]);
  assert.equal(check.status, 1);
  assert.match(check.stdout, /paused since .*moving house/);

  const over = await firn(['job', ...ideas.paths], { now: TEST_NOW + 2 * 3_600_000 });
  assert.deepEqual([over.status, JSON.parse(over.stdout).total_archived], [0, 21]);
});

test('resume ends a pause, and says when there was none', async (t) => {
  const ideas = createIdeas(t);
  assert.match((await firn(['resume', ...ideas.paths])).stdout, /were not paused/);
  await firn(['pause', ...ideas.paths]);
  assert.match((await firn(['resume', ...ideas.paths])).stdout, /^Resumed/);
  assert.equal((await firn(['job', ...ideas.paths])).status, 0);
});

test('a job that finds the lock taken exits 4, and its absence is in the history', async (t) => {
  const ideas = createIdeas(t);
  {
    await using _lock = await acquireRunLock(ideas.database, { command: 'archive all', since: 'now' });
    const { status: exit, stderr } = await firn(['job', ...ideas.paths]);
    assert.equal(exit, 4);
    assert.match(stderr, /archive all/);
  }
  const { runs } = (await status(ideas)) as unknown as { runs: { outcome: string }[] };
  assert.deepEqual(
    runs.map(({ outcome }) => outcome),
    ['locked'],
  );
});

test('an archive that lost a file is an integrity alarm in the job, in status, and in the hook', async (t) => {
  const ideas = createIdeas(t);
  const heard = join(ideas.folder, 'heard.json');
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, `hooks:\n  on_failure:\n    command: cat > '${heard}'\n`);
  const paths = [...ideas.paths, '--config', config];
  await firn(['job', '--mode', 'full', ...paths]);
  assert.ok(!existsSync(heard));
  rmSync(join(ideas.archives, 'warm', '2026-05-05', 'tool_uses.jsonl.gz'));
  const alarm = await firn(['job', '--mode', 'full', ...paths], { now: TEST_NOW + DAY });
  assert.equal(alarm.status, 5);
  assert.equal((await firn(['status', '--check', ...paths], { now: TEST_NOW + DAY })).status, 5);
  const { event, run } = JSON.parse(readFileSync(heard, 'utf8'));
  assert.deepEqual([event, run.outcome], ['failure', 'integrity']);
  assert.match(run.message, /2026-05-05\/tool_uses/);
});

test('full archives and says so although its purge is refused: JSON, exit 3, and no claim that nothing changed', async (t) => {
  const ideas = createIdeas(t);
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, 'tables:\n  tool_uses: {hot: 7d, warm: 30d, cold: 60d}\n');
  const now = Date.UTC(2028, 0, 1);
  const full = await firn(['job', '--mode', 'full', ...ideas.paths, '--config', config], { now });
  assert.equal(full.status, 3);
  const report = JSON.parse(full.stdout);
  assert.deepEqual(Object.keys(report), ['mode', 'timestamp', 'dry_run', 'daily', 'weekly', 'monthly']);
  const left = 30 - ideas.ids('tool_uses').length + (2 - ideas.ids('message_bus_log').length);
  assert.ok(left > 0);
  assert.deepEqual([report.daily.total_archived, report.daily.outcome], [left, 'done']);
  assert.deepEqual(
    [report.monthly.outcome, report.monthly.consolidation.status, report.monthly.purge.purged_records],
    ['failed', 'skipped', 0],
  );
  assert.match(report.monthly.message, /more than half/);
  assert.match(full.stderr, /more than half/);
  assert.doesNotMatch(full.stdout + full.stderr, /othing was changed/);

  const monthly = await firn(['job', '--mode', 'monthly', ...ideas.paths, '--config', config], { now });
  assert.deepEqual([monthly.status, JSON.parse(monthly.stdout).outcome], [1, 'failed']);
});

test('a job that cannot work at all answers in JSON too', async (t) => {
  const ideas = createIdeas(t);
  await using _lock = await acquireRunLock(ideas.database, { command: 'archive all', since: 'now' });
  for (const mode of ['daily', 'weekly', 'monthly', 'full']) {
    const { status: exit, stdout } = await firn(['job', '--mode', mode, ...ideas.paths]);
    assert.equal(exit, 4, mode);
    const report = JSON.parse(stdout);
    assert.equal(mode === 'full' ? report.monthly.outcome : report.outcome, 'locked');
  }
  const output = join(ideas.folder, 'daily.json');
  await firn(['job', '--output', output, ...ideas.paths]);
  assert.deepEqual(JSON.parse(readFileSync(output, 'utf8')).total_archived, 0);
  const elsewhere = await firn(['job', '--db-path', join(ideas.folder, 'none.db'), ...ideas.paths.slice(2)]);
  assert.deepEqual([elsewhere.status, JSON.parse(elsewhere.stdout).outcome], [1, 'failed']);
  assert.match(elsewhere.stderr, /none\.db/);
});

test('a job that fails after rows left counts them, and is partly done', async (t) => {
  const ideas = createIdeas(t);
  await firn(['job', ...ideas.paths]);
  // A ledger that is older than the archive: the next run drains those rows once more, and then fails.
  const db = new DatabaseSync(ideas.database);
  db.exec(`INSERT INTO tool_uses VALUES ('t60', 'run-1', 'bash', 'done', '2026-05-04T12:00:00Z')`);
  db.close();
  await firn(['job', ...ideas.paths]);
  const back = new DatabaseSync(ideas.database);
  back.exec(`INSERT INTO tool_uses VALUES ('t60', 'run-1', 'bash', 'done', '2026-05-04T12:00:00Z');
    DELETE FROM _firn_receipts WHERE segment LIKE '2026-05-04/%';
    DROP TABLE _firn_holds; CREATE VIEW _firn_holds AS SELECT * FROM nowhere;`);
  back.close();
  const { status: exit, stdout } = await firn(['job', ...ideas.paths]);
  const report = JSON.parse(stdout);
  assert.deepEqual([exit, report.outcome, report.total_archived], [3, 'partly', 1]);
  assert.ok(!ideas.ids('tool_uses').includes('t60'));
});

test('a scheduled job keeps the quiet hours, an unscheduled one does not', async (t) => {
  const ideas = createIdeas(t);
  const config = join(ideas.folder, 'firn.config.yaml');
  writeFileSync(config, 'quiet_hours: [22:00-06:00]\nschedule: { time_zone: UTC }\n');
  const paths = [...ideas.paths, '--config', config];
  const quiet = await firn(['job', '--scheduled', ...paths]);
  assert.deepEqual([quiet.status, JSON.parse(quiet.stdout).outcome], [3, 'quiet']);
  assert.equal((await firn(['job', ...paths])).status, 0);
});

test('a mode that is none is wrong usage', async (t) => {
  const { status: exit, stderr } = await firn(['job', '--mode', 'hourly', ...createIdeas(t).paths]);
  assert.equal(exit, 2);
  assert.match(stderr, /daily, weekly, monthly, full/);
});
