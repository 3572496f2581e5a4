import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DUE, HostileWorld } from '../support/worlds/hostile-world.ts';

const ROWS = 20;
const SEGMENT = 'warm/2026-01-16/notes.jsonl.gz';

/** Rows 1 to 20 archived; rows 21 to 40 due since. */
async function archivedWorld(t: TestContext): Promise<HostileWorld> {
  const world = new HostileWorld(t, {
    tables: { notes: {} },
    fill: (db) => {
      db.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT)');
      insert(db, 1);
    },
  });
  assert.equal((await world.archive()).total, ROWS);
  using db = world.others();
  insert(db, ROWS + 1);
  return world;
}

function insert(db: { exec(sql: string): void }, first: number): void {
  db.exec(`WITH RECURSIVE n(i) AS (SELECT ${first} UNION ALL SELECT i + 1 FROM n WHERE i < ${first + ROWS - 1})
    INSERT INTO notes SELECT i, '${DUE}' FROM n`);
}

/** A folder outside the archive with a file in it, and what it holds: it must stay so. */
function outside(t: TestContext): { readonly folder: string; assertUntouched(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'firn-outside-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, '2026-01-16'));
  writeFileSync(join(folder, 'precious'), 'of somebody else');
  writeFileSync(join(folder, '2026-01-16', 'notes.2.jsonl.gz'), 'of somebody else');
  writeFileSync(join(folder, 'old.tmp'), 'of somebody else');
  const photograph = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((path) => [
        path,
        lstatSync(join(folder, path)).isFile() ? readFileSync(join(folder, path), 'utf8') : 'folder',
      ]);
  const before = photograph();
  return { folder, assertUntouched: () => assert.deepEqual(photograph(), before) };
}

/** All commands that go over the archive. None may crash, or take ages. */
async function runEverything(world: HostileWorld): Promise<number[]> {
  const statuses: number[] = [];
  for (const argv of [
    ['verify'],
    ['archive', 'all', '--dry-run'],
    ['retention', 'status'],
    ['retention', 'stats'],
    ['search', 'notes', '--where', 'id=3'],
    ['cleanup', 'archives', '--dry-run', '--older-than', '0d'],
    ['archive', 'all'],
    ['verify', '--deep'],
    ['cleanup', 'archives', '--older-than', '0d', '--consolidate-only'],
    ['rebuild', '--dry-run'],
  ]) {
    const { status, stderr } = await world.firn(argv);
    assert.doesNotMatch(stderr, /unexpected/, argv.join(' '));
    statuses.push(status);
  }
  return statuses;
}

/** Rows from `first` to 40 are hot or in a file that any gzip tool reads; what somebody took away is not Firn's doing. */
function assertNoneLost(world: HostileWorld, first: number): void {
  using db = world.others();
  const ids = new Set(
    db
      .prepare('SELECT id FROM notes')
      .all()
      .map(({ id }) => Number(id)),
  );
  for (const path of readdirSync(world.archives, { recursive: true, encoding: 'utf8' })) {
    const at = join(world.archives, path);
    const status = lstatSync(at);
    if (!status.isFile() || status.size > 1 << 20) continue;
    const text = path.endsWith('.jsonl.gz')
      ? gunzipped(at)
      : path.endsWith('.tar.gz')
        ? gunzipped(at, true)
        : '';
    for (const [, id] of text.matchAll(/^\{"id":(\d+),/gm)) ids.add(Number(id));
  }
  for (let id = first; id <= 2 * ROWS; id++) assert.ok(ids.has(id), `row ${id}`);
}

/** What zcat makes of a file (or of every member of a bundle), nothing when it is none. */
function gunzipped(path: string, bundle = false): string {
  const command = bundle ? 'tar xzOf "$0" | zcat' : 'zcat "$0"';
  return spawnSync('sh', ['-c', command, path], { encoding: 'utf8' }).stdout;
}

for (const path of ['warm', 'warm/2026-01-16', 'cold', '.tmp', 'quarantine']) {
  test(`a folder ${path} that is a link is not followed`, async (t) => {
    const world = await archivedWorld(t);
    const elsewhere = outside(t);
    const at = join(world.archives, path);
    rmSync(at, { recursive: true, force: true });
    symlinkSync(path === 'warm/2026-01-16' ? join(elsewhere.folder, '2026-01-16') : elsewhere.folder, at);
    const statuses = await runEverything(world);
    elsewhere.assertUntouched();
    assertNoneLost(world, path.startsWith('warm') ? ROWS + 1 : 1);
    if (path.startsWith('warm')) assert.equal(statuses[0], 5, 'the files that are gone are an alarm');
  });
}

for (const path of [
  SEGMENT,
  'archive.json',
  'warm/2026-01-16/notes.2.jsonl.gz',
  'cold/2026/2026-01.tar.gz',
]) {
  test(`a file ${path} that is a link is not followed`, async (t) => {
    const world = await archivedWorld(t);
    const elsewhere = outside(t);
    const at = join(world.archives, path);
    mkdirSync(dirname(at), { recursive: true });
    const target = join(elsewhere.folder, 'precious');
    rmSync(at, { force: true });
    symlinkSync(target, at);
    const statuses = await runEverything(world);
    elsewhere.assertUntouched();
    assertNoneLost(world, path === SEGMENT ? ROWS + 1 : 1);
    if (path.includes('notes.2')) assert.equal(statuses[6], 0, 'the next part number is taken');
  });
}

test('a segment that was moved out and linked to is an alarm, though its bytes are the right ones', async (t) => {
  const world = await archivedWorld(t);
  const elsewhere = join(world.folder, 'moved.jsonl.gz');
  renameSync(join(world.archives, SEGMENT), elsewhere);
  symlinkSync(elsewhere, join(world.archives, SEGMENT));
  const { status, stdout } = await world.firn(['verify', '--json']);
  assert.equal(status, 5);
  assert.match(stdout, /notes\.jsonl\.gz/);
});

const FOREIGN: Readonly<Record<string, string | Buffer>> = {
  'warm/notes.jsonl.gz': 'not in a day',
  'warm/2026-01-16/notes.jsonl.gz.bak': 'a copy',
  'warm/2026-01-16/notes.7.jsonl.gz': gzipSync('{"id":1}\n'),
  'warm/2026-01-16/empty.jsonl.gz': '',
  'warm/2026-01-16/..%2F..%2Fetc.jsonl.gz': 'up',
  'warm/2026-01-16/%2e%2e.jsonl.gz': 'up',
  'warm/2026-02-30/notes.jsonl.gz': 'no day',
  'warm/..evil/notes.jsonl.gz': 'dots',
  'warm/2026-01-16/notes\nnewline.jsonl.gz': 'a line feed',
  'warm/2026-01-16/notes.01.jsonl.gz': 'a part that is written otherwise',
  'cold/2026/2026-01.tar.gz': gzipSync('no bundle'),
  'cold/2026/2025-12.tar.gz': 'another year',
  'cold/2026-01.tar.gz': 'not in its year',
  'unheard-of/file': 'foreign',
};

test('foreign files are left as they are, are said, and keep nothing from going on', async (t) => {
  const world = await archivedWorld(t);
  for (const [path, content] of Object.entries(FOREIGN)) {
    mkdirSync(dirname(join(world.archives, path)), { recursive: true });
    writeFileSync(join(world.archives, path), content);
  }
  const { total, tables } = await world.archive();
  assert.deepEqual([total, tables[0]!.status], [ROWS, 'archived']);
  await runEverything(world);
  for (const [path, content] of Object.entries(FOREIGN)) {
    assert.ok(readFileSync(join(world.archives, path)).equals(Buffer.from(content)), path);
  }
  const { stdout } = await world.firn(['verify', '--json']);
  for (const path of ['..%2F..%2Fetc.jsonl.gz', 'notes.7.jsonl.gz', '2026-01.tar.gz', '2026-02-30'])
    assert.ok(stdout.includes(path), path);
  assertNoneLost(world, 1);
});

test('a part number at its limit in a foreign name does not stop the table', async (t) => {
  const world = await archivedWorld(t);
  writeFileSync(join(world.archives, 'warm/2026-01-16/notes.999999999.jsonl.gz'), 'foreign');
  const { total, tables } = await world.archive();
  assert.deepEqual([total, tables[0]!.status], [ROWS, 'archived'], tables[0]!.message);
});

test('pipes, folders and files without end in place of files are not waited for and not read whole', async (t) => {
  const world = await archivedWorld(t);
  const day = join(world.archives, 'warm/2026-01-16');
  execFileSync('mkfifo', [join(day, 'notes.2.jsonl.gz'), join(world.archives, 'warm/pipe')]);
  mkdirSync(join(day, 'notes.5.jsonl.gz'));
  mkdirSync(join(world.archives, 'cold/2026/2026-01.tar.gz'), { recursive: true });
  // Sixteen gigabytes that are on no disk.
  writeFileSync(join(day, 'notes.4.jsonl.gz'), '');
  truncateSync(join(day, 'notes.4.jsonl.gz'), 2 ** 34);
  const before = process.memoryUsage().rss;
  const { total, tables, stderr } = await world.archive();
  assert.equal(total, ROWS, `${tables[0]!.message} ${stderr}`);
  await runEverything(world);
  assert.ok(process.memoryUsage().rss - before < 400 << 20);
  assertNoneLost(world, 1);
});

const MARKERS: Readonly<Record<string, string>> = {
  'no JSON': '{',
  'a list': '[]',
  nothing: 'null',
  'a number': '7',
  'a later format': '{"format":2,"database":"x","created":"y"}',
  'no database': '{"format":1,"created":"y"}',
  'a database that is no text': '{"format":1,"database":{"toString":1},"created":"y"}',
  'a prototype': '{"__proto__":{"format":1,"database":"x","created":"y"}}',
  'deep nesting': '['.repeat(60_000),
  'bytes that are no text': '\xff\xfe',
  'another database': '{"format":1,"database":"00000000-0000-0000-0000-000000000000","created":"y"}',
};

for (const [kind, text] of Object.entries(MARKERS)) {
  test(`an archive whose marker is ${kind} is refused, and nothing moves`, async (t) => {
    const world = await archivedWorld(t);
    writeFileSync(join(world.archives, 'archive.json'), text, 'latin1');
    const files = readdirSync(world.archives, { recursive: true });
    for (const argv of [
      ['archive', 'all'],
      ['cleanup', 'archives', '--older-than', '0d'],
      ['verify', '--deep'],
    ]) {
      const { status, stderr } = await world.firn(argv);
      assert.ok(status === 1 || status === 5, `${argv} exits ${status}`);
      assert.match(stderr, /archive\.json|--adopt/);
      assert.doesNotMatch(stderr, /unexpected/);
    }
    assert.deepEqual(readdirSync(world.archives, { recursive: true }), files);
    using db = world.others();
    assert.equal(Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n), ROWS);
  });
}

test('a marker without end is refused unread', async (t) => {
  const world = await archivedWorld(t);
  truncateSync(join(world.archives, 'archive.json'), 2 ** 33);
  const { status, stderr } = await world.firn(['archive', 'all']);
  assert.equal(status, 5);
  assert.match(stderr, /bytes/);
});
