import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { askDuck } from '../../support/independent/duckdb.ts';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome, type World } from '../world.ts';

/** 21 of the 30 tool uses are in warm; `t01` is still open, and the last eight are too young. */
async function archived(
  t: TestContext,
): Promise<
  Ideas & { run(...argv: string[]): Promise<Outcome>; as(world: World, ...argv: string[]): Promise<Outcome> }
> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return {
    ...ideas,
    run: (...argv) => firn([...argv, ...ideas.paths]),
    as: (world, ...argv) => firn([...argv, ...ideas.paths], world),
  };
}

function ids({ stdout }: Outcome): string[] {
  return stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).row.id);
}

test('search finds rows of both tiers, the newest first, one object a line', async (t) => {
  const { run } = await archived(t);
  const found = await run('search', '--where', 'execution_id=run-0', '--format', 'jsonl');
  assert.equal(found.status, 0);
  assert.deepEqual(ids(found), ['t27', 't24', 't21', 't18', 't15', 't12', 't09', 't06', 't03', 't00']);
  const tiers = found.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).tier);
  assert.deepEqual(tiers, ['hot', 'hot', ...Array(8).fill('warm')]);
});

test('a hit names its key as explain takes it, and its archive file', async (t) => {
  const { run } = await archived(t);
  const hits = (await run('search', '--where', 'execution_id=run-0', '--format', 'jsonl')).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual([hits[0].key, hits[0].path], [['t27'], null]);
  assert.deepEqual([hits.at(-1).key, hits.at(-1).path], [['t00'], `warm/${hits.at(-1).segment}`]);
  assert.equal((await run('explain', hits.at(-1).table, ...hits.at(-1).key)).status, 0);
  // Also where the key is not among the wanted columns.
  const picked = await run('search', '--columns', 'tool', '--limit', '1', '--format', 'jsonl');
  assert.equal(JSON.parse(picked.stdout).key.length, 1);
});

test('search takes days, ages, words, tiers and a limit', async (t) => {
  const { run } = await archived(t);
  const jsonl = ['--table', 'tool_uses', '--format', 'jsonl', '--oldest'];
  assert.deepEqual(ids(await run('search', '--since', '2026-05-10', '--until', '2026-05-11', ...jsonl)), [
    't07',
    't08',
  ]);
  assert.deepEqual(ids(await run('search', '--since', '3d', ...jsonl)), ['t26', 't27', 't28', 't29']);
  assert.deepEqual(ids(await run('search', 'PENDING', ...jsonl)), ['t01']);
  assert.deepEqual(ids(await run('search', '--tier', 'warm', '--limit', '2', ...jsonl)), ['t00', 't02']);
  assert.equal((await run('search', '--where', 'tool~AS', '--count')).stdout, '30\n');
});

test('search prints a table, JSON and CSV', async (t) => {
  const { run } = await archived(t);
  const table = await run('search', '--where', 'execution_id=run-1', '--limit', '3');
  assert.match(table.stdout, /time +tier +table +id +what/);
  assert.match(table.stderr, /More than 3 rows match/);
  const json = JSON.parse((await run('search', '--where', 'id=t05', '--format', 'json')).stdout);
  assert.equal(json.complete, true);
  assert.equal(json.hits[0].row.result_status, 'done');
  assert.equal(JSON.parse((await run('search', '--where', 'id=none', '--format', 'json')).stdout).count, 0);
  const csv = await run('search', '--where', 'id=t05', '--format', 'csv');
  assert.equal(
    csv.stdout,
    '_table,_tier,id,execution_id,tool,result_status,start_time\r\ntool_uses,warm,t05,run-2,bash,done,2026-05-08T12:00:00Z\r\n',
  );
});

test('search --explain says what was read and why the rest was not', async (t) => {
  const { run } = await archived(t);
  const { stderr } = await run('search', '--where', 'id=t05', '--explain', '--count');
  assert.match(stderr, /1 of 21 read; 20 without the key/);
});

test('a damaged and a missing file end in status 5, and what was found is shown', async (t) => {
  const { run, archives } = await archived(t);
  rmSync(join(archives, 'warm/2026-05-03/tool_uses.jsonl.gz'));
  truncateSync(join(archives, 'warm/2026-05-05/tool_uses.jsonl.gz'), 40);
  const found = await run('search', '--where', 'execution_id=run-0', '--format', 'jsonl');
  assert.equal(found.status, 5);
  assert.equal(ids(found).length, 9);
  assert.match(found.stderr, /2026-05-03\/tool_uses/);
  assert.match(found.stderr, /2026-05-05\/tool_uses/);
  assert.match(found.stderr, /not complete/);
});

test('a lost database does not hide the archive, when one says so', async (t) => {
  const { run, database } = await archived(t);
  rmSync(database);
  const refused = await run('search', '--count');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /--archives-only/);
  const found = await run('search', '--count', '--archives-only');
  assert.deepEqual([found.status, found.stdout], [0, '21\n']);
});

test('wrong times, tiers, tables and conditions are wrong usage', async (t) => {
  const { run } = await archived(t);
  for (const argv of [
    ['--since', 'soon'],
    ['--tier', 'ice'],
    ['--table', 'tool_usses'],
    ['--where', 'id'],
    ['--limit', '-1'],
    ['--since', '2026-05-09', '--until', '2026-05-01'],
    ['--newest', '--oldest'],
  ]) {
    assert.equal((await run('search', ...argv)).status, 2, argv.join(' '));
  }
});

test('timeline shows one execution in the order of time', async (t) => {
  const { run } = await archived(t);
  const { stdout, status } = await run('timeline', 'execution_id=run-1', '--json');
  const timeline = JSON.parse(stdout);
  assert.equal(status, 0);
  assert.equal(timeline.entries[0].row.id, 't01');
  assert.equal(timeline.count, 10);
  assert.match((await run('timeline', 'execution_id=run-1')).stdout, /2026-05-04\n.*hot +tool_uses/);
});

test('explain tells where a row is and what becomes of it', async (t) => {
  const { run, database } = await archived(t);
  const warm = await run('explain', 'tool_uses', 't05');
  assert.match(warm.stdout, /warm +2026-05-08\/tool_uses\.jsonl\.gz/);
  assert.match(warm.stdout, /moves to its month's bundle \(cold\) from 2026-06-15T00:00:00Z/);
  const open = await run('explain', 'tool_uses', 't01');
  assert.match(open.stdout, /it is unfinished/);
  const begun = await run('explain', 'tool_uses', 't1');
  assert.equal(begun.status, 2);
  assert.match(begun.stderr, /10 keys of tool_uses begin with t1: t1\d, [\s\S]*Pass more of the key/);
  {
    using db = new DatabaseSync(database);
    db.exec(
      "INSERT INTO message_bus_log VALUES ('m', '2026-05-30T00:00:00Z'), ('9f1c-77', '2026-05-30T00:00:00Z')",
    );
  }
  const unique = await run('explain', 'message_bus_log', '9f1c');
  assert.deepEqual([unique.status, unique.stdout.split('\n')[0]], [0, 'message_bus_log 9f1c-77']);
  assert.match(unique.stderr, /9f1c: the only key that begins so is 9f1c-77/);
  const exact = await run('explain', 'message_bus_log', 'm');
  assert.deepEqual([exact.status, exact.stderr], [0, ''], 'a whole key wins over those that begin so');
  const nowhere = await run('explain', 'tool_uses', 'never');
  assert.equal(nowhere.status, 1);
  assert.match(nowhere.stdout, /Not found in any tier/);
});

test('restore brings rows back into a file and into hot', async (t) => {
  const { run, as, folder, ids: hotIds } = await archived(t);
  const dry = await as({ cwd: folder }, 'restore', 'tool_uses', '--into', 'may.db', '--dry-run');
  assert.match(dry.stdout, /DRY RUN[\s\S]*Total: 21 rows/);
  const done = await as(
    { cwd: folder },
    'restore',
    'tool_uses',
    '--until',
    '2026-05-10',
    '--into',
    'may.db',
    '--json',
  );
  assert.equal(done.status, 0, done.stderr);
  assert.equal(JSON.parse(done.stdout).total, 7);
  using db = new DatabaseSync(join(folder, 'may.db'));
  assert.equal(db.prepare('SELECT count(*) AS n FROM tool_uses').get()!.n, 7);
  const hot = await run('restore', 'tool_uses', '--where', 'id=t05', '--into', 'hot', '--for', '2d');
  assert.equal(hot.status, 0, hot.stderr);
  assert.ok(hotIds('tool_uses').includes('t05'));
  assert.match((await run('explain', 'tool_uses', 't05')).stdout, /has a lease until 2026-06-03/);
  assert.equal((await run('search', '--where', 'id=t05', '--count')).stdout, '1\n');
  assert.equal((await run('restore', 'tool_uses')).status, 2, 'without --into');
});

test('erase asks first, and then nothing of the row is left', async (t) => {
  const { run, archives } = await archived(t);
  const erase = ['erase', '--table', 'tool_uses', '--where', 'id=t05'];
  assert.match((await run(...erase, '--dry-run')).stdout, /DRY RUN[\s\S]*Total: 1 row /);
  const unasked = await run(...erase);
  assert.equal(unasked.status, 1);
  assert.match(unasked.stderr, /--yes/);
  assert.equal((await run(...erase, '--yes')).status, 0);
  assert.equal((await run('search', '--where', 'id=t05', '--count')).stdout, '0\n');
  assert.ok(!readdirSync(join(archives, 'warm')).includes('2026-05-08'));
  assert.equal((await run('erase', '--table', 'tool_uses')).status, 2, 'without a condition');
});

test('sql asks all tiers, once or line by line', async (t) => {
  const { run, as } = await archived(t);
  const sql = 'SELECT _tier, count(*) AS n FROM tool_uses GROUP BY 1 ORDER BY 1';
  const answer = await run('sql', sql, '--format', 'json');
  assert.equal(answer.status, 0, answer.stderr);
  assert.deepEqual(JSON.parse(answer.stdout), [
    { _tier: 'hot', n: 9 },
    { _tier: 'warm', n: 21 },
  ]);
  assert.match((await run('sql', sql)).stdout, /_tier +n\n +hot +9/);
  const tables = JSON.parse((await run('sql', '--tables', '--format', 'json')).stdout);
  assert.deepEqual(tables[0], { table: 'transcript_entries', rows_from: 'database and archives' });
  assert.ok(tables.some(({ rows_from }: { rows_from: string }) => rows_from === 'database'));
  assert.equal((await run('sql', 'SELECT 1', '--tables')).status, 2);
  const typed = await as(
    { typed: ['.tables', 'SELECT count(*) AS n', 'FROM tool_uses;', '.quit', 'SELECT 1;'] },
    'sql',
    '--format',
    'jsonl',
  );
  assert.match(typed.stdout, /tool_uses\n[\s\S]*\{"n":30\}\n$/);
  assert.equal((await run('sql', 'SELECT nonsense FROM tool_uses')).status, 2);
});

test('export writes JSON lines, CSV and Parquet', async (t) => {
  const { run, as, folder } = await archived(t);
  const lines = (await run('export', 'tool_uses', '--where', 'execution_id=run-0')).stdout.trim().split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).id),
    ['t00', 't03', 't06', 't09', 't12', 't15', 't18', 't21', 't24', 't27'],
  );
  const csv = await as({ cwd: folder }, 'export', 'tool_uses', '--format', 'csv', '--output', 'out.csv');
  assert.equal(csv.status, 0);
  assert.equal(readFileSync(join(folder, 'out.csv'), 'utf8').split('\r\n').length, 32);
  assert.equal(
    (await as({ cwd: folder }, 'export', 'tool_uses', '--output', 'out.csv')).status,
    1,
    'the file is there',
  );
  const parquet = await as(
    { cwd: folder },
    'export',
    'tool_uses',
    '--format',
    'parquet',
    '--output',
    'out.parquet',
  );
  assert.equal(parquet.status, 0, parquet.stderr);
  assert.deepEqual(await askDuck(`SELECT count(*) FROM '${join(folder, 'out.parquet')}'`), [[30n]]);
  const sql = `SELECT * FROM '${join(folder, 'out.parquet')}'`;
  assert.equal((await run('sql', sql)).status, 1, 'firn sql itself reads no such file');
});

test('search shows the columns that were asked for, in that order, in every format', async (t) => {
  const { run, as } = await archived(t);
  const wanted = [
    'search',
    '--table',
    'tool_uses',
    '--oldest',
    '--limit',
    '2',
    '--columns',
    'TOOL,id',
    '--columns',
    'tool',
  ];
  const table = await run(...wanted);
  assert.match(table.stdout, /^ {2}time +tier +table +TOOL +id\n/);
  assert.match(table.stdout, /tool_uses +bash +t00\n/);
  const [line] = (await run(...wanted, '--format', 'jsonl')).stdout.split('\n');
  assert.match(line!, /"row":\{"tool":"bash","id":"t00"\}\}$/);
  const json = JSON.parse((await run(...wanted, '--format', 'json')).stdout);
  assert.deepEqual(json.hits[0].row, { tool: 'bash', id: 't00' });
  assert.match(
    (await run(...wanted, '--format', 'csv')).stdout,
    /^_table,_tier,TOOL,id\r\ntool_uses,warm,bash,t00\r\n/,
  );
  const all = await run('search', '--columns', 'timestamp,tool', '--format', 'jsonl');
  assert.equal(all.status, 0, 'columns that one of the tables has');
  assert.ok(all.stdout.includes('"row":{"tool":"bash"}') && all.stdout.includes('"row":{"timestamp":'));
  const wrong = await run('search', '--columns', 'id,tol');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /column "tol"[\s\S]*Did you mean tool\?/);
  assert.equal((await run('search', '--columns', 'id,,tool')).status, 2);
  // Marks are for a terminal.
  const seen = await as({ isTTY: true, env: {} }, 'search', 'bash', '--limit', '1');
  assert.match(seen.stdout, /\u001b\[7mbash\u001b\[27m/);
  for (const world of [
    { isTTY: false, env: {} },
    { isTTY: true, env: { NO_COLOR: '1' } },
  ])
    assert.ok(!(await as(world, 'search', 'bash', '--limit', '1')).stdout.includes('\u001b'));
});
