import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { createArchiveFile } from '../../../src/index.ts';
import { segmentText } from '../../support/independent/segment-text.ts';
import { HOSTILE_NOW, HostileWorld } from '../../support/worlds/hostile-world.ts';

const DAY_MS = 86_400_000;
/** When the files of January are due for their bundle. */
const LATER = HOSTILE_NOW + 40 * DAY_MS;

function insert(world: HostileWorld, day: string, ids: readonly number[]): void {
  using db = world.others();
  const row = db.prepare('INSERT INTO t VALUES (?, ?, ?, ?)');
  for (const id of ids)
    row.run(id, `${day}T0${id % 10}:00:00Z`, `run-${id % 3}`, `words of ${id} ${'x'.repeat(id)}`);
}

/** Rows of four days whose files are of all kinds, two of them of one day, in the order in which they were written. */
async function mixedWorld(t: TestContext): Promise<HostileWorld> {
  const table = { lookup_keys: ['run'], references: 'ignore' };
  const world = new HostileWorld(t, {
    tables: { t: table },
    fill: (db) =>
      db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, run TEXT, words TEXT)'),
  });
  const steps = [
    { compression: 'gzip', days: { '2026-01-10': [1, 2, 3], '2026-01-11': [4, 5] } },
    { compression: 'zstd', days: { '2026-01-11': [6, 7], '2026-01-12': [8, 9] } },
    { compression: 'none', days: { '2026-01-12': [10], '2026-01-13': [11] } },
    { compression: 'gzip', days: { '2026-01-12': [12, 13] } },
    { compression: 'zstd', compression_level: 9, days: { '2026-01-10': [14] } },
  ];
  let expected: string[] = [];
  for (const { days, ...packing } of steps) {
    for (const [day, ids] of Object.entries(days)) insert(world, day, ids);
    world.configure({ t: { ...table, ...packing } });
    const before = new Map(expected.map((name) => [name, bytesOf(world, name)]));
    const { status, total, stderr } = await world.archive();
    assert.equal(status, 0, stderr);
    assert.equal(total, Object.values(days).flat().length);
    for (const [name, bytes] of before)
      assert.ok(bytes.equals(bytesOf(world, name)), `${name} is as it was sealed`);
    expected = warmFiles(world);
  }
  assert.deepEqual(expected, FILES);
  return world;
}

const FILES: readonly string[] = [
  '2026-01-10/t.2.jsonl.zst',
  '2026-01-10/t.jsonl.gz',
  '2026-01-11/t.2.jsonl.zst',
  '2026-01-11/t.jsonl.gz',
  '2026-01-12/t.2.jsonl',
  '2026-01-12/t.3.jsonl.gz',
  '2026-01-12/t.jsonl.zst',
  '2026-01-13/t.jsonl',
];
const ALL = Array.from({ length: 14 }, (_, at) => at + 1);

function warmFiles(world: HostileWorld): string[] {
  const files = readdirSync(join(world.archives, 'warm'), { recursive: true, encoding: 'utf8' });
  return files.filter((name) => name.includes('.jsonl')).sort();
}

function bytesOf(world: HostileWorld, name: string): Buffer {
  return readFileSync(join(world.archives, 'warm', name));
}

/** The ids that each way of asking finds, all of which must be the same. */
async function foundIds(world: HostileWorld): Promise<Record<string, number[]>> {
  const ask = async (...argv: string[]): Promise<string> => {
    const { status, stdout, stderr } = await world.firn(argv, { now: LATER });
    assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const idsOf = (text: string): number[] =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line))
      .map(({ id, row = { id } }) => Number(row.id))
      .sort((a, b) => a - b);
  const out = join(mkdtempSync(join(world.folder, 'out-')), 'rows.jsonl');
  await ask('export', 't', '--output', out);
  return {
    search: idsOf(await ask('search', 'words of', '--table', 't', '--format', 'jsonl', '--limit', '100')),
    sql: idsOf(await ask('sql', 'SELECT id FROM t', '--format', 'jsonl')),
    filtered: idsOf(await ask('sql', "SELECT id FROM t WHERE ts < '2027'", '--format', 'jsonl')),
    export: idsOf(readFileSync(out, 'utf8')),
  };
}

async function assertAllFound(world: HostileWorld, ids: readonly number[]): Promise<void> {
  for (const [way, found] of Object.entries(await foundIds(world))) assert.deepEqual(found, ids, way);
  const { status, stdout } = await world.firn(['verify', '--deep', '--json'], { now: LATER });
  assert.equal(status, 0, stdout);
}

test('files of all kinds stand side by side, each is read, and none is written anew', async (t) => {
  const world = await mixedWorld(t);
  await assertAllFound(world, ALL);
  const listed = await world.firn(['retention', 'files', '--json'], { now: LATER });
  const names = (JSON.parse(listed.stdout).files as { segment: string }[]).map(({ segment }) => segment);
  assert.deepEqual(names.sort(), FILES);
  const sealed = new Map(FILES.map((name) => [name, bytesOf(world, name)]));

  const cleanup = await world.firn(['cleanup', 'archives', '--consolidate-only', '--json'], { now: LATER });
  assert.equal(JSON.parse(cleanup.stdout).consolidation.consolidated, FILES.length);
  await assertAllFound(world, ALL);
  const bundled = join(world.folder, 'bundled');
  mkdirSync(bundled);
  const { status } = spawnSync('tar', [
    'xzf',
    join(world.archives, 'cold/2026/2026-01.tar.gz'),
    '-C',
    bundled,
  ]);
  assert.equal(status, 0);
  for (const [name, bytes] of sealed)
    assert.ok(bytes.equals(readFileSync(join(bundled, name))), `${name} is in cold what it was in warm`);

  const back = join(world.folder, 'back.db');
  const restored = await world.firn(['restore', 't', '--into', back], { now: LATER });
  assert.equal(restored.status, 0, restored.stderr);
  using db = new DatabaseSync(back, { readOnly: true });
  assert.deepEqual(
    db
      .prepare('SELECT id FROM t ORDER BY id')
      .all()
      .map(({ id }) => id),
    ALL,
  );
});

test('an erasure keeps the kind of each file, and gives no name a second time', async (t) => {
  const world = await mixedWorld(t);
  const erased = await world.firn(['erase', '--table', 't', '--where', 'run=run-0', '--yes'], { now: LATER });
  assert.equal(erased.status, 0, erased.stderr);
  const left = ALL.filter((id) => id % 3 !== 0);
  await assertAllFound(world, left);
  const files = warmFiles(world);
  assert.ok(files.includes('2026-01-11/t.3.jsonl.zst'), files.join());
  for (const name of files) {
    const lines = segmentText(name, bytesOf(world, name)).toString().split('\n');
    for (const line of lines.filter((text) => text !== '' && !text.startsWith('{"_firn_')))
      assert.notEqual(JSON.parse(line).run, 'run-0', name);
  }
  const parts = files.map((name) => name.replace(/\.jsonl.*/, ''));
  assert.equal(new Set(parts).size, parts.length, 'no two files differ only in their suffix');
});

test('two files that differ only in their suffix are both read, whoever brought them', async (t) => {
  const world = await mixedWorld(t);
  const settings = {
    ...{ table: 't', columns: { id: 'INTEGER', ts: 'TEXT', run: 'TEXT', words: 'TEXT' } },
    ...{ primaryKey: ['id'], timeColumn: 'ts', day: '2026-01-14' },
  };
  mkdirSync(join(world.archives, 'warm/2026-01-14'));
  for (const [id, name] of [
    [101, 't.jsonl.gz'],
    [102, 't.jsonl.zst'],
  ] as const) {
    await using file = await createArchiveFile(join(world.archives, 'warm/2026-01-14', name), settings);
    await file.write({ id, ts: '2026-01-14T00:00:00Z', run: 'run-1', words: `words of ${id}` });
    await file.finish();
  }
  const { status, reconciled } = await world.archive();
  assert.equal(status, 0);
  assert.deepEqual(
    reconciled.map(({ action }) => action),
    ['adopt', 'adopt'],
  );
  await assertAllFound(world, [...ALL, 101, 102]);
  insert(world, '2026-01-14', [15]);
  await world.archive();
  assert.ok(warmFiles(world).includes('2026-01-14/t.2.jsonl.zst'));
});

test('the ledger is rebuilt from files of all kinds alone', async (t) => {
  const world = await mixedWorld(t);
  await world.firn(['cleanup', 'archives', '--consolidate-only'], { now: HOSTILE_NOW + 9 * DAY_MS });
  {
    using db = world.others();
    const own = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB '_firn_*'")
      .all();
    for (const { name } of own) db.exec(`DROP TABLE "${name}"`);
  }
  const rebuilt = await world.firn(['rebuild'], { now: LATER });
  assert.equal(rebuilt.status, 0, rebuilt.stderr);
  await assertAllFound(world, ALL);
  insert(world, '2026-01-11', [15]);
  assert.equal((await world.archive()).status, 0);
  assert.ok(warmFiles(world).includes('2026-01-11/t.3.jsonl.zst'));
  rmSync(join(world.archives, 'warm/2026-01-11/t.3.jsonl.zst'));
  const { status } = await world.firn(['verify', '--json'], { now: LATER });
  assert.equal(status, 5, 'a missing file is an alarm');
});
