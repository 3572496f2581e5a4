import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { acquireRunLock } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn } from '../world.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'firn.js');

function archivedIds({ archives }: Ideas, table: string): string[] {
  const warm = join(archives, 'warm');
  if (!existsSync(warm)) return [];
  return readdirSync(warm, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(`${table}.jsonl.gz`))
    .flatMap((path) =>
      gunzipSync(readFileSync(join(warm, path)))
        .toString()
        .trim()
        .split('\n'),
    )
    .map((line) => JSON.parse(line).id)
    .sort();
}

test('every due row leaves for a file that says the same, and the report has the shape of the contract', async (t) => {
  const ideas = createIdeas(t);
  const before = ideas.ids('tool_uses');
  const { status, stdout } = await firn(['archive', 'all', '--json', ...ideas.paths]);
  const report = JSON.parse(stdout);
  assert.equal(status, 0);
  assert.equal(report.command, 'archive');
  assert.equal(report.dry_run, false);
  assert.match(report.as_of, /^2026-06-01T00:00:00/);
  const [tools] = report.tables.filter(({ table }: { table: string }) => table === 'tool_uses');
  assert.equal(tools.status, 'archived');
  assert.deepEqual(tools.kept, {
    changed: 0,
    open: 1,
    held: 0,
    leased: 0,
    last_id: 0,
    rule: 0,
    keep_last: 0,
  });
  assert.equal(tools.records, report.total);
  assert.equal(tools.cutoff_date, '2026-05-25');
  assert.equal(tools.archive_files.length, tools.records);
  assert.deepEqual([...ideas.ids('tool_uses'), ...archivedIds(ideas, 'tool_uses')].sort(), before);
  assert.ok(ideas.ids('tool_uses').includes('t01'));
  const statuses = report.tables.map(({ status }: { status: string }) => status);
  assert.deepEqual(new Set(statuses), new Set(['archived', 'missing_table', 'no_records']));
});

test('a second run finds nothing to do and says so', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const again = await firn(['archive', 'all', ...ideas.paths]);
  assert.equal(again.status, 0);
  assert.match(again.stdout, /Archive Results:/);
  assert.match(again.stdout, /Total: 0 records/);
});

test('a dry run says what would leave and leaves the folder as it was', async (t) => {
  const ideas = createIdeas(t);
  const listing = readdirSync(ideas.folder);
  const bytes = readFileSync(ideas.database);
  const text = await firn(['archive', 'all', '--dry-run', '--verbose', ...ideas.paths]);
  assert.equal(text.status, 0);
  assert.match(text.stdout, /DRY RUN/);
  assert.match(text.stdout, /Total: 21 records/);
  assert.match(text.stdout, /2026-05-03/);
  const json = JSON.parse((await firn(['archive', 'all', '--dry-run', '--json', ...ideas.paths])).stdout);
  assert.equal(json.dry_run, true);
  assert.equal(json.total, 21);
  assert.ok(json.tables.some(({ status }: { status: string }) => status === 'dry_run'));
  assert.deepEqual(readdirSync(ideas.folder), listing);
  assert.ok(readFileSync(ideas.database).equals(bytes));
});

test('rows without an intelligible time stay, and are said', async (t) => {
  const ideas = createIdeas(t);
  const { status, stdout, stderr } = await firn([
    'archive',
    'messages',
    '--older-than',
    '0d',
    ...ideas.paths,
  ]);
  assert.equal(status, 0);
  assert.match(stdout, /Total: 1 records/);
  assert.match(stderr, /warning: .*shorter than its hot time/);
  assert.match(stderr, /warning: .*missing or invalid timestamp/);
  assert.deepEqual(ideas.ids('message_bus_log'), ['m2']);
});

test('an exempt table is said to be exempt and is no failure', async (t) => {
  const ideas = createIdeas(t);
  const { status, stdout } = await firn(['archive', 'task_list_execution_runs', '--json', ...ideas.paths]);
  assert.equal(status, 0);
  assert.equal(JSON.parse(stdout).tables[0].status, 'exempt');
});

test('a table that the database lacks fails alone, and not among others', async (t) => {
  const ideas = createIdeas(t);
  const alone = await firn(['archive', 'skill_traces', '--json', ...ideas.paths]);
  assert.equal(alone.status, 1);
  assert.equal(JSON.parse(alone.stdout).tables[0].status, 'missing_table');
  assert.equal((await firn(['archive', 'transcripts', ...ideas.paths])).status, 0);
});

test('an unknown target is wrong usage and the known ones are named', async (t) => {
  const { status, stderr } = await firn(['archive', 'tool_use', ...createIdeas(t).paths]);
  assert.equal(status, 2);
  assert.match(stderr, /tool_uses, .*messages/);
});

test('what is no duration is wrong usage that names the value and the forms', async (t) => {
  const ideas = createIdeas(t);
  for (const word of ['', '-5d', 'abc', '1_0d', '7', '7 d', '１d', '1.5d', '5days']) {
    const { status, stderr } = await firn(['archive', 'all', '--older-than', word, ...ideas.paths]);
    assert.equal(status, 2, word);
    assert.ok(stderr.includes(JSON.stringify(word)) && stderr.includes('7d, 2w'), stderr);
  }
  assert.equal(ideas.ids('tool_uses').length, 30);
});

test('a database that is not there is named, and not made', async (t) => {
  const { folder } = createIdeas(t);
  const path = join(folder, 'mistyped', 'idaes.db');
  for (const more of [[], ['--dry-run']]) {
    const { status, stderr } = await firn(['archive', 'all', '--db-path', path, ...more]);
    assert.equal(status, 1);
    assert.ok(stderr.includes(path), stderr);
    assert.doesNotMatch(stderr, /at .*\.ts:\d+/);
  }
  assert.ok(!existsSync(join(folder, 'mistyped')));
});

test('told to stop, a run ends cleanly with 3, and the next one goes on', async (t) => {
  const ideas = createIdeas(t);
  const before = ideas.ids('tool_uses');
  const stopped = await firn(['archive', 'tool_uses', '--json', ...ideas.paths], {
    signal: AbortSignal.abort(),
  });
  assert.equal(stopped.status, 3);
  assert.equal(JSON.parse(stopped.stdout).tables[0].status, 'partial');
  assert.equal((await firn(['archive', 'tool_uses', ...ideas.paths])).status, 0);
  assert.deepEqual([...ideas.ids('tool_uses'), ...archivedIds(ideas, 'tool_uses')].sort(), before);
});

test('while another run holds the lock, who it is is said, and the status is 4', async (t) => {
  const ideas = createIdeas(t);
  await using _ = await acquireRunLock(ideas.database, { command: 'cleanup', since: '2026-05-31T23:00:00Z' });
  const { status, stdout, stderr } = await firn(['archive', 'all', ...ideas.paths]);
  assert.equal(status, 4);
  assert.equal(stdout, '');
  assert.match(stderr, /cleanup \(process \d+ .*2026-05-31T23:00:00Z\)/);
  assert.equal((await firn(['archive', 'all', '--dry-run', ...ideas.paths])).status, 0);
});

test('an archived file that is gone is an alarm: 5, and the file is named', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  rmSync(join(ideas.archives, 'warm', '2026-05-03', 'tool_uses.jsonl.gz'));
  const { status, stdout } = await firn(['archive', 'all', ...ideas.paths]);
  assert.equal(status, 5);
  assert.match(stdout, /ALARM 2026-05-03\/tool_uses\.jsonl\.gz/);
});

test('a table that fails does not keep the others: 3, and the reason is said', async (t) => {
  const ideas = createIdeas(t);
  const db = new DatabaseSync(ideas.database);
  db.exec("CREATE TRIGGER no BEFORE DELETE ON tool_uses BEGIN SELECT RAISE(ABORT, 'not these'); END");
  db.close();
  const { status, stdout } = await firn(['archive', 'all', '--older-than', '0d', '--json', ...ideas.paths]);
  const { tables } = JSON.parse(stdout);
  assert.equal(status, 3);
  const statusOf = (name: string) => tables.find(({ table }: { table: string }) => table === name).status;
  assert.equal(statusOf('tool_uses'), 'error');
  assert.equal(statusOf('message_bus_log'), 'archived');
  assert.equal(ideas.ids('tool_uses').length, 30);
});

test('as a process: stdout is the JSON alone, and stderr has no colour and no progress', (t) => {
  const ideas = createIdeas(t);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [LAUNCHER, 'archive', 'tool_uses', '--json', '--older-than', '0d', ...ideas.paths],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.equal(JSON.parse(stdout).command, 'archive');
  assert.ok(!stderr.includes(String.fromCharCode(27)) && !stderr.includes('█'), stderr);
});
