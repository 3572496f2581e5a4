import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createIdeas, type Ideas } from '../../cli/ideas.ts';
import { firn, type Outcome } from '../../cli/world.ts';

/** A database with its first rows archived, and a copy of it that has the same identity. */
interface Copied {
  readonly ideas: Ideas;
  readonly copy: string;
  run(database: string, ...words: readonly string[]): Promise<Outcome>;
}

async function copied(t: TestContext): Promise<Copied> {
  const ideas = createIdeas(t);
  await firn(['archive', 'tool_uses', '--older-than', '20d', ...ideas.paths]);
  mkdirSync(join(ideas.folder, 'other'));
  const copy = join(ideas.folder, 'other', 'copy.db');
  checkpoint(ideas.database);
  copyFileSync(ideas.database, copy);
  const run = (database: string, ...words: readonly string[]): Promise<Outcome> =>
    firn([...words, '--db-path', database, '--archive-path', ideas.archives]);
  return { ideas, copy, run };
}

function checkpoint(database: string): void {
  using db = new DatabaseSync(database);
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

function ids(database: string): string[] {
  using db = new DatabaseSync(database, { readOnly: true });
  return db
    .prepare('SELECT id FROM tool_uses ORDER BY id')
    .all()
    .map(({ id }) => id as string);
}

/** The id of each archived row, as often as it is there, by tools that share no code with Firn. */
function archived(archives: string): string[] {
  const script = [
    'find warm -name "tool_uses*.gz" -exec zcat {} +',
    'find cold -name "*.tar.gz" -exec tar xzOf {} --wildcards "*tool_uses*" \\; | zcat',
  ];
  const text = execFileSync('sh', ['-c', `cd "$0" && { ${script.join('; ')}; } 2>/dev/null; true`, archives]);
  const lines = text
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('{"_firn_'));
  return lines.map((line) => JSON.parse(line).id as string).sort();
}

function addRow(database: string, id: string): void {
  using db = new DatabaseSync(database);
  db.prepare("INSERT INTO tool_uses VALUES (?, 'run-x', 'bash', 'done', '2026-05-04T00:00:00Z')").run(id);
}

const CHANGING: readonly (readonly string[])[] = [
  ['archive', 'all'],
  ['cleanup', 'archives'],
  ['job', '--mode', 'daily'],
  ['verify', '--deep'],
  ['restore', 'tool_uses', '--into', 'hot'],
  ['erase', '--table', 'tool_uses', '--where', 'tool=bash', '--yes'],
  ['hold', 'add', '--table', 'tool_uses', '--where', 'tool=bash', '--reason', 'why'],
];

test('two copies of a database on one archive: the copy is refused before it changes anything, and told the way out', async (t) => {
  const { ideas, copy, run } = await copied(t);
  addRow(copy, 't90');
  const [hot, packed] = [ids(copy), archived(ideas.archives)];
  for (const words of CHANGING) {
    const { status, stderr } = await run(copy, ...words);
    assert.equal(status, 1, `${words.join(' ')}: ${stderr}`);
    assert.match(
      stderr,
      /this database is a copy of .*ideas\.db, which was the last to change the archive/,
      words.join(' '),
    );
    assert.match(stderr, /--archive-path.*--adopt/s);
  }
  assert.deepEqual(ids(copy), hot);
  assert.deepEqual(archived(ideas.archives), packed);
  assert.equal((await run(ideas.database, 'archive', 'all')).status, 0);
  assert.deepEqual([...ids(ideas.database), ...archived(ideas.archives)].sort(), thirty());
});

test('the copy takes the archive over with --adopt, and the other one is refused from then on', async (t) => {
  const { ideas, copy, run } = await copied(t);
  addRow(copy, 't90');
  addRow(ideas.database, 't91');
  assert.equal((await run(copy, 'archive', 'all', '--adopt')).status, 0);
  assert.deepEqual([...ids(copy), ...archived(ideas.archives)].sort(), [...thirty(), 't90'].sort());
  const refused = await run(ideas.database, 'archive', 'all');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /belongs to another database/);
  assert.ok(ids(ideas.database).includes('t91'));
  assert.equal((await run(copy, 'verify', '--deep')).status, 0);
});

test('copies that take turns in one place (another host, a container): the one that comes back is refused', async (t) => {
  const { ideas, copy, run } = await copied(t);
  const [place, aside] = [ideas.database, join(ideas.folder, 'aside.db')];
  addRow(place, 't91');
  assert.equal((await run(place, 'archive', 'tool_uses', '--older-than', '10d')).status, 0);
  checkpoint(place);
  renameSync(place, aside);
  // To the archive this is the database put back to an older state.
  renameSync(copy, place);
  addRow(place, 't90');
  assert.equal((await run(place, 'archive', 'tool_uses', '--older-than', '10d')).status, 0);
  const both = archived(ideas.archives);
  assert.deepEqual(both, [...new Set(both)], 'no row twice');
  checkpoint(place);
  renameSync(place, copy);
  renameSync(aside, place);
  const hot = ids(place);
  const { status, stderr } = await run(place, 'archive', 'all');
  assert.equal(status, 1);
  assert.match(stderr, /both changed the archive/);
  assert.deepEqual(ids(place), hot);
  assert.equal((await run(place, 'archive', 'all', '--adopt')).status, 0);
  const [rows, left] = [archived(ideas.archives), ids(place)];
  assert.deepEqual([...new Set([...rows, ...left])].sort(), [...thirty(), 't90', 't91'].sort());
  assert.deepEqual(rows, [...new Set(rows)], 'no row twice');
});

test('a database put back to an older state goes on, as often as it is put back', async (t) => {
  const { ideas, copy, run } = await copied(t);
  for (let round = 0; round < 3; round++) {
    assert.equal((await run(ideas.database, 'archive', 'all')).status, 0);
    checkpoint(ideas.database);
    copyFileSync(copy, ideas.database);
  }
  assert.equal((await run(ideas.database, 'archive', 'all')).status, 0);
  assert.deepEqual([...ids(ideas.database), ...archived(ideas.archives)].sort(), thirty());
});

test('a database that was moved, or has another name, is no copy', async (t) => {
  const { ideas, copy, run } = await copied(t);
  rmSync(copy);
  const names = ['moved.db', 'symbolic.db', 'hard.db'].map((name) => join(ideas.folder, name));
  renameSync(ideas.database, names[0]!);
  symlinkSync(names[0]!, names[1]!);
  for (const name of [names[0]!, names[1]!, names[0]!]) {
    const { status, stderr } = await run(name, 'archive', 'all');
    assert.equal(status, 0, stderr);
  }
  checkpoint(names[0]!);
  using db = new DatabaseSync(names[0]!);
  db.exec('PRAGMA journal_mode = DELETE');
  db.close();
  linkSync(names[0]!, names[2]!);
  assert.equal((await run(names[2]!, 'archive', 'all')).status, 0);
});

test('a database that is copied together with its archive is a pair of its own', async (t) => {
  const { ideas, copy } = await copied(t);
  const archives = join(ideas.folder, 'other', 'archives');
  cpSync(ideas.archives, archives, { recursive: true });
  const pair = ['--db-path', copy, '--archive-path', archives];
  for (const paths of [pair, ideas.paths, pair]) {
    const { status, stderr } = await firn(['archive', 'all', ...paths]);
    assert.equal(status, 0, stderr);
  }
  assert.deepEqual([...ids(copy), ...archived(archives)].sort(), thirty());
});

for (const [what, text] of [
  ['lost', null],
  ['damaged', '{"format":1,'],
  ['of a later version', '{"format":2}'],
] as const) {
  test(`a lineage that is ${what} keeps nobody from working`, async (t) => {
    const { ideas, run } = await copied(t);
    const file = join(ideas.archives, 'lineage.json');
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
    assert.equal((await run(ideas.database, 'archive', 'all')).status, 0);
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).format, 1);
  });
}

function thirty(): string[] {
  return Array.from({ length: 30 }, (_, at) => `t${String(at).padStart(2, '0')}`);
}
