import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { runArchive } from '../../../src/lifecycle/archive/archive-run.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { firn } from '../../cli/world.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { FirnProcess } from '../../support/faults/firn-process.ts';
import { DUE, HOSTILE_NOW, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';
import { policyOf } from '../../support/worlds/small-database.ts';

function fill(db: DatabaseSync, rows = 300): void {
  db.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, words TEXT);
    CREATE INDEX notes_ts ON notes (ts);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    INSERT INTO notes SELECT i, iif(i % 10, '${DUE}', '${YOUNG}'), 'word' || i FROM n`);
}

/** Every file below the folder with its bytes and times, but for the shared memory of a write-ahead log, which readers use too. */
function photograph(folder: string): Map<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    paths.map((path) => {
      const status = lstatSync(join(folder, path));
      if (!status.isFile() || path.endsWith('-shm')) return [path, 'there'];
      const digest = createHash('sha256')
        .update(readFileSync(join(folder, path)))
        .digest('hex');
      return [path, `${digest} ${status.mode} ${status.mtimeMs}`];
    }),
  );
}

const READING: readonly (readonly string[])[] = [
  ['archive', 'all', '--dry-run'],
  ['archive', 'all', '--dry-run', '--json', '--older-than', '0d'],
  ['cleanup', 'archives', '--dry-run'],
  ['cleanup', 'archives', '--dry-run', '--older-than', '0d', '--json'],
  ['retention', 'status'],
  ['retention', 'status', '--json'],
  ['retention', 'status', '--check'],
  ['retention', 'policy'],
  ['retention', 'stats', '--json'],
  ['verify'],
  ['verify', '--json'],
  ['job', '--mode', 'full', '--dry-run'],
  ['status'],
  ['status', '--json'],
  ['metrics'],
  ['search', 'notes', '--where', 'id=7'],
  ['hold', 'list'],
  ['reclaim', '--dry-run'],
  ['plan'],
  ['explain', 'notes', '7'],
  ['timeline', 'id=7'],
  ['schedule', 'cron'],
  ['rebuild', '--dry-run'],
];

for (const journal of ['wal', 'delete'] as const) {
  for (const state of ['before the first run', 'after a run', 'with a writer beside'] as const) {
    test(`commands that only read leave every byte and name as it was (${journal}, ${state})`, async (t) => {
      const world = new HostileWorld(t, { tables: { notes: {} }, journal, fill });
      if (state !== 'before the first run') assert.equal((await world.archive()).status, 0);
      // A writer whose changes lie in the log, not yet in the database.
      using writer = state === 'with a writer beside' ? world.others() : null;
      writer?.exec(`INSERT INTO notes VALUES (5000, '${DUE}', 'late')`);
      if (journal === 'wal' && writer === null) assert.ok(!existsSync(`${world.database}-wal`));
      const before = photograph(world.folder);
      for (const argv of READING) {
        const { status, stderr } = await world.firn(argv);
        assert.doesNotMatch(stderr, /unexpected/, argv.join(' '));
        assert.ok(status <= 2, `${argv.join(' ')} exits ${status}: ${stderr}`);
        assert.deepEqual(photograph(world.folder), before, argv.join(' '));
      }
    });
  }
}

/** Root may write everywhere: drop to somebody who may not. */
const NOBODY = 65534;
const IS_ROOT = process.getuid?.() === 0;

for (const journal of ['wal', 'delete'] as const) {
  test(`a database in a folder that may not be written is read all the same (${journal})`, {
    skip: !IS_ROOT && 'needs root, to run as somebody else',
  }, async (t) => {
    const world = new HostileWorld(t, { tables: { notes: {} }, journal, fill });
    const script = `process.setgid(${NOBODY}); process.setuid(${NOBODY});
      process.argv = [process.argv[0], 'firn', ...JSON.parse(process.env.ARGV)];
      (await import(process.env.ENTRY)).main();`;
    chmodSync(world.folder, 0o755);
    for (const file of readdirSync(world.folder)) chmodSync(join(world.folder, file), 0o644);
    const before = photograph(world.folder);
    for (const argv of [
      ['archive', 'all', '--dry-run', '--json'],
      ['retention', 'status', '--json'],
      ['verify', '--json'],
    ]) {
      const paths = ['--db-path', world.database, '--archive-path', world.archives, '--config', world.config];
      const ENTRY = new URL('../../../src/cli/entry.ts', import.meta.url).href;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', script],
        {
          encoding: 'utf8',
          cwd: '/',
          env: { ...process.env, ENTRY, ARGV: JSON.stringify([...argv, ...paths]) },
        },
      );
      if (argv.includes('--dry-run')) assert.equal(JSON.parse(stdout || '{}').total, 300, stderr);
      assert.equal(status, 0, `${argv.join(' ')}: ${stderr}`);
    }
    assert.deepEqual(photograph(world.folder), before);
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      cwd: '/',
      env: {
        ...process.env,
        ENTRY: new URL('../../../src/cli/entry.ts', import.meta.url).href,
        ARGV: JSON.stringify([
          'archive',
          'all',
          '--db-path',
          world.database,
          '--archive-path',
          world.archives,
          '--config',
          world.config,
        ]),
      },
    });
    assert.equal(status, 1, stderr);
    assert.doesNotMatch(stderr, /unexpected/);
    assert.deepEqual(photograph(world.folder), before);
  });
}

for (const journal of ['wal', 'delete'] as const) {
  test(`a writer that holds the lock for seconds is waited for (${journal})`, async (t) => {
    const world = new HostileWorld(t, { tables: { notes: {} }, journal, fill });
    const paths = ['--db-path', world.database, '--archive-path', world.archives, '--config', world.config];
    using writer = world.others();
    writer.exec("BEGIN IMMEDIATE; UPDATE notes SET words = 'mine' WHERE id = 10");
    const program = FirnProcess.start(['archive', 'all', '--json', '--older-than', '0d', ...paths]);
    const held = await Promise.race([
      program.ended.then(() => 'ended'),
      new Promise((resolve) => setTimeout(resolve, 2500, 'waiting')),
    ]);
    assert.equal(held, 'waiting');
    writer.exec('COMMIT');
    const { status, stdout, stderr } = await program.ended;
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).total, 300);
    const [changed] = world
      .archived()
      .get('notes')!
      .filter((row) => row.includes('"i10"'));
    assert.match(changed!, /tmine/);
  });
}

test('a database that stays locked fails the run with a hint, and changes nothing', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  using writer = world.others();
  writer.exec('BEGIN EXCLUSIVE');
  const { status, stderr } = await world.firn(['archive', 'all']);
  assert.equal(status, 1);
  assert.match(stderr, /locked by other processes/);
  assert.match(stderr, /Run again/);
  writer.exec('ROLLBACK');
  world.assertWhole();
  assert.equal((await world.archive()).total, 270);
});

test('a writer that takes the lock in the middle of a run makes it partial, and the next run goes on', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill: (db) => fill(db, 3000) });
  let writer: DatabaseSync | null = null;
  let seen = 0;
  const clock = standingClock(HOSTILE_NOW);
  const archive = openFolder(world.archives);
  await using store = await openSqliteStore(world.database, { busyTimeoutMs: 100 });
  await using copier = inlineCopier(await openSqliteReader(world.database), archive);
  const policies = buildPolicySet([policyOf('notes', { lookupKeys: [] })]);
  const report = await runArchive({ store, archive, copier, clock }, policies, 'all', {
    onProgress: () => {
      if (++seen !== 2) return;
      writer = world.others();
      writer.exec('BEGIN EXCLUSIVE');
    },
  });
  const { status, records, message } = report.tables[0]!;
  assert.equal(status, 'partial');
  assert.ok(records > 0 && records < 2700, `${records}`);
  assert.match(message!, /locked/);
  (writer as DatabaseSync | null)?.close();
  const next = await world.archive();
  assert.equal(next.status, 0);
  assert.equal(next.reconciled[0]!.action, 'resume');
  world.assertWhole();
});

test('the journal mode, the settings and the schema of the host stay as they were', async (t) => {
  for (const journal of ['wal', 'delete'] as const) {
    const world = new HostileWorld(t, {
      tables: { notes: {} },
      journal,
      fill: (db) => {
        db.exec('PRAGMA user_version = 77; PRAGMA application_id = 4711');
        fill(db);
        // Tables of the host's that are not ours, whatever their names say.
        db.exec(
          'CREATE TABLE retention_policies (id, ts); CREATE TABLE cleanup_log (id, ts); INSERT INTO cleanup_log VALUES (1, 2)',
        );
      },
    });
    const settings = () => {
      using db = world.others();
      const pragmas = [
        'journal_mode',
        'auto_vacuum',
        'user_version',
        'application_id',
        'page_size',
        'encoding',
        'journal_size_limit',
      ];
      const schema = db
        .prepare(
          "SELECT sql FROM sqlite_schema WHERE name NOT LIKE '\\_firn\\_%' ESCAPE '\\' AND tbl_name NOT LIKE '\\_firn\\_%' ESCAPE '\\' ORDER BY name",
        )
        .all();
      return [
        ...pragmas.map((pragma) => ({ ...db.prepare(`PRAGMA ${pragma}`).get() })),
        ...schema.map((row) => ({ ...row })),
      ];
    };
    const before = settings();
    await world.archive();
    await world.firn(['cleanup', 'archives', '--older-than', '0d', '--consolidate-only']);
    await world.firn(['verify', '--deep']);
    assert.deepEqual(settings(), before);
    using db = world.others();
    assert.equal(Object.values(db.prepare('PRAGMA integrity_check').get()!)[0], 'ok');
  }
});

test('a path of the database with every kind of character works as any other', async (t) => {
  const world = new HostileWorld(t, { tables: { notes: {} }, fill });
  for (const name of [
    'a b',
    'per%20cent',
    'ques?tion=1',
    'ha#sh',
    'ünï',
    'quo\'te"s',
    '-dash',
    'line\nfeed',
    'file:x',
  ]) {
    const folder = join(world.folder, name);
    mkdirSync(folder);
    const database = join(folder, `${name}.db`);
    writeFileSync(database, readFileSync(world.database));
    const listing = readdirSync(world.folder);
    const paths = [
      '--db-path',
      database,
      '--archive-path',
      join(folder, 'archives'),
      '--config',
      world.config,
    ];
    const { status, stdout, stderr } = await firn(['archive', 'all', '--json', ...paths], {
      now: HOSTILE_NOW,
    });
    assert.equal(status, 0, `${name}: ${stderr}`);
    assert.equal(JSON.parse(stdout).total, 270, name);
    assert.deepEqual(readdirSync(world.folder), listing, name);
    assert.equal((await firn(['verify', '--deep', ...paths], { now: HOSTILE_NOW })).status, 0, name);
  }
});
