import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../ideas.ts';
import { firn, type Outcome, TEST_NOW } from '../world.ts';

const FILE = 'warm/2026-05-05/tool_uses.jsonl.gz';
const DAY = 86_400_000;

async function archived(t: TestContext): Promise<Ideas & { run(...argv: string[]): Promise<Outcome> }> {
  const ideas = createIdeas(t);
  assert.equal((await firn(['archive', 'all', ...ideas.paths])).status, 0);
  return { ...ideas, run: (...argv) => firn([...argv, ...ideas.paths]) };
}

function damage({ archives }: Ideas, file = FILE): void {
  const path = join(archives, file);
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length - 9));
}

test('an answer with unreadable segments never says that nothing is there', async (t) => {
  const world = await archived(t);
  damage(world);
  const where = ['--where', 'id=t02'];
  for (const [argv, never] of [
    [['search', ...where], /No rows found\.$/m],
    [['timeline', 'id=t02'], /No rows found\.$/m],
    [['explain', 'tool_uses', 't02'], /nowhere|Not found in any tier/],
    [['restore', 'tool_uses', ...where, '--into', join(world.folder, 'x.db')], /No archived rows match/],
    [['restore', 'tool_uses', ...where, '--into', 'hot', '--dry-run'], /no archived rows match/],
    [['erase', '--table', 'tool_uses', ...where, '--dry-run'], /No matching rows in any tier/],
  ] as const) {
    const { stdout, stderr, status } = await world.run(...argv);
    assert.equal(status, 5, `${argv}: ${stdout}${stderr}`);
    assert.doesNotMatch(stdout, never, argv.join(' '));
  }
});

test('a limited answer is not called complete', async (t) => {
  const world = await archived(t);
  const json = async (...argv: string[]) =>
    JSON.parse((await world.run('search', '--table', 'tool_uses', ...argv)).stdout);
  for (const [limit, more] of [
    ['29', true],
    ['30', false],
    ['31', false],
  ] as const) {
    const found = await json('--limit', limit, '--format', 'json');
    const shown = Math.min(30, Number(limit));
    assert.deepEqual(
      [found.hits.length, found.count, found.more, found.complete],
      [shown, shown, more, !more],
    );
    assert.equal(found.rows.hot + found.rows.warm + found.rows.cold, shown);
    const counted = await json('--limit', limit, '--count', '--format', 'json');
    assert.deepEqual([counted.count, counted.complete], [shown, !more]);
    const lines = await world.run('search', '--table', 'tool_uses', '--limit', limit, '--format', 'jsonl');
    assert.equal(lines.stdout.trim().split('\n').length, shown);
    assert.equal(/the output is cut off/.test(lines.stderr), more);
  }
});

test('work that was stopped says so and exits 3: cleanup, export, reclaim', async (t) => {
  const world = await archived(t);
  const stopped = { signal: AbortSignal.abort('SIGTERM'), now: TEST_NOW + 60 * DAY };
  const cleanup = await firn(['cleanup', 'archives', ...world.paths], stopped);
  assert.equal(cleanup.status, 3);
  assert.match(cleanup.stdout, /nothing moved +incomplete/);
  assert.match(cleanup.stdout, /Stopped before cold\/2026\/2026-05\.tar\.gz: stop requested/);
  assert.doesNotMatch(cleanup.stdout, /could not be dealt with/);
  const output = join(world.folder, 'out.jsonl');
  const exported = await firn(['export', 'tool_uses', '--output', output, ...world.paths], stopped);
  assert.equal(exported.status, 3);
  assert.match(exported.stderr, /the export is not complete: it was stopped after 0 rows/);

  const db = new DatabaseSync(world.database);
  db.exec('PRAGMA journal_mode = delete; PRAGMA auto_vacuum = incremental; VACUUM; CREATE TABLE filler (x)');
  db.exec('INSERT INTO filler VALUES (zeroblob(500000)); DROP TABLE filler');
  db.close();
  const reclaim = await firn(['reclaim', ...world.paths], stopped);
  assert.deepEqual([reclaim.status, /stopped: stop requested/.test(reclaim.stdout)], [3, true]);
});

test('an erasure and a rebuild that were stopped say so, exit 3, and are completed by the same command', async (t) => {
  const world = await archived(t);
  const [words, now] = [['erase', '--table', 'tool_uses', '--where', 'id~t', '--yes', '--json'], TEST_NOW];
  const { signal } = new AbortController();
  // As soon as the order is written down.
  Object.defineProperty(signal, 'aborted', { get: () => existsSync(join(world.archives, 'erasures')) });
  const stopped = await firn([...words, ...world.paths], { now, signal });
  const answer = JSON.parse(stopped.stdout);
  assert.deepEqual([stopped.status, answer.total, answer.stopped], [3, 0, 'stop requested']);
  const text = await firn([...words.slice(0, -1), ...world.paths], {
    now,
    signal: AbortSignal.abort('SIGINT'),
  });
  assert.deepEqual([text.status, /Nothing was erased\./.test(text.stderr)], [1, true]);
  const rest = JSON.parse((await world.run(...words)).stdout);
  assert.deepEqual([rest.total > 20, rest.stopped], [true, null]);

  using db = new DatabaseSync(world.database);
  const ledger = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '_firn*'")
    .all();
  for (const { name } of ledger) db.exec(`DROP TABLE "${name}"`);
  const rebuild = await firn(['rebuild', ...world.paths], { now, signal: AbortSignal.abort('SIGINT') });
  assert.equal(rebuild.status, 3);
  assert.match(rebuild.stdout, /Partly rebuilt: 0 ledger entries \(0 before\)/);
  assert.match(rebuild.stdout, /Stopped: stop requested\. Run the command again to continue\./);
  assert.equal((await world.run('rebuild')).status, 0);
});

test('a search that is stopped or fails closes its JSON, says that it is not complete, and does not exit 0', async (t) => {
  const world = await archived(t);
  const [words, now] = [['search', '--table', 'tool_uses', '--format', 'json'], TEST_NOW];
  const whole = JSON.parse((await world.run(...words)).stdout);
  assert.deepEqual([whole.complete, whole.stopped], [true, null]);
  const controller = new AbortController();
  let rows = 0;
  const signal = new Proxy(controller.signal, {
    get: (target, name) => {
      if (name === 'aborted' && ++rows === 4) controller.abort('SIGINT');
      return Reflect.get(target, name, target);
    },
  });
  const { status, stdout, stderr } = await firn([...words, ...world.paths], { now, signal });
  const answer = JSON.parse(stdout);
  assert.deepEqual([status, answer.complete, answer.stopped], [1, false, 'stop requested']);
  assert.equal(answer.count, answer.hits.length);
  assert.ok(answer.count > 0 && answer.count < whole.count, `${answer.count}`);
  assert.match(stderr, /stop requested/);
});

test('what a run found and left is not listed as put right', async (t) => {
  const world = await archived(t);
  damage(world);
  const { stdout, status } = await world.run('archive', 'all');
  assert.equal(status, 5);
  assert.match(stdout, /^Found, not changed:\n +ALARM 2026-05-05\/tool_uses/m);
  assert.doesNotMatch(stdout, /Completed from an earlier run/);
});

test('leased rows are called leased, in every report', async (t) => {
  const world = await archived(t);
  await world.run('restore', 'tool_uses', '--into', 'hot', '--for', '14d');
  const status = JSON.parse((await world.run('retention', 'status', '--json')).stdout);
  const tools = status.database.find(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual([tools.leased, tools.held, tools.open, tools.due], [21, 0, 1, 0]);
  const plan = JSON.parse((await world.run('archive', 'tool_uses', '--dry-run', '--json')).stdout);
  assert.deepEqual([plan.total, plan.tables[0].kept.leased, plan.tables[0].kept.held], [0, 21, 0]);
  assert.match((await world.run('archive', 'tool_uses', '--dry-run')).stdout, /21 rows kept: leased/);
  const deep = await world.run('verify', '--deep');
  assert.equal(deep.status, 0);
  assert.match(deep.stdout, /21 restored rows are in the database \(with a lease\)/);
  assert.doesNotMatch(deep.stdout, /both are kept/);
});

test('erased rows have an account of their own and count as purged nowhere', async (t) => {
  const world = await archived(t);
  await world.run('erase', '--table', 'tool_uses', '--where', 'id<t06', '--yes');
  for (const how of [[], ['--deep']]) {
    const { accounts } = JSON.parse((await world.run('verify', ...how, '--json')).stdout);
    const tools = accounts.find(({ table }: { table: string }) => table === 'tool_uses');
    assert.deepEqual(
      [tools.archived, tools.warm, tools.purged, tools.erased, tools.balanced],
      [21, 16, 0, 5, true],
    );
  }
  assert.match((await world.run('verify')).stdout, /PURGED +ERASED/);
  const { tables } = JSON.parse((await world.run('retention', 'stats', '--json')).stdout);
  const stats = tables.find(({ table }: { table: string }) => table === 'tool_uses');
  assert.deepEqual([stats.purged_records, stats.erased_records], [0, 5]);
});

test('retention status names every table that init proposes', async (t) => {
  const world = createIdeas(t);
  const db = new DatabaseSync(world.database);
  db.exec(
    'CREATE TABLE messungen (nr INTEGER PRIMARY KEY, zeitpunkt INTEGER, wert REAL); CREATE TABLE plain (a, b)',
  );
  const insert = db.prepare('INSERT INTO messungen VALUES (?, ?, ?)');
  for (let n = 0; n < 100; n++) insert.run(n, TEST_NOW / 1000 - (100 - n) * 3600, n / 3);
  db.close();
  const proposed = [
    ...(await firn(['init', '--print', ...world.paths])).stdout.matchAll(/^ {2}# (\S+): not managed yet/gm),
  ];
  const { unmanaged } = JSON.parse((await firn(['retention', 'status', '--json', ...world.paths])).stdout);
  assert.ok(proposed.some(([, table]) => table === 'messungen'));
  for (const [, table] of proposed) assert.ok(unmanaged.includes(table), table);
  assert.ok(!unmanaged.includes('plain'));
});

test('beside an archive that is not its own, a copy of the schema alone never says that all is well', async (t) => {
  const world = await archived(t);
  const copy = join(world.folder, 'schema.db');
  const [from, to] = [new DatabaseSync(world.database), new DatabaseSync(copy)];
  for (const { sql } of from
    .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'")
    .all())
    to.exec(String(sql));
  from.close();
  to.close();
  for (const argv of [['status', '--check'], ['archive', 'all'], ['verify'], ['search']]) {
    const { status, stdout, stderr } = await firn([
      ...argv,
      '--db-path',
      copy,
      '--archive-path',
      world.archives,
    ]);
    assert.ok(status === 5 || (argv[0] === 'archive' && status === 1), `${argv}: ${status}`);
    assert.match(stdout + stderr, /no ledger that lists them|belongs to another database/);
    assert.doesNotMatch(stdout + stderr, /undefined|No problems found|next run will complete/);
  }
});

test('a folder in the place of a segment is named, and other tables go on', async (t) => {
  const world = createIdeas(t);
  mkdirSync(join(world.archives, 'warm/2026-05-06/tool_uses.jsonl.gz'), { recursive: true });
  const db = new DatabaseSync(world.database);
  db.exec("INSERT INTO message_bus_log VALUES ('m0', '2026-01-01T00:00:00Z')");
  db.close();
  const { status, stdout } = await firn(['archive', 'all', '--json', ...world.paths]);
  assert.equal(status, 3);
  const { tables } = JSON.parse(stdout);
  const of = (name: string) => tables.find(({ table }: { table: string }) => table === name);
  assert.match(of('tool_uses').message, /warm\/2026-05-06\/tool_uses\.jsonl\.gz.*Move it away/);
  assert.deepEqual([of('message_bus_log').status, of('message_bus_log').records], ['archived', 1]);
});
