import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { FileHandle, FileSystem } from '../../src/archive/disk/file-system.ts';
import { nodeFileSystem } from '../../src/archive/disk/node-file-system.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { inlineCopier } from '../../src/copying/copy-segments.ts';
import { openSqliteReader, openSqliteStore } from '../../src/hot/sqlite/open-sqlite.ts';
import { runArchive } from '../../src/lifecycle/archive/archive-run.ts';
import { buildPolicySet } from '../../src/model/policy/policies.ts';
import { standingClock } from '../support/archive-trial.ts';
import { FailingFileSystem } from '../support/faults/disk/failing-file-system.ts';
import { mountTmpfs } from '../support/faults/disk/tmpfs.ts';
import { FirnProcess } from '../support/faults/firn-process.ts';
import { Stopper } from '../support/faults/stopper.ts';
import { smallSizes } from '../support/small-sizes.ts';
import { DUE, HOSTILE_NOW, HostileWorld } from '../support/worlds/hostile-world.ts';
import { policyOf } from '../support/worlds/small-database.ts';

const POLICIES = buildPolicySet([policyOf('notes', { lookupKeys: [] })]);

function worldOf(t: TestContext, rows: number): HostileWorld {
  return new HostileWorld(t, {
    tables: { notes: {} },
    journal: 'wal',
    fill: (db: DatabaseSync) => {
      db.exec(`CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, words TEXT);
        CREATE INDEX notes_ts ON notes (ts);
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
        INSERT INTO notes SELECT 'n' || i, '${DUE}', hex(randomblob(60)) FROM n`);
    },
  });
}

/** The real file system, which closes in the end what a program that was stopped left open, as the system does. */
function closing(t: TestContext): FileSystem {
  const handles: FileHandle[] = [];
  const keep = (handle: FileHandle): FileHandle => {
    handles.push(handle);
    return handle;
  };
  t.after(() => Promise.allSettled(handles.map((handle) => handle.close())));
  return {
    ...nodeFileSystem,
    create: async (path) => keep(await nodeFileSystem.create(path)),
    open: async (path) => keep(await nodeFileSystem.open(path)),
  };
}

async function archive(world: HostileWorld, stopper: Stopper, fileSystem = nodeFileSystem) {
  const clock = standingClock(HOSTILE_NOW);
  // With the clock that stands still batches are the same each time.
  await using store = await openSqliteStore(world.database, { monotonic: clock.monotonic });
  const folder = stopper.archive(openFolder(world.archives, fileSystem));
  await using copier = inlineCopier(await openSqliteReader(world.database), folder);
  return await runArchive({ store: stopper.hot(store), archive: folder, copier, clock }, POLICIES, 'all');
}

/** Every row is hot, or in a file that any gzip tool reads: both only while its deletion has not been committed. */
function assertNothingGone(world: HostileWorld, rows: number): void {
  const ids = new Set((world.archived().get('notes') ?? []).map((row) => JSON.parse(row)[0][1].slice(1)));
  using db = world.others();
  for (const { id } of db.prepare('SELECT id FROM notes').all()) ids.add(id);
  assert.equal(ids.size, rows);
}

test('hazard 1: at no instant is a row deleted that no whole file holds', async (t) => {
  // Several transactions with any sizes.
  const rows = smallSizes ? 40 : 1200;
  const counting = new Stopper(null);
  const fileSystem = closing(t);
  await archive(worldOf(t, rows), counting);
  assert.ok(counting.actions.filter((action) => action === 'hot.drain').length >= 3, counting.actions.join());
  for (let at = 1; at <= counting.actions.length; at++) {
    for (const when of ['before', 'after'] as const) {
      const world = worldOf(t, rows);
      await assert.rejects(archive(world, new Stopper({ at, when }), fileSystem), { name: 'Stopped' });
      assertNothingGone(world, rows);
    }
  }
});

test('hazards 1 and 2: a process killed while it deletes has lost nothing, and the next run completes it', async (t) => {
  const rows = smallSizes ? 1_200 : 12_000;
  let midway = 0;
  for (const part of [0.1, 0.4, 0.7]) {
    const world = worldOf(t, rows);
    const paths = ['--db-path', world.database, '--archive-path', world.archives, '--config', world.config];
    const program = FirnProcess.start(['archive', 'all', '--older-than', '0d', ...paths]);
    let ended = false;
    const end = program.ended.finally(() => {
      ended = true;
    });
    {
      using db = world.others();
      const left = db.prepare('SELECT count(*) AS n FROM notes');
      while (!ended && Number(left.get()!.n) >= rows * (1 - part)) await setImmediate();
    }
    program.signal('SIGKILL');
    await end;
    assertNothingGone(world, rows);
    {
      using db = world.others();
      if (Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n) > 0) midway++;
    }
    const again = await world.archive('all', ['--older-than', '0d']);
    assert.equal(again.status, 0, again.stderr);
    world.assertWhole();
    using db = world.others();
    assert.equal(Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n), 0);
    assert.equal((await world.firn(['verify', '--deep'])).status, 0);
  }
  assert.ok(midway > 0, 'at least one was killed between two deletions');
});

test('hazard 2: nothing is appended to what an earlier run left, and every new file is read to its end', async (t) => {
  const world = worldOf(t, 1000);
  const whole = gzipSync('{"id":"old","ts":"x"}\n'.repeat(1000));
  const left = {
    'notes.jsonl.gz': whole.subarray(0, whole.length >> 1),
    'notes.2.jsonl.gz': Buffer.alloc(0),
    'notes.3.jsonl.gz': whole,
  };
  const folder = join(world.archives, 'warm', '2026-01-16');
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(left)) writeFileSync(join(folder, name), bytes);
  mkdirSync(join(world.archives, '.tmp'));
  writeFileSync(join(world.archives, '.tmp', `${'a'.repeat(32)}.tmp`), whole.subarray(0, 20));

  const { status, total, tables, reconciled } = await world.archive('all', ['--adopt']);
  assert.deepEqual([status, total], [0, 1000]);
  const files: readonly string[] = tables[0]!.archive_files;
  assert.equal(files[0], 'warm/2026-01-16/notes.4.jsonl.gz');
  for (const name of Object.keys(left)) assert.ok(!files.includes(`warm/2026-01-16/${name}`));
  for (const [name, bytes] of Object.entries(left)) {
    assert.ok(readFileSync(join(folder, name)).equals(bytes), `${name} was touched`);
    assert.ok(
      reconciled.some(({ subject }) => subject.endsWith(name)),
      `${name} is said`,
    );
  }
  assert.deepEqual(readdirSync(join(world.archives, '.tmp')), [], 'what was never published is swept');
  const lines = files.flatMap((file) =>
    gunzipSync(readFileSync(join(world.archives, file)))
      .toString()
      .trim()
      .split('\n'),
  );
  assert.equal(lines.length, 1000);
});

test('hazard 3: a disk that is full at any write costs no row, and is said', async (t) => {
  let struck = true;
  for (let nth = 1; struck; nth += smallSizes ? 5 : 1) {
    const world = worldOf(t, 300);
    const failing = new FailingFileSystem(nodeFileSystem, {
      action: 'write',
      nth,
      code: 'ENOSPC',
      lasting: true,
    });
    let said = 0;
    try {
      const { tables } = await archive(world, new Stopper(null), failing.fileSystem);
      const failed = tables[0]!.records > 0 ? 'partial' : 'error';
      assert.equal(tables[0]!.status, failing.struck ? failed : 'archived');
      said = tables[0]!.records;
    } catch (error) {
      assert.match(String(error), /space|ENOSPC/);
    }
    struck = failing.struck;
    using db = world.others();
    const hot = Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n);
    assert.equal(said, 300 - hot, 'what is counted as archived has left');
    assertNothingGone(world, 300);
    // Of a day of several parts the first ones have left by then.
    assert.ok(!struck || hot === 300 || smallSizes, `${hot} rows are hot after write ${nth} failed`);
    await archive(world, new Stopper(null));
    world.assertWhole();
  }
});

test('hazard 3: a real file system that fills up ends the run with a failure that names it', async (t) => {
  const disk = mountTmpfs(512 << 10);
  if (disk.folder === null) {
    t.skip(disk.reason);
    return;
  }
  t.after(disk.unmount);
  const rows = smallSizes ? 8_000 : 20_000;
  const world = worldOf(t, rows);
  const full = ['archive', 'all', '--json', '--db-path', world.database, '--config', world.config];
  const { status, stdout, stderr } = await FirnProcess.run([
    ...full,
    '--older-than',
    '0d',
    '--archive-path',
    join(disk.folder, 'archives'),
  ]);
  // Of a day of several parts the first ones have left by then: partly done.
  assert.equal(status, smallSizes ? 3 : 1, stderr);
  const [table] = JSON.parse(stdout).tables;
  if (!smallSizes) assert.deepEqual([table.status, table.records], ['error', 0]);
  assert.match(table.message, /space/);
  using db = world.others();
  assert.equal(Number(db.prepare('SELECT count(*) AS n FROM notes').get()!.n), rows - table.records);
});
