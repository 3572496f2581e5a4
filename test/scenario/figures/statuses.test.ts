import assert from 'node:assert/strict';
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { acquireRunLock } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { archiveReportJson } from '../../../src/library/answers/moving/archive-answer.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { createIdeas } from '../../cli/ideas.ts';
import { firn } from '../../cli/world.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { DUE, HOSTILE_NOW, HostileWorld } from '../../support/worlds/hostile-world.ts';
import { SMALL_POLICIES } from '../../support/worlds/small-database.ts';

// The keys of DESIGN.md's command line contract, in its order.
const ARCHIVE = ['command', 'dry_run', 'as_of', 'total', 'tables', 'warnings'];
const ARCHIVE_TABLE = [
  'table',
  'status',
  'records',
  'kept',
  'undated',
  'cutoff_date',
  'archive_files',
  'bytes',
  'raw_bytes',
  'duration_ms',
];
const KEPT = ['changed', 'open', 'held'];
const CLEANUP = ['command', 'dry_run', 'as_of', 'consolidation', 'purge', 'warnings'];
const CONSOLIDATION = ['status', 'consolidated', 'cold_files', 'removed_warm'];
const PURGE = ['status', 'purged_files', 'purged_segments', 'purged_records', 'purged_bytes'];
const STATUS = ['as_of', 'database', 'unmanaged', 'archives'];
const STATUS_TABLE = [
  'table',
  'total',
  'hot',
  'warm',
  'stale',
  'undated',
  'open',
  'oldest',
  'newest',
  'policy',
];
const COLD = ['total_files', 'total_size_bytes', 'total_size_mb', 'oldest', 'newest'];
const POLICY = ['hot_days', 'warm_days', 'cold_days', 'total_days', 'timestamp_column'];

/** The contract's keys are there; others may have been added, and then stand where nobody who reads by position is disturbed. */
function assertKeys(value: object, keys: readonly string[], what: string): void {
  const found = Object.keys(value).filter((key) => keys.includes(key));
  assert.deepEqual(found, keys, what);
  for (const key of Object.keys(value)) assert.match(key, /^[a-z_0-9]+$/, what);
}

function assertArchiveShape(stdout: string): { status: string; message?: string; records: number }[] {
  const answer = JSON.parse(stdout);
  assert.equal(stdout, `${JSON.stringify(answer, null, 2)}\n`, 'indented by two spaces');
  assertKeys(answer, ARCHIVE, 'archive');
  assert.equal(answer.command, 'archive');
  for (const table of answer.tables) {
    assertKeys(table, ARCHIVE_TABLE, table.table);
    assertKeys(table.kept, KEPT, 'kept');
    assert.ok(Array.isArray(table.archive_files));
    for (const key of ['records', 'undated', 'bytes', 'raw_bytes', 'duration_ms'])
      assert.equal(typeof table[key], 'number', key);
  }
  assert.equal(
    answer.total,
    answer.tables.reduce((sum: number, { records }: { records: number }) => sum + records, 0),
  );
  return answer.tables;
}

function fillNotes(db: DatabaseSync, rows = 900): void {
  db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO notes SELECT i, '${DUE}' FROM n`);
}

test('archived, no_records, missing_table and exempt, with exit 0', async (t) => {
  const ideas = createIdeas(t);
  const { status, stdout } = await firn(['archive', 'all', '--json', ...ideas.paths]);
  assert.equal(status, 0);
  const statuses = new Set(assertArchiveShape(stdout).map(({ status }) => status));
  assert.deepEqual(statuses, new Set(['archived', 'no_records', 'missing_table']));
  const exempt = await firn(['archive', 'task_list_execution_runs', '--json', ...ideas.paths]);
  assert.deepEqual([exempt.status, assertArchiveShape(exempt.stdout)[0]!.status], [0, 'exempt']);
});

test('dry_run, with the same counts as the run after it', async (t) => {
  const ideas = createIdeas(t);
  const dry = JSON.parse((await firn(['archive', 'all', '--dry-run', '--json', ...ideas.paths])).stdout);
  const { stdout } = await firn(['archive', 'all', '--json', ...ideas.paths]);
  const tables = assertArchiveShape(stdout);
  assert.equal(dry.dry_run, true);
  assert.ok(dry.tables.some(({ status }: { status: string }) => status === 'dry_run'));
  for (const [at, table] of dry.tables.entries()) {
    const wanted = table.status === 'dry_run' ? 'archived' : table.status;
    assert.deepEqual([tables[at]!.status, tables[at]!.records], [wanted, table.records]);
    assertKeys(table, ARCHIVE_TABLE, 'dry run');
  }
});

test('no_policy, for a table that a library asks for and nobody has a policy for', async (t) => {
  const ideas = createIdeas(t);
  const clock = standingClock(HOSTILE_NOW);
  const archive = openFolder(ideas.archives);
  await using store = await openSqliteStore(ideas.database);
  await using copier = inlineCopier(await openSqliteReader(ideas.database), archive);
  const report = await runArchive({ store, archive, copier, clock }, SMALL_POLICIES, ['tool_uses']);
  const [table] = assertArchiveShape(`${JSON.stringify(archiveReportJson(report), null, 2)}\n`);
  assert.deepEqual([table!.status, table!.message], ['no_policy', 'no policy for this table']);
  assert.equal(ideas.ids('tool_uses').length, 30);
});

test('paused, with exit 3, and nothing is archived while the work is paused', async (t) => {
  const ideas = createIdeas(t);
  assert.equal((await firn(['pause', '--reason', 'a release', ...ideas.paths])).status, 0);
  const { status, stdout } = await firn(['job', '--mode', 'daily', ...ideas.paths]);
  assert.equal(status, 3);
  const { tables } = JSON.parse(stdout);
  for (const table of tables) {
    assert.equal(table.status, 'paused');
    assert.match(table.message, /a release/);
  }
  assert.equal(ideas.ids('tool_uses').length, 30);
  assert.equal((await firn(['resume', ...ideas.paths])).status, 0);
  assert.equal((await firn(['job', '--mode', 'daily', ...ideas.paths])).status, 0);
  assert.ok(ideas.ids('tool_uses').length < 30);
});

test('partial, with exit 3, when told to stop between two transactions; the next run goes on', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: (db) => fillNotes(db, 5000) });
  const controller = new AbortController();
  let seen = 0;
  const report = await world.archiveWhile(() => undefined, {
    signal: controller.signal,
    onProgress: () => {
      if (++seen === 3) controller.abort();
    },
  });
  const [table] = report.tables;
  assert.equal(table!.status, 'partial');
  assert.ok(table!.records > 0 && table!.records < 5000, `${table!.records}`);
  assert.match(table!.message!, /stop requested/);
  const next = await world.archive();
  assert.equal(next.status, 0);
  assert.equal(next.reconciled[0]!.action, 'resume');
  world.assertWhole();
});

test('partial, with exit 3, on the command line', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: (db) => fillNotes(db, 5000) });
  let asked = 0;
  const signal = Object.create(AbortSignal.prototype, {
    // As if the signal came in between two transactions.
    aborted: { get: () => ++asked > 4 },
  });
  const { status, tables, stderr, stdout } = await world.archive('all', [], { signal });
  assert.deepEqual([status, tables[0]!.status], [3, 'partial'], stderr);
  assertArchiveShape(stdout);
  assert.equal((await world.archive()).status, 0);
  world.assertWhole();
});

test('error, with exit 3 beside a complete table, and exit 1 alone', async (t) => {
  const world = new HostileWorld(t, {
    tables: { notes: {}, odd: { time_column: 'when' } },
    fill: (db) => {
      fillNotes(db);
      db.exec('CREATE TABLE odd (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT)');
    },
  });
  const both = await world.archive();
  assert.deepEqual([both.status, both.tables.map(({ status }) => status)], [3, ['archived', 'error']]);
  assert.match(both.tables[1]!.message!, /no column when/);
  const alone = await world.archive('odd');
  assert.deepEqual([alone.status, assertArchiveShape(alone.stdout)[0]!.status], [1, 'error']);
});

test('every exit status: 0 done, 1 failed, 2 usage, 3 partly, 4 locked, 5 integrity', async (t) => {
  const ideas = createIdeas(t);
  const run = async (...argv: string[]): Promise<number> => (await firn([...argv, ...ideas.paths])).status;
  assert.equal(await run('archive', 'nonsense'), 2);
  assert.equal(await run('archive', 'all', '--older-than', 'abc'), 2);
  assert.equal((await firn(['archive', 'all', '--db-path', join(ideas.folder, 'none.db')])).status, 1);
  {
    await using _ = await acquireRunLock(ideas.database, { command: 'archive', since: 'now' });
    const second = await firn(['archive', 'all', ...ideas.paths]);
    assert.equal(second.status, 4);
    assert.match(second.stderr, new RegExp(`archive.*process ${process.pid}`));
  }
  assert.equal(await run('archive', 'all'), 0);
  const [day] = readdirSync(join(ideas.archives, 'warm'));
  appendFileSync(join(ideas.archives, 'warm', day!, 'tool_uses.jsonl.gz'), 'x');
  assert.equal(await run('archive', 'all'), 5);
  assert.equal(await run('verify'), 5);
  assert.equal(await run('verify', '--deep'), 5);
});

test('cleanup has the keys of the contract: skipped, no_archives, success', async (t) => {
  const ideas = createIdeas(t);
  const answer = async (now: string, ...argv: string[]) => {
    const world = { now: Date.parse(now) };
    const { status, stdout, stderr } = await firn(
      ['cleanup', 'archives', '--json', ...argv, ...ideas.paths],
      world,
    );
    assert.equal(status, 0, stderr);
    const json = JSON.parse(stdout);
    assert.equal(stdout, `${JSON.stringify(json, null, 2)}\n`);
    assertKeys(json, CLEANUP, 'cleanup');
    assertKeys(json.consolidation, CONSOLIDATION, 'consolidation');
    assertKeys(json.purge, PURGE, 'purge');
    return [json.consolidation.status, json.purge.status];
  };
  await firn(['archive', 'all', ...ideas.paths]);
  assert.deepEqual(await answer('2026-06-01'), ['no_archives', 'no_archives']);
  assert.deepEqual(await answer('2026-08-01', '--dry-run'), ['success', 'no_archives']);
  assert.deepEqual(await answer('2026-08-01', '--purge-only'), ['skipped', 'no_archives']);
  assert.deepEqual(await answer('2026-08-01', '--consolidate-only'), ['success', 'skipped']);
  assert.deepEqual(await answer('2028-08-01', '--yes'), ['no_archives', 'success']);
});

test('retention status and policy have the keys of the contract', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'tool_uses', ...ideas.paths]);
  const status = JSON.parse((await firn(['retention', 'status', '--json', ...ideas.paths])).stdout);
  assertKeys(status, STATUS, 'status');
  for (const table of status.database) {
    assertKeys(table, STATUS_TABLE, table.table);
    assertKeys(table.policy, ['hot_days', 'warm_days', 'cold_days'], 'policy');
    if (table.total !== null) assert.equal(table.stale, table.total - table.hot, table.table);
  }
  assertKeys(status.archives.warm, [...COLD, 'eligible_for_cold'], 'warm');
  assertKeys(status.archives.cold, COLD, 'cold');
  assert.ok(!('eligible_for_cold' in status.archives.cold));
  const policies = JSON.parse((await firn(['retention', 'policy', '--json', ...ideas.paths])).stdout);
  const { tool_uses, message_bus_log, assertion_results } = policies;
  for (const policy of [tool_uses, message_bus_log, assertion_results]) assertKeys(policy, POLICY, 'policy');
  assert.deepEqual(
    [
      tool_uses.total_days,
      message_bus_log.total_days,
      assertion_results.total_days,
      tool_uses.timestamp_column,
    ],
    [402, 127, 850, 'start_time'],
  );
});

test('jobs have the keys of the contract', async (t) => {
  const ideas = createIdeas(t);
  const job = async (...argv: string[]) => JSON.parse((await firn(['job', ...argv, ...ideas.paths])).stdout);
  const archiving = ['mode', 'timestamp', 'dry_run', 'total_archived', 'tables'];
  const cleaning = ['mode', 'timestamp', 'dry_run', 'consolidation', 'purge'];
  for (const dry of [['--dry-run'], []]) {
    assertKeys(await job('--mode', 'daily', ...dry), archiving, 'daily');
    assertKeys(await job('--mode', 'weekly', ...dry), archiving, 'weekly');
    assertKeys(await job('--mode', 'monthly', ...dry), cleaning, 'monthly');
    const full = await job('--mode', 'full', ...dry);
    assertKeys(full, ['mode', 'timestamp', 'dry_run', 'daily', 'weekly', 'monthly'], 'full');
    assertKeys(full.daily, archiving, 'daily of full');
    assertKeys(full.weekly, archiving, 'weekly of full');
    assertKeys(full.monthly, cleaning, 'monthly of full');
    assert.equal(full.dry_run, dry.length === 1);
  }
});

test('the quoted words are in the texts', async (t) => {
  const ideas = createIdeas(t);
  await quotes(['archive', 'all', '--dry-run', ...ideas.paths], [/DRY RUN/, /Total: 21 records/]);
  await quotes(['archive', 'all', ...ideas.paths], [/Archive Results:/, /Total: 21 records/]);
  await quotes(['archive', 'all', ...ideas.paths], [/Archive Results:/, /Total: 0 records/]);
  await quotes(['cleanup', 'archives', '--dry-run', ...ideas.paths], [/DRY RUN/]);
  await quotes(['cleanup', 'archives', ...ideas.paths], [/Cleanup Results:/]);
  await quotes(['retention', 'status', ...ideas.paths], [/HOT STORAGE/, /WARM ARCHIVE/, /COLD ARCHIVE/]);
  await quotes(['retention', 'policy', ...ideas.paths], [/Retention Policies/]);
  await quotes(['--help'], [/Available commands/]);
  await quotes(['archive', '--help'], [/Archive old observability data/]);
  await quotes(['cleanup', '--help'], [/Clean up archived data/]);
  await quotes(['retention', '--help'], [/Retention subcommands/]);
  assert.equal((await firn([])).status, 1);
  assert.equal((await firn(['retention'])).status, 1);
});

async function quotes(argv: readonly string[], words: readonly RegExp[]): Promise<void> {
  const { status, stdout, stderr } = await firn(argv);
  assert.equal(status, 0, stderr);
  for (const word of words) assert.match(stdout, word);
}
