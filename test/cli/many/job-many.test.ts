import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { createMany, LATER } from './many-world.ts';

const DAY = 24 * 60 * 60_000;

test('a job goes over all databases, each with archives under its identity, and spares the idle ones', async (t) => {
  const many = createMany(t, ['agents/*/ideas.db']);
  many.add('agents/a/ideas.db', [1, 40, 41]);
  many.add('agents/b/ideas.db');
  const first = await many.job();
  assert.equal(first.exit, 0, first.stderr);
  assert.deepEqual([first.summary.done, first.total_archived, first.exit_status], [2, 2, 0]);
  for (const { identity, archives } of first.databases) {
    assert.equal(archives, join(many.archives, identity!));
    assert.ok(existsSync(join(archives, 'archive.json')));
  }
  assert.deepEqual(many.ids('agents/a/ideas.db'), ['d1']);

  // a moved rows just now, so it is looked at once more; b had nothing to do.
  const second = await many.job([], { now: LATER + 1000 });
  assert.deepEqual(second.databases.map(({ state }) => state).toSorted(), ['done', 'idle']);
  const db = new DatabaseSync(many.path('agents/b/ideas.db'));
  db.exec(`INSERT INTO events VALUES ('new', '2039-01-01')`);
  db.close();
  const third = await many.job([], { now: LATER + 2000 });
  assert.equal(third.total_archived, 1, 'a database that changed is visited');
  const status = JSON.parse((await many.firn(['status', '--json'], { now: LATER + 3000 })).stdout);
  assert.deepEqual(
    status.databases.map((one: { exit_status: number }) => one.exit_status),
    [0, 0],
  );
});

test('time alone ends the idleness: rows that become due are archived though the file did not change', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', [4]);
  await many.job();
  assert.equal((await many.job([], { now: LATER + DAY / 2 })).summary.idle, 1);
  const due = await many.job([], { now: LATER + 3 * DAY + 1000 });
  assert.deepEqual([due.summary.done, due.total_archived], [1, 1]);
});

test('no database is left alone for longer than a week, and none when its settings or archives changed', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', []);
  await many.job();
  assert.equal((await many.job([], { now: LATER + 6 * DAY })).summary.idle, 1);
  assert.equal((await many.job([], { now: LATER + 8 * DAY })).summary.done, 1);
  assert.equal((await many.job([], { now: LATER + 9 * DAY })).summary.idle, 1);
  assert.equal((await many.job([], { now: LATER })).summary.done, 1, 'a clock that was set back');
  const { archives } = (await many.job([], { now: LATER + 10 * DAY })).databases[0]!;
  renameSync(archives!, `${archives}.gone`);
  assert.equal((await many.job([], { now: LATER + 11 * DAY })).summary.idle, 0);
});

test('an idle database is not overdue, and what is remembered is not needed', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', []);
  await many.job(['--mode', 'full']);
  const now = LATER + 3 * DAY;
  assert.equal((await many.job(['--mode', 'full'], { now })).summary.idle, 1);
  assert.equal((await many.firn(['status', '--check'], { now: now + 1000 })).status, 0);
  const file = join(many.archives, '.firn-databases.jsonl');
  writeFileSync(file, '{"visit":{"database":"/x"}}\nnot json\n{"visit":{"data', { flag: 'a' });
  assert.equal((await many.job([], { now: now + 2000 })).summary.idle, 1);
  rmSync(file);
  assert.equal((await many.job([], { now: now + 3000 })).summary.done, 1);
});

test('a job that was left out is not reported as overdue when another one runs', async (t) => {
  const many = createMany(t, ['*.db'], 'hooks: { on_overdue: { command: "cat > $FIRN_TEST_TOLD" } }\n');
  const told = many.path('overdue.json');
  process.env.FIRN_TEST_TOLD = told;
  many.add('a.db', []);
  await many.job(['--mode', 'full']);
  assert.equal((await many.job(['--mode', 'monthly'], { now: LATER + 6 * DAY })).summary.idle, 1);
  const db = new DatabaseSync(many.path('a.db'));
  db.exec(`INSERT INTO events VALUES ('new', '2039-01-01')`);
  db.close();
  assert.equal((await many.job([], { now: LATER + 6.5 * DAY })).total_archived, 1);
  assert.equal(existsSync(told), false);
});

test('one bad database hides none of the others', async (t) => {
  const many = createMany(t, ['good/*.db', 'bad.db', 'gone.db', 'nothing/*.db']);
  const odd = 'good/a\nb "c" {1}.db';
  many.add(odd, [40]);
  writeFileSync(many.path('bad.db'), 'this is no database, whatever its name says'.repeat(100));
  mkdirSync(many.path('good/folder.db'));
  const report = await many.job();
  assert.equal(report.exit, 1);
  assert.deepEqual(
    report.databases.map(({ database, state, error }) => [database, state, error?.code ?? null]).toSorted(),
    [
      [many.path('bad.db'), 'failed', 'database'],
      [many.path('gone.db'), 'failed', 'not_found'],
      [many.path(odd), 'done', null],
    ],
  );
  assert.equal(report.total_archived, 1);
  assert.match(report.problems[0]!.message, /no file matches nothing\/\*\.db/);
});

test('one file under several names is worked on once, or not at all where nobody knows which name is used', async (t) => {
  const many = createMany(t, ['*.db', 'wild/*', '!excluded.db']);
  many.add('a.db', [40]);
  symlinkSync('a.db', many.path('link.db'));
  many.add('b.db', [40]);
  linkSync(many.path('b.db'), many.path('hard.db'));
  many.add('excluded.db', [40]);
  many.add('wild/c.db', []);
  for (const end of ['-wal', '-shm', '-journal', '.firn-lock', '.firn-scheduler'])
    writeFileSync(many.path(`wild/c.db${end}`), '');
  const report = await many.job();
  const states = Object.fromEntries(
    report.databases.map(({ database, state }) => [database.split('/').at(-1), state]),
  );
  assert.equal(states['a.db'], 'done');
  assert.deepEqual([states['b.db'], states['hard.db']], ['failed', 'failed']);
  assert.deepEqual(['link.db' in states, 'excluded.db' in states], [false, false]);
  const wild = report.databases.filter(({ database }) => database.includes('wild'));
  assert.deepEqual(
    wild.map(({ state }) => state),
    ['done'],
  );
  assert.deepEqual(many.ids('b.db'), ['d40']);
});

test('a copy of a database is refused, and the original goes on', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('original.db', [40]);
  await many.job();
  copyFileSync(many.path('original.db'), many.path('a-copy.db'));
  const report = await many.job([], { now: LATER + 1000 });
  const [copy, original] = report.databases.toSorted((a, b) => (a.database < b.database ? -1 : 1));
  assert.match(copy!.error?.message ?? '', /are copies with one identity/);
  assert.equal(original!.error, null);
  assert.equal(report.exit, 1);
});

test('a database that vanished is reported as long as its archives are there, unless it is excluded', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', [40]);
  many.add('b.db', [40]);
  await many.job();
  rmSync(many.path('b.db'));
  const report = await many.job([], { now: LATER + 1000 });
  assert.equal(report.exit, 1);
  assert.match(report.problems[0]!.message, new RegExp(`no database: ${many.path('b.db')} is not there`));
  assert.equal((await many.firn(['status', '--check'], { now: LATER + 2000 })).status, 1);
  assert.match((await many.firn(['metrics'], { now: LATER + 2000 })).stdout, /^firn_databases_problems 1$/m);
  const excluded = createMany(t, ['*.db', '!b.db']);
  renameSync(many.archives, excluded.archives);
  // The record names the old folder: it is still not one of these databases.
  assert.equal((await excluded.job()).exit, 1);
});

test('a database whose archives are elsewhere is refused until they are moved to its folder', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', [1, 40]);
  const alone = await many.firn([
    'archive',
    'all',
    '--db-path',
    many.path('a.db'),
    '--archive-path',
    many.path('old'),
  ]);
  assert.equal(alone.status, 0, alone.stderr);
  const refused = await many.job([], { now: LATER + 1000 });
  assert.equal(refused.exit, 1);
  assert.match(refused.databases[0]!.error!.message, /its 1 archived segments are not in/);
  assert.equal((await many.firn(['status'], { now: LATER + 1000 })).status, 1);
  const marker = JSON.parse(readFileSync(many.path('old/archive.json'), 'utf8')) as { database: string };
  renameSync(many.path('old'), join(many.archives, marker.database));
  const report = await many.job([], { now: LATER + 2000 });
  assert.deepEqual([report.exit, report.summary.done], [0, 1], report.stderr);
});

test('what the time did not suffice for is named, and comes first the next time', async (t) => {
  const many = createMany(t, ['*.db']);
  for (const name of ['a.db', 'b.db', 'c.db']) many.add(name, [40]);
  // Told to stop as soon as the first one is done.
  const { signal } = new AbortController();
  const isDone = (): boolean => existsSync(join(many.archives, '.firn-databases.jsonl'));
  Object.defineProperty(signal, 'aborted', { get: isDone });
  const first = await many.job([], { signal });
  assert.deepEqual(
    first.databases.map(({ state }) => state),
    ['done', 'not_reached', 'not_reached'],
  );
  assert.deepEqual([first.exit, first.exit_status], [3, 3]);
  assert.match(first.databases[1]!.error!.message, /stop requested/);
  const second = await many.job([], { now: LATER + 1000 });
  assert.deepEqual(
    second.databases.map(({ database }) => database.split('/').at(-1)),
    ['b.db', 'c.db', 'a.db'],
  );
});

test('two runs over the same databases do not meet', async (t) => {
  const many = createMany(t, ['*.db']);
  many.add('a.db', [40]);
  mkdirSync(many.archives);
  const { lockFleet } = await import('../../../src/operate/fleet/fleet-lock.ts');
  await using _lock = lockFleet(many.archives, { command: 'job --mode weekly', since: 'now' });
  const { status, stderr, stdout } = await many.firn(['job']);
  assert.deepEqual([status, stdout], [4, '']);
  assert.match(stderr, /job --mode weekly \(process/);
  assert.equal(readdirSync(many.archives).length, 1);
});
