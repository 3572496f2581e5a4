import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { acquireRunLock } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { openSqliteRunLog } from '../../../src/hot/sqlite/ledger/sqlite-run-log.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, TEST_NOW } from '../world.ts';

const HOUR = 3_600_000;

interface Entry {
  readonly command: string;
  readonly outcome: string | null;
  readonly ended_at: string | null;
  readonly running: boolean;
  readonly records: number;
  readonly rows_per_second: number | null;
  readonly archived: { readonly files: number; readonly rows: number; readonly bytes: number };
  readonly in_progress: readonly {
    readonly segment: string;
    readonly deleted: number;
    readonly rows: number;
  }[];
}

async function runsOf({ paths }: Ideas, argv: readonly string[] = [], now = TEST_NOW): Promise<Entry[]> {
  const { status, stdout, stderr } = await firn(['history', '--json', ...argv, ...paths], { now });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout).runs;
}

test('without runs the history is empty, and reading it touches nothing', async (t) => {
  const ideas = createIdeas(t);
  const bytes = readFileSync(ideas.database);
  assert.deepEqual(await runsOf(ideas), []);
  assert.match((await firn(['history', ...ideas.paths])).stdout, /^No runs recorded\.\n/);
  assert.deepEqual(readFileSync(ideas.database), bytes);
  assert.deepEqual(readdirSync(ideas.folder), ['ideas.db']);
});

test('each run tells what it moved and wrote, the newest first', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const later = { now: TEST_NOW + 100 * 24 * HOUR };
  await firn(['job', '--mode', 'monthly', ...ideas.paths], later);
  const [monthly, archive] = await runsOf(ideas, [], later.now);
  assert.deepEqual([archive?.command, archive?.outcome, archive?.records], ['archive all', 'done', 21]);
  assert.deepEqual([archive?.archived.files, archive?.archived.rows], [21, 21]);
  assert.ok((archive?.archived.bytes ?? 0) > 0 && (archive?.rows_per_second ?? 0) > 0);
  // It bundles files that the first run wrote.
  assert.deepEqual([monthly?.outcome, monthly?.records, monthly?.archived.files], ['done', 21, 0]);
  assert.deepEqual((await runsOf(ideas, ['--job', 'monthly'])).length, 1);
  assert.deepEqual(
    (await runsOf(ideas, ['--limit', '1'])).map(({ command }) => command),
    [monthly?.command],
  );
  const { stdout } = await firn(['history', ...ideas.paths], later);
  assert.match(stdout, /2026-06-01 00:00Z +archive all +done +21 +[\d.]+ kB +\d+ ms/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});

test('a run that did not complete says why', async (t) => {
  const ideas = createIdeas(t);
  await firn(['pause', '--reason', 'moving the server', ...ideas.paths]);
  await firn(['job', '--mode', 'daily', ...ideas.paths]);
  const [run] = await runsOf(ideas);
  assert.deepEqual([run?.outcome, run?.archived.files], ['paused', 0]);
  const { stdout } = await firn(['history', ...ideas.paths]);
  assert.match(stdout, /job --mode daily: paused[\s\S]*moving the server/);
});

test('a running job shows its progress; when its lock is free, it died', async (t) => {
  const ideas = createIdeas(t);
  await firn(['archive', 'all', ...ideas.paths]);
  const since = new Date(TEST_NOW + HOUR).toISOString();
  const purpose = { command: 'job --mode daily', jobs: ['daily' as const], reason: 'test' };
  await using log = await openSqliteRunLog(ideas.database);
  await log.begin({ ...purpose, startedAt: since });
  {
    using db = new DatabaseSync(ideas.database);
    db.prepare(
      `UPDATE _firn_receipts SET archived_at = ?, state = 'draining', position = 0 WHERE day = '2026-05-24'`,
    ).run(since);
  }
  const now = TEST_NOW + 2 * HOUR;
  {
    await using _lock = await acquireRunLock(ideas.database, { command: purpose.command, since });
    const [run] = await runsOf(ideas, [], now);
    assert.deepEqual([run?.running, run?.outcome, run?.archived.files], [true, null, 1]);
    const [file] = run?.in_progress ?? [];
    assert.deepEqual([file?.segment, file?.deleted, file?.rows], ['2026-05-24/tool_uses.jsonl.gz', 0, 1]);
    const { stdout } = await firn(['history', ...ideas.paths], { now });
    assert.match(stdout, /job --mode daily +running +1 +\d+ B +1 h/);
    assert.match(stdout, /2026-05-24\/tool_uses\.jsonl\.gz: 0 of 1 row deleted/);
  }
  const [died] = await runsOf(ideas, [], now);
  assert.deepEqual(
    [died?.running, died?.outcome, died?.ended_at, died?.archived.files],
    [false, 'died', null, 1],
  );
  // Another run holds the lock now, and takes over what the first one left.
  await using _lock = await acquireRunLock(ideas.database, {
    command: 'archive all',
    since: new Date(now).toISOString(),
  });
  assert.equal((await runsOf(ideas, [], now))[0]?.running, false);
});
