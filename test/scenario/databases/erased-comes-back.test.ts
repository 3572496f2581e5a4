import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../../cli/ideas.ts';
import { firn, TEST_NOW } from '../../cli/world.ts';

/** execution_id=run-2 of every third row: t02, t05, … t29. t29 is of the noon after the order. */
const WHERE = ['--where', 'execution_id=run-2'];
const ERASE = ['erase', '--table', 'tool_uses', ...WHERE, '--yes'];

interface World {
  readonly ideas: Ideas;
  /** The state of the database before the erasure, put back. */
  putBack(): void;
  run(...words: readonly string[]): ReturnType<typeof firn>;
}

/** Ten rows archived, some of them erased, and a copy of the database from before that. */
async function erased(t: TestContext, first: (ideas: Ideas) => void = () => undefined): Promise<World> {
  const ideas = createIdeas(t);
  const run = (...words: readonly string[]) => firn([...words, ...ideas.paths]);
  sql(ideas, 'PRAGMA journal_mode = DELETE');
  first(ideas);
  assert.equal((await run('archive', 'tool_uses', '--older-than', '19d')).status, 0);
  const copy = join(ideas.folder, 'older.db');
  copyFileSync(ideas.database, copy);
  const { status, stderr } = await run(...ERASE);
  assert.equal(status, 0, stderr);
  assert.deepEqual(await found(ideas), []);
  return { ideas, putBack: () => copyFileSync(copy, ideas.database), run };
}

function sql({ database }: Ideas, text: string): void {
  using db = new DatabaseSync(database);
  db.exec(text);
}

/** Ids of the rows of run-2, read by SQLite and zcat alone: hot, and in the archive. */
function standing({ database, archives }: Ideas): { readonly hot: string[]; readonly archived: string[] } {
  using db = new DatabaseSync(database, { readOnly: true });
  const hot = db.prepare("SELECT id FROM tool_uses WHERE execution_id = 'run-2' ORDER BY id").all();
  const script = 'cd "$0" && find warm -name "tool_uses*.gz" -exec zcat {} +; true';
  const lines = execFileSync('sh', ['-c', script, archives], { stdio: ['ignore', 'pipe', 'ignore'] });
  const archived = lines
    .toString()
    .split('\n')
    .flatMap((line) => /"id":"(t\d+)","execution_id":"run-2"/.exec(line)?.[1] ?? []);
  return { hot: hot.map(({ id }) => id as string), archived: archived.sort() };
}

async function found({ paths }: Ideas, ...more: readonly string[]): Promise<string[]> {
  const { stdout } = await firn(
    ['search', '--table', 'tool_uses', ...WHERE, '--format', 'jsonl', ...paths, ...more],
    { now: TEST_NOW + 1000 },
  );
  return [...stdout.matchAll(/"id": ?"(t\w+)"/g)].map(([, id]) => id!).sort();
}

test('an order is written into the archive, for its owner alone, before the database has it', async (t) => {
  const { ideas } = await erased(t);
  const [name, ...more] = readdirSync(join(ideas.archives, 'erasures'));
  assert.deepEqual(more, []);
  const path = join(ideas.archives, 'erasures', name!);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const order = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual(
    {
      ...order,
      where: order.where.map(({ column, op, value }: Record<string, string>) => [column, op, value]),
    },
    {
      ...{ format: 1, table: 'tool_uses', where: [['execution_id', '=', 'run-2']], since: null, until: null },
      erased_at: '2026-06-01T00:00:00.000Z',
    },
  );
});

test('an older database shows none of the erased rows, in any command that reads', async (t) => {
  const { ideas, putBack, run } = await erased(t);
  putBack();
  assert.equal(standing(ideas).hot.includes('t23'), true, 'they are in the file again');
  assert.deepEqual(await found(ideas), ['t29']);
  assert.deepEqual(await found(ideas, '--oldest', '--limit', '3'), ['t29']);
  for (const words of [
    ['export', 'tool_uses', ...WHERE],
    ['sql', "SELECT id FROM tool_uses WHERE execution_id = 'run-2'", '--format', 'jsonl'],
  ]) {
    const { stdout } = await run(...words);
    assert.deepEqual(
      [...stdout.matchAll(/"id": ?"(t\d+)"/g)].map(([, id]) => id),
      ['t29'],
      words[0],
    );
  }
  const into = join(ideas.folder, 'out.db');
  await run('restore', 'tool_uses', ...WHERE, '--into', into);
  using out = new DatabaseSync(into);
  const tables = out.prepare("SELECT name FROM sqlite_schema WHERE name = 'tool_uses'").all();
  if (tables.length > 0) {
    const rows = out.prepare("SELECT count(*) AS n FROM tool_uses WHERE execution_id = 'run-2'").get();
    assert.deepEqual({ ...rows }, { n: 0 });
  }
});

for (const words of [
  ['archive', 'all'],
  ['cleanup', 'archives'],
  ['job', '--mode', 'daily'],
  ['job', '--mode', 'monthly'],
  ['verify', '--deep'],
  ['rebuild'],
  ['restore', 'tool_uses', '--where', 'id=t00', '--into', 'hot'],
  ['erase', '--table', 'tool_uses', '--where', 'id=t00', '--yes'],
]) {
  test(`firn ${words.join(' ')} erases them again first, counts them, and archives none`, async (t) => {
    const { ideas, putBack, run } = await erased(t);
    putBack();
    const due = standing(ideas).hot.filter((id) => id !== 't29');
    const { stdout, stderr } = await run(...words);
    assert.match(stdout + stderr, new RegExp(`tool_uses: ${due.length} rows that were erased at 2026-06-01`));
    assert.deepEqual(standing(ideas), { hot: ['t29'], archived: [] });
    const again = await run(...words);
    assert.doesNotMatch(again.stdout + again.stderr, /rows that were erased/);
    assert.deepEqual(standing(ideas).hot, ['t29']);
  });
}

test('a database that knows the order keeps rows of old times that come in later', async (t) => {
  const { ideas, run } = await erased(t);
  sql(ideas, "INSERT INTO tool_uses VALUES ('t90', 'run-2', 'bash', 'done', '2026-05-30T00:00:00Z')");
  await run('archive', 'all');
  await run('cleanup', 'archives');
  assert.deepEqual(standing(ideas).hot, ['t90']);
  assert.deepEqual(await found(ideas), ['t90']);
});

test('rows of an older database that nobody can date stay, and are reported', async (t) => {
  const { ideas, putBack, run } = await erased(t, (world) =>
    sql(world, "INSERT INTO tool_uses VALUES ('t80', 'run-2', 'bash', 'done', 'some day')"),
  );
  putBack();
  const { stderr } = await run('archive', 'all');
  assert.match(stderr, /1 rows? without a valid timestamp match the erasure/);
  assert.deepEqual(standing(ideas).hot, ['t29', 't80']);
  assert.deepEqual(await found(ideas), ['t29', 't80']);
});

test('rows that a hold of the older database keeps stay hidden and are not archived; when it is released they are erased', async (t) => {
  const { ideas, putBack, run } = await erased(t);
  putBack();
  await run('hold', 'add', '--table', 'tool_uses', '--where', 'id=t23', '--reason', 'why');
  const before = standing(ideas).hot;
  assert.match(
    (await run('archive', 'all')).stderr,
    /come back|are in the database again and were not erased: hold 1/,
  );
  assert.ok(standing(ideas).hot.includes('t23'));
  assert.deepEqual(await found(ideas), ['t29']);
  await run('hold', 'remove', '1');
  await run('archive', 'all');
  assert.ok(before.length > 1);
  assert.deepEqual(standing(ideas), { hot: ['t29'], archived: [] });
});

test('an older archive file hides its erased lines, with and without the database', async (t) => {
  const ideas = createIdeas(t);
  const run = (...words: readonly string[]) => firn([...words, ...ideas.paths]);
  await run('archive', 'tool_uses', '--older-than', '19d');
  const copy = join(ideas.folder, 'older');
  cpSync(join(ideas.archives, 'warm'), copy, { recursive: true });
  await run(...ERASE);
  rmSync(join(ideas.archives, 'warm'), { recursive: true });
  cpSync(copy, join(ideas.archives, 'warm'), { recursive: true });
  assert.ok(standing(ideas).archived.length > 0);
  assert.deepEqual(await found(ideas, '--archives-only'), []);
  rmSync(ideas.database);
  assert.deepEqual(await found(ideas, '--archives-only'), []);
});

test('a new database that takes the archive over follows its orders', async (t) => {
  const { ideas, putBack } = await erased(t);
  putBack();
  sql(ideas, 'DELETE FROM _firn_meta; DELETE FROM _firn_receipts; DROP TABLE IF EXISTS _firn_runs');
  sql(
    ideas,
    'DROP TABLE _firn_meta; DROP TABLE _firn_receipts; DROP TABLE _firn_holds; DROP TABLE _firn_changed',
  );
  const { status, stderr } = await firn(['rebuild', ...ideas.paths]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(standing(ideas).hot, ['t29']);
  assert.deepEqual(await found(ideas), ['t29']);
});

test('a damaged order is an integrity alarm, and no reason to show nothing', async (t) => {
  const { ideas, run } = await erased(t);
  const folder = join(ideas.archives, 'erasures');
  const path = join(folder, readdirSync(folder)[0]!);
  writeFileSync(path, readFileSync(path, 'utf8').replace('run-2', 'run-1'));
  const { status, stdout } = await run('verify');
  assert.equal(status, 5);
  assert.match(stdout, /erasures\/.*the erasure record is damaged/s);
  assert.equal((await run('search', '--table', 'tool_uses', '--count')).status, 0);
});
