import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { openStored } from '../../src/archive/stored-segment.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { CleanupTrial, FIRST_CLEANUP, prepareCleanup, SECOND_CLEANUP } from '../support/cleanup-trial.ts';
import { forEachStop } from '../support/faults/each-stop.ts';
import { FirnProcess } from '../support/faults/firn-process.ts';
import { smallSizes } from '../support/small-sizes.ts';
import { HOSTILE_NOW, HostileWorld } from '../support/worlds/hostile-world.ts';

const DAY = 86_400_000;

/** A table with `rows` rows on each of `days` days before HOSTILE_NOW. */
function worldOf(t: TestContext, days: number, rows = 1): HostileWorld {
  return new HostileWorld(t, {
    tables: { notes: { cold: '20y' } },
    fill: (db) => {
      db.exec('CREATE TABLE notes (id TEXT PRIMARY KEY, ts INTEGER, words TEXT)');
      const insert = db.prepare('INSERT INTO notes VALUES (?, ?, hex(randomblob(200)))');
      for (let day = 0; day < days; day++) {
        for (let row = 0; row < rows; row++)
          insert.run(`${day}-${row}`, BigInt(HOSTILE_NOW - day * DAY + row));
      }
    },
  });
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.gz'));
}

/** The same while somebody removes folders. */
function countBelow(folder: string): number {
  try {
    return filesBelow(folder).length;
  } catch {
    return Number.NaN;
  }
}

function members(world: HostileWorld): string[] {
  const cold = join(world.archives, 'cold');
  return filesBelow(cold).flatMap((path) =>
    execFileSync('tar', ['tzf', join(cold, path)], { encoding: 'utf8' })
      .trim()
      .split('\n'),
  );
}

test('hazard 4: a month is consolidated again and again over many months, and no day is lost', async (t) => {
  const days = smallSizes ? 130 : 425;
  const world = worldOf(t, days);
  // Twenty-six days are no month, so that every month's bundle is written at least twice.
  for (let day = 0; day < days + 60; day += 26) {
    const now = HOSTILE_NOW - days * DAY + day * DAY;
    assert.equal((await world.archive('all', [], { now })).status, 0);
    const { status, stderr } = await world.firn(['cleanup', 'archives'], { now });
    assert.equal(status, 0, stderr);
  }
  world.assertWhole();
  const names = [...members(world), ...filesBelow(join(world.archives, 'warm'))];
  assert.equal(new Set(names).size, names.length, 'no segment is in two places');
  assert.equal(members(world).length, days, 'every day is in its bundle');
  assert.equal((await world.firn(['verify', '--deep'])).status, 0);
});

test('hazard 5: consolidating stopped between any two actions, and repeated, loses no file', async (t) => {
  for (const [before, now] of [
    [[], FIRST_CLEANUP],
    [[FIRST_CLEANUP], SECOND_CLEANUP],
  ] as const) {
    const prepared = await prepareCleanup(before);
    const { points } = await forEachStop(t, async () => new CleanupTrial(prepared, now), {
      sample: 60,
      seed: 5,
    });
    assert.ok(points >= 30, `${points} points`);
  }
});

test('hazard 5: a process killed while it consolidates, and started again, loses no file', async (t) => {
  const world = worldOf(t, 70, 5);
  assert.equal((await world.archive('all', ['--older-than', '0d'], { now: HOSTILE_NOW + 100 })).total, 350);
  const warm = join(world.archives, 'warm');
  const before = filesBelow(warm).sort();
  const paths = ['--db-path', world.database, '--archive-path', world.archives, '--config', world.config];
  for (const gone of [0, 10, 40]) {
    const program = FirnProcess.start([
      'cleanup',
      'archives',
      '--older-than',
      '0d',
      '--consolidate-only',
      ...paths,
    ]);
    let ended = false;
    const end = program.ended.finally(() => {
      ended = true;
    });
    const reached = (): boolean =>
      gone === 0 ? countBelow(join(world.archives, 'cold')) > 0 : countBelow(warm) <= before.length - gone;
    while (!ended && !reached()) await setImmediate();
    program.signal('SIGKILL');
    await end;
    const found = new Set([...members(world), ...filesBelow(warm)]);
    assert.deepEqual([...found].sort(), before);
  }
  const { status, stderr } = await FirnProcess.run([
    'cleanup',
    'archives',
    '--older-than',
    '0d',
    '--consolidate-only',
    ...paths,
  ]);
  assert.equal(status, 0, stderr);
  assert.deepEqual(members(world).sort(), before);
  assert.deepEqual(filesBelow(warm), []);
  world.assertWhole();
});

test('hazard 18: a bundle holds the sealed bytes once, uncompressed again, and one day is read without the rest', async (t) => {
  const world = worldOf(t, 40, 60);
  await world.archive('all', ['--older-than', '0d'], { now: HOSTILE_NOW + 100 });
  const warm = new Map(
    filesBelow(join(world.archives, 'warm')).map((path) => [
      path,
      readFileSync(join(world.archives, 'warm', path)),
    ]),
  );
  const sealed = [...warm.values()].reduce((sum, { length }) => sum + length, 0);
  await world.firn(['cleanup', 'archives', '--older-than', '0d', '--consolidate-only'], {
    now: HOSTILE_NOW + 100,
  });
  const cold = filesBelow(join(world.archives, 'cold'));
  const bundled = cold.reduce((sum, path) => sum + statSync(join(world.archives, 'cold', path)).size, 0);
  // Of each member a tar header and its place in the table of contents, of each bundle an end; padding goes up to whole blocks.
  const blocks = [...warm.values()].reduce((sum, { length }) => sum + Math.ceil(length / 512) * 512, 0);
  const most = blocks + (512 + 250) * warm.size + 2048 * cold.length;
  assert.ok(
    bundled < most,
    `${bundled} bytes of bundles for ${sealed} sealed ones, no more than ${most} expected`,
  );
  t.diagnostic(`bundles of ${bundled} bytes hold ${sealed} sealed bytes`);
  for (const path of cold) {
    const bundle = readFileSync(join(world.archives, 'cold', path));
    for (const [name, bytes] of warm) {
      if (path.includes(name.slice(0, 7)))
        assert.ok(bundle.includes(bytes), `${name} stands in ${path} as it was sealed`);
    }
  }
  let read = 0;
  const folder = openFolder(world.archives);
  const counted = {
    ...folder,
    open: async (path: string) => counting(await folder.open(path), (bytes) => (read += bytes)),
  };
  const name = [...warm.keys()].at(7)!;
  await using stored = await openStored(
    { ...folder, ...counted, list: () => folder.list('') } as typeof folder,
    name,
    'cold',
  );
  const reader = await openSegment(stored!.source, name);
  let rows = 0;
  for await (const _ of reader.rows()) rows++;
  assert.equal(rows, reader.footer.rows);
  // A day of several parts has fewer in each.
  if (!smallSizes) assert.equal(rows, 60);
  assert.ok(read < warm.get(name)!.length * 1.5 + 20_000, `${read} bytes read of ${bundled}`);
});

type Opened = Awaited<ReturnType<ReturnType<typeof openFolder>['open']>>;

function counting(file: Opened, count: (bytes: number) => void): Opened {
  return {
    bytes: file.bytes,
    read: async (offset, length) => {
      count(length);
      return await file.read(offset, length);
    },
    [Symbol.asyncDispose]: () => file[Symbol.asyncDispose](),
  };
}
