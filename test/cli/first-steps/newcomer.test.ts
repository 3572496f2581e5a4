import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { allCommands } from '../../../src/cli/command-list.ts';
import { firn } from '../world.ts';

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'firn-newcomer-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

function makeDatabase(folder: string, name: string): void {
  using db = new DatabaseSync(join(folder, name));
  db.exec(`CREATE TABLE events (id INTEGER PRIMARY KEY, created_at TEXT);
    INSERT INTO events VALUES (1, '2026-01-01T00:00:00Z')`);
}

/** Commands that need no database. */
const WITHOUT = ['completion', 'demo', 'doctor', 'retention policy'];
/** What the others need on their command line. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  archive: ['all'],
  erase: ['--table', 'all', '--where', 'id=1', '--yes'],
  explain: ['events', '1'],
  export: ['events', '--format', 'csv'],
  'hold add': ['--table', 'all', '--where', 'id=1', '--reason', 'r'],
  'hold remove': ['1'],
  restore: ['all', '--into', 'hot'],
  schedule: ['cron'],
  sql: ['SELECT 1'],
  timeline: ['id=1'],
  plan: ['tool_uses', '--hot', '1d'],
};

test('without a configuration and a database, every command says in two lines what to do', async (t) => {
  const folder = emptyFolder(t);
  for (const { name } of allCommands().filter((command) => !WITHOUT.includes(command.name))) {
    const { status, stderr } = await firn([...name.split(' '), ...(ARGUMENTS[name] ?? [])], { cwd: folder });
    assert.equal(status, 1, `${name}: ${stderr}`);
    const lines = stderr.trimEnd().split('\n');
    assert.deepEqual(
      lines.slice(-2),
      [
        'error: no database is configured, and the default database/ideas.db does not exist',
        '  next   Run: firn init PATH (the path of your SQLite database). To try Firn first: firn demo',
      ],
      name,
    );
    assert.equal(lines.length, 2, `${name}: ${stderr}`);
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('with --json, a failure is JSON on stdout as well', async (t) => {
  const folder = emptyFolder(t);
  const { status, stdout, stderr } = await firn(['status', '--json'], { cwd: folder });
  const { error } = JSON.parse(stdout);
  assert.deepEqual([status, error.code, error.exit_status], [1, 'not_found', 1]);
  assert.match(error.message, /no database is configured/);
  assert.match(error.hint, /firn init PATH/);
  assert.match(stderr, /^error: no database/);
  const usage = await firn(['archive', 'all', '--nonsense', '--json'], { cwd: folder });
  assert.deepEqual([usage.status, JSON.parse(usage.stdout).error.code], [2, 'usage']);
  const named = await firn(['status', '--json', '--db-path', 'gone.db'], { cwd: folder });
  assert.equal(JSON.parse(named.stdout).error.path, join(folder, 'gone.db'));
  assert.equal((await firn(['status'], { cwd: folder })).stdout, '');
});

test('the SQLite databases of the folder are suggested by name, and nothing that only has such a name', async (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'notes.db'), 'no database');
  mkdirSync(join(folder, 'folder.db'));
  makeDatabase(folder, 'app.db');
  const hint = async () =>
    (await firn(['archive', 'all'], { cwd: folder })).stderr.trimEnd().split('\n').at(-1);
  assert.equal(await hint(), '  next   Run: firn init app.db');
  for (const name of ['b.sqlite', 'c.sqlite3', 'd.db3']) makeDatabase(folder, name);
  assert.equal(
    await hint(),
    '  next   Run: firn init PATH, where PATH is one of app.db, b.sqlite, c.sqlite3 (1 more)',
  );
});

test('a database that was named, or lost beside its archives, is reported as before', async (t) => {
  const folder = emptyFolder(t);
  const named = await firn(['status', '--db-path', 'gone.db'], { cwd: folder });
  assert.match(named.stderr, /database not found\n {2}where {2}.*gone\.db/);
  writeFileSync(join(folder, 'firn.config.yaml'), 'preset: observability\n');
  const configured = await firn(['status'], { cwd: folder });
  assert.match(configured.stderr, /firn\.config\.yaml names no database.*\n.*Add "database: PATH" to/);
  mkdirSync(join(folder, 'archives'));
  const lost = await firn(['status'], { cwd: folder });
  assert.match(lost.stderr, /database not found/);
});

test('firn init PATH names the database like --db-path, and only one of them counts', async (t) => {
  const folder = emptyFolder(t);
  makeDatabase(folder, 'app.db');
  const written = await firn(['init', 'app.db'], { cwd: folder });
  assert.equal(written.status, 0, written.stderr);
  assert.match(written.stdout, /proposed: events/);
  assert.ok(existsSync(join(folder, 'firn.config.yaml')));
  assert.equal((await firn(['status'], { cwd: folder })).status, 0);
  const twice = await firn(['init', 'app.db', '--db-path', 'other.db', '--print'], { cwd: folder });
  assert.equal(twice.status, 2);
  assert.match(twice.stderr, /two databases are named: app\.db and, with --db-path, other\.db/);
  const same = await firn(['init', 'app.db', '--db-path', 'app.db', '--print'], { cwd: folder });
  assert.equal(same.status, 0, same.stderr);
});

test('bare firn prints a short start screen', async () => {
  const { status, stdout } = await firn([]);
  assert.equal(status, 1);
  assert.match(stdout, /^To begin:\n {2}firn demo /m);
  assert.match(stdout, /^Available commands:$/m);
  const words = stdout.replace(/\s+/g, ' ');
  for (const { name } of allCommands()) assert.ok(words.includes(name), name);
  const lines = stdout.trimEnd().split('\n');
  assert.ok(lines.length <= 25 && lines.every((line) => line.length <= 80), `${lines.length} lines`);
});

test('the preset is named where it applies, with the way to another configuration', async (t) => {
  const folder = emptyFolder(t);
  const preset = await firn(['retention', 'policy'], { cwd: folder });
  assert.match(preset.stdout, /^Preset: observability .*\nNo configuration file\. .*: firn init PATH$/m);
  makeDatabase(folder, 'app.db');
  await firn(['init', 'app.db'], { cwd: folder });
  const own = await firn(['retention', 'policy'], { cwd: folder });
  assert.doesNotMatch(own.stdout, /observability/);
  assert.match(own.stdout, /No table has a policy\. Proposals: firn init --print/);
});
