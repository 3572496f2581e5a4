import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { readWithZlib } from '../../support/independent/archive-rows.ts';
import { firn, type Outcome } from '../world.ts';

const POLICY = '{hot: 7d, warm: 900d, cold: 900d, time_column: at}';
const OLD = '2026-03-01T10:00:00Z';

interface Place {
  readonly folder: string;
  readonly database: string;
  readonly archives: string;
  run(...argv: string[]): Promise<Outcome>;
  /** Writes a configuration that names these tables. */
  configure(...tables: string[]): void;
}

/** Two tables with three archived rows each, of `ann`, `bob` and `cy`. */
async function archived(t: TestContext, keyOfT = 'INTEGER PRIMARY KEY AUTOINCREMENT'): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'firn-tables-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const place = placeIn(folder);
  using db = new DatabaseSync(place.database);
  for (const [table, key] of [
    ['t', keyOfT],
    ['u', 'INTEGER PRIMARY KEY AUTOINCREMENT'],
  ] as const) {
    db.exec(`CREATE TABLE ${table} (id ${key}, at TEXT, person TEXT)`);
    for (const [at, person] of ['ann', 'bob', 'cy'].entries())
      db.prepare(`INSERT INTO ${table} VALUES (?, ?, ?)`).run(BigInt(at + 1), OLD, person);
  }
  place.configure('u', 't');
  assert.equal((await place.run('archive', 'all')).status, 0);
  return place;
}

function placeIn(folder: string): Place {
  const [database, archives, config] = [join(folder, 'x.db'), join(folder, 'a'), join(folder, 'firn.yaml')];
  return {
    ...{ folder, database, archives },
    run: (...argv) => firn([...argv, '--db-path', database, '--archive-path', archives, '--config', config]),
    configure: (...tables) =>
      writeFileSync(
        config,
        `preset: none\ntables:\n${tables.map((table) => `  ${table}: ${POLICY}\n`).join('')}`,
      ),
  };
}

function count({ stdout }: Outcome): number {
  return Number(stdout.trim());
}

test('a table whose policy was removed is searched, restored, queried, exported and explained', async (t) => {
  const place = await archived(t);
  place.configure('u');
  for (const flags of [[], ['--archives-only']]) {
    assert.equal(count(await place.run('search', 'ann', '--count', ...flags)), 2, flags.join());
    assert.equal(count(await place.run('search', '--table', 'T', '--count', ...flags)), 3);
    const sql = await place.run('sql', 'SELECT count(*) FROM t', '--format', 'csv', ...flags);
    assert.match(sql.stdout, /\r?\n3\r?\n/);
    assert.equal((await place.run('export', 't', ...flags)).stdout.trim().split('\n').length, 3);
    const file = join(place.folder, `r${flags.length}.db`);
    assert.equal((await place.run('restore', 'all', '--into', file, ...flags)).status, 0);
    using db = new DatabaseSync(file);
    assert.deepEqual({ ...db.prepare('SELECT count(*) AS n FROM t').get() }, { n: 3 });
  }
  const explained = await place.run('explain', 't', '1', '--json');
  assert.deepEqual([explained.status, JSON.parse(explained.stdout).policy], [0, null]);
  const timeline = await place.run('timeline', 'person=ann', '--json');
  assert.equal(JSON.parse(timeline.stdout).entries.length, 2);
});

test('erase over all tables reaches a table whose policy was removed', async (t) => {
  const place = await archived(t);
  place.configure('u');
  using db = new DatabaseSync(place.database);
  db.prepare('INSERT INTO t (at, person) VALUES (?, ?)').run('2026-03-02T10:00:00Z', 'ann');
  const erased = await place.run(
    'erase',
    '--table',
    'all',
    '--where',
    'person=ann',
    '--since',
    '2026-01-01',
    '--yes',
  );
  assert.equal(erased.status, 0, erased.stderr);
  assert.deepEqual(JSON.stringify([...readWithZlib(place.archives)]).match(/ann/g), null);
  for (const table of ['t', 'u'])
    assert.deepEqual(db.prepare(`SELECT * FROM ${table} WHERE person = 'ann'`).all(), [], table);
});

test('a table that was renamed is found under both names', async (t) => {
  const place = await archived(t);
  using db = new DatabaseSync(place.database);
  db.exec('ALTER TABLE t RENAME TO t2');
  db.prepare('INSERT INTO t2 (at, person) VALUES (?, ?)').run('2026-05-20T10:00:00Z', 'ann');
  place.configure('u', 't2');
  assert.equal(count(await place.run('search', 'ann', '--count')), 3);
  assert.equal(count(await place.run('search', '--table', 't', '--count')), 3);
});

test('rows of a table without a policy are kept by cleanup, and reported', async (t) => {
  const place = await archived(t);
  place.configure('u');
  for (const flags of [['--dry-run'], []]) {
    const cleanup = await place.run('cleanup', 'archives', '--json', ...flags);
    const { warnings } = JSON.parse(cleanup.stdout);
    assert.ok(
      warnings.some((warning: string) => /^t: .*no policy/.test(warning)),
      JSON.stringify(warnings),
    );
  }
  assert.equal(count(await place.run('search', '--table', 't', '--count')), 3);
  const status = JSON.parse((await place.run('retention', 'status', '--json')).stdout);
  assert.deepEqual(status.without_policy, [{ table: 't', archived_rows: 3, archived_files: 1 }]);
  assert.match((await place.run('retention', 'status')).stdout, /kept \(no policy\): t \(3 rows\)/);
});

/** What reads the archive beside the database. */
const READERS: readonly (readonly string[])[] = [
  ['search', '--count'],
  ['search', '--table', 't', '--where', 'person=nobody', '--format', 'jsonl'],
  ['export', 't'],
  ['explain', 't', '2'],
  ['sql', 'SELECT count(*) FROM t'],
  ['timeline', 'person=ann'],
  ['restore', 'all', '--into', 'hot'],
  ['erase', '--table', 'all', '--where', 'person=ann', '--dry-run'],
];

/** States in which the archive is not, or not wholly, what the database accounts for. */
const STRANGE: Readonly<Record<string, (place: Place, other: Place) => void>> = {
  'a new database beside a full archive': ({ database }) => {
    rmSync(database);
    using db = new DatabaseSync(database);
    db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, person TEXT)');
  },
  'the archive of another database': (place, other) => {
    rmSync(place.archives, { recursive: true });
    cpSync(other.archives, place.archives, { recursive: true });
  },
  'a ledger that was lost': ({ database }) => {
    using db = new DatabaseSync(database);
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE name GLOB '_firn_*' AND type = 'table'")
      .all();
    for (const { name } of tables) db.exec(`DROP TABLE ${name}`);
  },
  'a copy of the schema alone': ({ database }) => {
    using db = new DatabaseSync(database);
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
      .all();
    for (const { name } of tables) db.exec(`DELETE FROM ${name}`);
  },
  'an empty folder in place of the archive': ({ archives }) => {
    for (const name of readdirSync(archives)) rmSync(join(archives, name), { recursive: true });
  },
  'no archive folder': ({ archives }) => rmSync(archives, { recursive: true }),
};

for (const [name, make] of Object.entries(STRANGE)) {
  test(`no reader answers from ${name}: status 5 and the way out`, async (t) => {
    const [place, other] = [await archived(t), await archived(t)];
    make(place, other);
    for (const argv of READERS) {
      const { status, stderr } = await place.run(...argv);
      assert.equal(status, 5, `${argv.join(' ')}: ${stderr}`);
      assert.match(stderr, /firn rebuild|--adopt|--archives-only/, argv.join(' '));
    }
    const file = join(place.folder, 'r.db');
    assert.equal((await place.run('restore', 't', '--into', file)).status, 5);
  });
}

test('with a lost marker, and with segments that the ledger does not list, readers answer and end in status 5', async (t) => {
  const place = await archived(t);
  const [ledger] = [readFileSync(place.database)];
  renameSync(join(place.archives, 'archive.json'), join(place.folder, 'marker'));
  const lost = await place.run('search', '--count');
  assert.deepEqual([lost.status, count(lost)], [5, 6]);
  assert.match(lost.stderr, /archive\.json is missing/);
  renameSync(join(place.folder, 'marker'), join(place.archives, 'archive.json'));
  using db = new DatabaseSync(place.database);
  db.prepare('INSERT INTO u (at, person) VALUES (?, ?)').run('2026-04-01T10:00:00Z', 'dora');
  assert.equal((await place.run('archive', 'all')).status, 0);
  // The file that was there before comes back.
  db.close();
  for (const end of ['-wal', '-shm']) rmSync(`${place.database}${end}`, { force: true });
  writeFileSync(place.database, ledger);
  const older = await place.run('search', 'dora', '--count');
  assert.equal(older.status, 5);
  assert.match(older.stderr, /2026-04-01\/u.*ledger does not list.*firn archive all/);
  assert.equal((await place.run('search', '--table', 't', '--count')).status, 0, 'of another table');
  assert.equal((await place.run('search', '--tier', 'hot', '--count')).status, 0);
});

test('one table that cannot be read hides no other table', async (t) => {
  const place = await archived(t, 'TEXT PRIMARY KEY COLLATE NOCASE');
  using db = new DatabaseSync(place.database);
  db.prepare('INSERT INTO u (at, person) VALUES (?, ?)').run('2026-05-20T10:00:00Z', 'eve');
  db.prepare('INSERT INTO t VALUES (?, ?, ?)').run('9', '2026-05-20T10:00:00Z', 'eve');
  db.close();
  // A collation that only the application has, in place of one that everybody has.
  const bytes = readFileSync(place.database, 'latin1');
  writeFileSync(place.database, bytes.replaceAll('KEY COLLATE NOCASE', 'KEY COLLATE HOSTED'), 'latin1');
  const found = await place.run('search', '--count');
  assert.deepEqual([found.status, count(found)], [3, 7], found.stderr);
  assert.match(found.stderr, /t: .*HOSTED/);
  const word = await place.run('search', 'eve', '--count');
  assert.deepEqual([word.status, count(word)], [3, 1]);
  assert.equal((await place.run('search', '--table', 'u', '--count')).status, 0);
  const json = JSON.parse((await place.run('search', '--format', 'json')).stdout);
  assert.deepEqual([json.complete, json.unread.length], [false, 1]);
  assert.equal((await place.run('timeline', 'person=eve')).status, 3);
  const file = join(place.folder, 'r.db');
  const restored = await place.run('restore', 'all', '--into', file, '--json');
  assert.ok([0, 3].includes(restored.status), restored.stderr);
  using other = new DatabaseSync(file);
  assert.deepEqual({ ...other.prepare('SELECT count(*) AS n FROM u').get() }, { n: 3 });
  const erased = await place.run('erase', '--table', 'all', '--where', 'person=eve', '--yes');
  assert.equal(erased.status, 3, erased.stderr);
  using now = new DatabaseSync(place.database);
  assert.deepEqual(now.prepare("SELECT * FROM u WHERE person = 'eve'").all(), []);
  for (const argv of [
    ['retention', 'status'],
    ['retention', 'stats'],
    ['verify'],
    ['verify', '--deep'],
    ['status'],
    ['plan'],
    ['metrics'],
    ['cleanup', 'archives', '--dry-run'],
    ['archive', 'all', '--dry-run'],
  ]) {
    const { stdout, stderr, status } = await place.run(...argv);
    assert.ok(status !== 2 && stdout.includes('u'), `${argv.join(' ')} says nothing of u: ${stderr}`);
  }
});

test('plain verify and the dry runs beside an archive that is not this database’s say so, as the runs would', async (t) => {
  const place = await archived(t);
  const dryRuns = [
    ['archive', 'all', '--dry-run'],
    ['cleanup', 'archives', '--dry-run'],
    ['job', '--mode', 'monthly', '--dry-run'],
  ];
  renameSync(join(place.archives, 'archive.json'), join(place.folder, 'archive.json'));
  const unmarked = await place.run('verify');
  assert.equal(unmarked.status, 5, unmarked.stdout);
  assert.match(unmarked.stdout, /archive\.json/);
  renameSync(join(place.folder, 'archive.json'), join(place.archives, 'archive.json'));
  assert.equal((await place.run('verify')).status, 0);

  renameSync(place.database, `${place.database}.lost`);
  using db = new DatabaseSync(place.database);
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, at TEXT, person TEXT)');
  const verified = await place.run('verify');
  assert.equal(verified.status, 5, verified.stdout);
  assert.match(verified.stderr, /no ledger that lists them[\s\S]*firn rebuild[\s\S]*--archives-only/);
  for (const argv of dryRuns) {
    const { status, stderr } = await place.run(...argv);
    assert.equal(status, 1, argv.join(' '));
    assert.match(stderr, /belongs to another database[\s\S]*--adopt/);
  }
});
