import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { setSizes } from '../../../src/model/sizes.ts';
import { DUE, HostileWorld, YOUNG } from '../../support/worlds/hostile-world.ts';

interface Verified {
  readonly status: number;
  readonly alarms: readonly { readonly table: string | null; readonly what: string }[];
  readonly notes: readonly string[];
}

async function verified(world: HostileWorld): Promise<Verified> {
  const { status, stdout } = await world.firn(['verify', '--deep', '--json']);
  return { status, ...JSON.parse(stdout) };
}

function exec(world: HostileWorld, sql: string): void {
  using db = world.others();
  db.exec(sql);
}

/** Tables whose rows may read the same, and their columns. */
const KINDS = {
  'no key': '(k, ts TEXT, msg TEXT)',
  'a key with a NULL': '(k TEXT, ts TEXT, msg TEXT, PRIMARY KEY (k, msg))',
  'INTEGER PRIMARY KEY DESC': '(k INTEGER PRIMARY KEY DESC, ts TEXT, msg TEXT)',
} as const;

function worldOf(t: TestContext, columns: string, encoding: 'UTF-8' | 'UTF-16le' = 'UTF-8'): HostileWorld {
  return new HostileWorld(t, {
    tables: { t: {} },
    encoding,
    fill: (db) => {
      db.exec(`CREATE TABLE t ${columns}`);
      const insert = db.prepare('INSERT INTO t VALUES (NULL, ?, ?)');
      for (let i = 0; i < 3; i++) insert.run(DUE, 'heartbeat');
      for (let i = 0; i < 20; i++) insert.run(DUE, `row ${i}`);
      for (let i = 0; i < 2; i++) insert.run(YOUNG, 'heartbeat');
    },
  });
}

for (const [kind, columns] of Object.entries(KINDS)) {
  test(`rows that read the same are no alarm (${kind})`, async (t) => {
    const world = worldOf(t, columns);
    assert.equal((await world.archive()).total, 23);
    world.assertWhole();
    assert.deepEqual((await verified(world)).alarms, []);
    // Another one like those that are archived: nothing tells whether it is new, and nobody is alarmed.
    exec(world, `INSERT INTO t VALUES (NULL, '${DUE}', 'heartbeat')`);
    const { status, alarms, notes } = await verified(world);
    assert.deepEqual([status, alarms], [0, []]);
    assert.ok(notes.some((note) => /t: 1 rows of 2026-01-16 in the database equal archived rows/.test(note)));
    assert.equal((await world.archive()).total, 1);
    assert.deepEqual((await verified(world)).alarms, []);
  });

  test(`an archived row that stands in the database again is an alarm (${kind})`, async (t) => {
    const world = worldOf(t, columns, 'UTF-16le');
    await world.archive();
    exec(world, `INSERT INTO t VALUES (NULL, '${DUE}', 'row 7')`);
    const { status, alarms } = await verified(world);
    assert.deepEqual([status, alarms.length, alarms[0]?.table], [5, 1, 't']);
    assert.match(alarms[0]!.what, /1 row without a key is in 2026-01-16\/t\.jsonl\.gz and also in hot/);
  });

  test(`restored rows under a lease are no alarm (${kind})`, async (t) => {
    const world = worldOf(t, columns);
    await world.archive();
    assert.equal((await world.firn(['restore', 't', '--into', 'hot', '--for', '1d'])).status, 0);
    const { status, alarms } = await verified(world);
    assert.deepEqual([status, alarms], [0, []]);
  });
}

test('rows of a part that was archived, and their like in the part that was not, are no alarm', async (t) => {
  setSizes({ partBytes: 400, blockBytes: 200, firstRows: 2, mostRows: 2 });
  t.after(() => setSizes({}));
  const world = worldOf(t, KINDS['no key']);
  let copied = 0;
  await world.archiveWhile(() => copied++, { stop: () => (copied > 1 ? 'enough' : null) });
  exec(world, `INSERT INTO t VALUES (NULL, '${DUE}', 'row 1')`);
  const { status, alarms } = await verified(world);
  assert.deepEqual([status, alarms], [0, []]);
});

test('rows that an earlier version of Firn archived twice, because it did not find them, are an alarm', async (t) => {
  const world = worldOf(t, KINDS['no key']);
  const before = `${world.database}.before`;
  copyFileSync(world.database, before);
  await world.archive();
  // As that version left it: the rows were still there, counted as absent.
  exec(
    world,
    `ATTACH '${before}' AS old; INSERT INTO t SELECT * FROM old.t WHERE ts = '${DUE}';
    UPDATE _firn_receipts SET deleted = 0, absent = rows`,
  );
  assert.equal((await world.archive()).total, 23);
  const { status, alarms } = await verified(world);
  assert.equal(status, 5);
  assert.match(
    alarms.map(({ what }) => what).join(),
    /23 rows without a key are in 2026-01-16\/t\.jsonl\.gz and also in/,
  );
});

/** Keys that SQLite takes for equal, or nearly, in every kind of column; several rows may have the same where a NULL is in it. */
const value = fc.constantFrom<SQLInputValue>(
  ...[null, null, 1n, 1.5, '1', '1.0', 'a', 'A', 'a ', '', 'é', 0n, -0, 2n ** 53n + 1n, 9e15],
  ...[new Uint8Array([0]), new Uint8Array([49])],
);
const DECLARATIONS = [
  'a, b, ts TEXT, n',
  'a, b, ts TEXT, n, PRIMARY KEY (a, b)',
  'a TEXT COLLATE NOCASE, b, ts TEXT, n, PRIMARY KEY (b, a)',
  'a INTEGER, b REAL, ts TEXT, n, PRIMARY KEY (a, b)',
  'a NUMERIC, b TEXT COLLATE RTRIM, ts TEXT, n, UNIQUE (a)',
  'a REAL PRIMARY KEY, b, ts TEXT, n',
  'a INTEGER PRIMARY KEY DESC, b, ts TEXT, n',
  'a INTEGER PRIMARY KEY, b, ts TEXT, n',
  'a INT, b, ts TEXT, n, PRIMARY KEY (a, b)) WITHOUT ROWID; --',
];

function fillWith(db: DatabaseSync, declaration: string, rows: readonly SQLInputValue[][]): void {
  db.exec(`CREATE TABLE t (${declaration})`);
  const insert = db.prepare('INSERT OR IGNORE INTO t VALUES (?, ?, ?, ?)');
  for (const row of rows) {
    try {
      insert.run(...row);
    } catch {
      // The column does not take it.
    }
  }
}

test('property: no key, however often it repeats, is an alarm; a doubled row is', async (t) => {
  const row = fc.tuple(
    value,
    value,
    fc.constantFrom(DUE, DUE, YOUNG),
    fc.constantFrom<SQLInputValue>(1n, 2n),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...DECLARATIONS),
      fc.array(row, { minLength: 3, maxLength: 25 }),
      async (declaration, rows) => {
        const world = new HostileWorld(t, {
          tables: { t: {} },
          fill: (db) => fillWith(db, declaration, rows as SQLInputValue[][]),
        });
        assert.equal((await world.archive()).status, 0);
        world.assertWhole();
        assert.deepEqual((await verified(world)).alarms, []);
        exec(
          world,
          `INSERT INTO t SELECT 4242, 4242, '${YOUNG}', 'later'; INSERT INTO t VALUES (77, 77, '${DUE}', 'single')`,
        );
        await world.archive();
        assert.deepEqual((await verified(world)).alarms, []);
        exec(world, `INSERT INTO t VALUES (77, 77, '${DUE}', 'single')`);
        assert.equal((await verified(world)).status, 5, declaration);
      },
    ),
    { numRuns: process.env.FIRN_THOROUGH === '1' ? 40 : 20 },
  );
});
