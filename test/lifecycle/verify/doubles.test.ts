import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DUE, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

interface Verified {
  readonly alarms: readonly { readonly what: string }[];
  readonly notes: readonly string[];
}

const ORDINARY = 40;

/** A table of this declaration with rows of these keys, archived; `ordinary` keys make it larger. */
async function archivedWorld(
  t: TestContext,
  columns: string,
  keys: readonly string[],
  ordinary = 0,
): Promise<HostileWorld> {
  const world = new HostileWorld(t, {
    tables: { k: {} },
    fill: (db) => {
      db.exec(`CREATE TABLE k (${columns.replace('%', 'ts TEXT, note TEXT')}`);
      for (const [at, key] of keys.entries()) db.exec(`INSERT INTO k VALUES (${key}, '${DUE}', 'n${at}')`);
      for (let i = 0; i < ordinary; i++) db.exec(`INSERT INTO k VALUES (${900 + i}, '${DUE}', 'o')`);
    },
  });
  assert.equal((await world.archive()).total, keys.length + ordinary);
  return world;
}

async function verified(world: HostileWorld): Promise<Verified> {
  return JSON.parse((await world.firn(['verify', '--deep', '--json'])).stdout);
}

/** How many keys are said to stand in two versions. */
function versionsIn({ notes }: Verified): number {
  return Number(
    notes
      .map((note) => /^k: (\d+) keys? ha(?:s|ve) a database row and an archived row/.exec(note)?.[1])
      .find(Boolean) ?? 0,
  );
}

/** What was archived, what stands in hot again, and how many keys of it are the same for SQLite. */
const KINDS: Readonly<Record<string, readonly [string, readonly string[], readonly string[], number]>> = {
  text: ['id TEXT PRIMARY KEY, %)', [`'a'`, `'b"\\'`, `'c' || char(10)`, `'é'`], [`'b"\\'`, `'é'`, `'A'`], 2],
  integer: [
    'id INTEGER PRIMARY KEY AUTOINCREMENT, %)',
    ['1', '-7', '9007199254740993'],
    ['-7', '9007199254740993', '2'],
    2,
  ],
  'without rowid': ['id TEXT PRIMARY KEY, %) WITHOUT ROWID', [`'a'`, `'b'`], [`'b'`, `'c'`], 1],
  'of two columns': [
    'a TEXT, b INTEGER, %, PRIMARY KEY (b, a))',
    [`'x', 1`, `'y', 2`],
    [`'y', 2`, `'x', 2`],
    1,
  ],
  'of two columns without rowid': [
    'a TEXT, b INTEGER, %, PRIMARY KEY (b, a)) WITHOUT ROWID',
    [`'x', 1`, `'y', 2`],
    [`'y', 2`, `'x', 2`],
    1,
  ],
  'without affinity': [
    'id PRIMARY KEY, %)',
    ['1', '2.0', `'3'`, `x'0102'`, `CAST(x'ff61' AS TEXT)`, '9e999', '0.0', '-9223372036854775808'],
    ['1.0', '2', '3', `x'0102'`, `CAST(x'ff61' AS TEXT)`, '9e999', '-0.0', '-9223372036854775808.0'],
    7,
  ],
  real: ['id REAL PRIMARY KEY, %)', ['1', '0.1', '1e300'], ['1.0', '0.1', '1e300', '2'], 3],
  'that ignores case': ['id TEXT COLLATE NOCASE PRIMARY KEY, %)', [`'Abc'`, `'d'`], [`'aBC'`, `'D '`], 1],
  'that ignores case, without rowid': [
    'id TEXT COLLATE NOCASE PRIMARY KEY, %) WITHOUT ROWID',
    [`'Abc'`, `'d'`],
    [`'aBC'`, `'D '`],
    1,
  ],
  'that ignores spaces': [
    'id TEXT COLLATE RTRIM PRIMARY KEY, %)',
    [`'a'`, `'b  '`],
    [`'a '`, `'b'`, `'B'`],
    2,
  ],
  'whose index alone ignores case': [
    'id TEXT, %, PRIMARY KEY (id COLLATE NOCASE))',
    [`'Abc'`, `'d'`],
    [`'aBC'`, `'d'`],
    1,
  ],
  'with NULL in it': ['id TEXT PRIMARY KEY, %)', [`'a'`, 'NULL', 'NULL'], [`'a'`, 'NULL'], 1],
};

for (const [kind, [columns, archived, again, same]] of Object.entries(KINDS)) {
  for (const crowd of [0, 300]) {
    test(`keys in two versions are told, key ${kind}, ${crowd} other rows in hot`, async (t) => {
      const world = await archivedWorld(t, columns, archived);
      using db = world.others();
      for (const key of again) db.exec(`INSERT INTO k VALUES (${key}, '${YOUNG}', 'again')`);
      const ofTwo = columns.startsWith('a TEXT');
      for (let i = 0; i < crowd; i++) {
        db.exec(`INSERT INTO k VALUES (${ofTwo ? `'z',` : ''} ${1000 + i}, '${YOUNG}', 'crowd')`);
      }
      const report = await verified(world);
      assert.deepEqual(report.alarms, []);
      assert.equal(versionsIn(report), same, report.notes.join());
    });
  }
}

test('the same row in hot again is an alarm, by itself and in a crowd', async (t) => {
  const world = await archivedWorld(t, 'id TEXT PRIMARY KEY, %)', [`'a'`, `'b'`], ORDINARY);
  using db = world.others();
  db.exec(`INSERT INTO k VALUES ('b', '${DUE}', 'n1')`);
  for (const crowd of [0, 400]) {
    for (let i = 0; i < crowd; i++) db.exec(`INSERT INTO k VALUES (${5000 + i}, '${YOUNG}', 'crowd')`);
    const { alarms } = await verified(world);
    assert.equal(alarms.length, 1);
    assert.match(alarms[0]!.what, /the row with the key \["b"\] is in 2026-01-16\/k\.jsonl\.gz and hot/);
  }
});

test('a key whose column is declared otherwise now is found as the table compares it', async (t) => {
  const world = await archivedWorld(t, 'id TEXT PRIMARY KEY, %)', [`'1'`, `'x'`], ORDINARY);
  using db = world.others();
  db.exec(`DROP TABLE k; CREATE TABLE k (id INTEGER PRIMARY KEY AUTOINCREMENT, ts TEXT, note TEXT);
    INSERT INTO k VALUES (1, '${YOUNG}', 'n0'), (7, '${YOUNG}', '')`);
  assert.equal(versionsIn(await verified(world)), 1);
});

test('a row of a table without a primary key that is in hot again is an alarm', async (t) => {
  const world = await archivedWorld(t, 'id TEXT, %)', [`'a'`, `'a'`]);
  using db = world.others();
  db.exec(`INSERT INTO k VALUES ('a', '${DUE}', 'n0')`);
  const report = await verified(world);
  assert.deepEqual([report.alarms.length, versionsIn(report)], [1, 0]);
});

test('keys of segments that were proved lately count too', async (t) => {
  const world = await archivedWorld(t, 'id TEXT PRIMARY KEY, %)', [`'a'`, `'b'`]);
  await verified(world);
  using db = world.others();
  db.exec(`INSERT INTO k VALUES ('b', '${YOUNG}', 'again')`);
  const outcome = await world.firn(['verify', '--deep', '--not-proved-for', '7d', '--json']);
  const report = JSON.parse(outcome.stdout) as Verified & { readonly checked: { readonly segments: number } };
  assert.equal(report.checked.segments, 0);
  assert.equal(versionsIn(report), 1);
});
