import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { rowsOfTable } from '../../support/independent/canonical.ts';
import { DUE, HostileWorld } from '../../support/worlds/hostile-world.ts';

/** UTF-16 code units: lone and misplaced surrogates, among ordinary text, NULs, byte order marks and real pairs. */
const UNITS = [
  ...['d800', 'dc00', '0041d800', 'd8000041', 'd83d0061', '0061d83d', 'dc00d800', 'd83dde00d83d'],
  ...['d83dd83dde00', 'de00d83dde00', 'd800d800', 'dfffdfff', 'd8000000', '0000d800', 'feffd800', 'd800feff'],
  ...['d83dde00', '0042', '', '0000', '0041000000420000', 'feff', 'feff0041', 'fffe', 'fffd', '00e9', '4e2d'],
];
/** The same in UTF-8, where surrogates are bytes that mean nothing, and other such bytes. */
const BYTES = [
  ...['eda080', 'edb080', '41eda080', 'eda08041', 'edb080eda080', 'eda0bd', 'eda0bdedb880', 'f09f9880', ''],
  ...['00', '410042', 'efbbbf', 'efbbbf41', 'fffe', 'feff', 'd83d', '00d8', 'c328', 'ff', 'efbfbd', 'c3a9'],
];
const ENCODINGS = ['UTF-8', 'UTF-16le', 'UTF-16be'] as const;
type Encoding = (typeof ENCODINGS)[number];

function stored(encoding: Encoding): string[] {
  if (encoding === 'UTF-8') return BYTES;
  return encoding === 'UTF-16be' ? UNITS : UNITS.map((hex) => hex.replace(/(..)(..)/g, '$2$1'));
}

const KEYS = {
  value: 't (n TEXT PRIMARY KEY, ts TEXT, x TEXT, y)',
  'value without a key': 't (n TEXT, ts TEXT, x TEXT, y)',
  key: 't (x TEXT PRIMARY KEY, ts TEXT, n TEXT, y)',
  'key of several columns without rowid':
    't (x TEXT, y, ts TEXT, n TEXT, PRIMARY KEY (y, x, n)) WITHOUT ROWID',
} as const;

function worldOf(
  t: TestContext,
  encoding: Encoding,
  declaration: string,
  texts: readonly string[],
): HostileWorld {
  return new HostileWorld(t, {
    tables: { t: {} },
    encoding,
    fill: (db) => {
      db.exec(`CREATE TABLE ${declaration}`);
      for (const [at, hex] of texts.entries())
        db.exec(
          `INSERT INTO t (n, ts, x, y) VALUES ('n${at}', '${DUE}', CAST(x'${hex}' AS TEXT), CAST(x'${hex}' AS TEXT))`,
        );
    },
  });
}

/** Archives, puts an older copy of the database back, restores into hot and into a file: the same bytes everywhere, each row in one place. */
async function roundTrip(world: HostileWorld, rows: number): Promise<void> {
  const before = rowsOfTable(world.database, 't');
  const older = `${world.database}.older`;
  copyFileSync(world.database, older);
  const { status, total, stderr } = await world.archive();
  assert.deepEqual([status, total], [0, rows], stderr);
  world.assertWhole();
  world.assertWhole('python');

  const file = `${world.folder}/restored.db`;
  assert.equal((await world.firn(['restore', 't', '--into', file])).status, 0);
  using restored = new DatabaseSync(file);
  const { encoding } = restored.prepare('PRAGMA encoding').get() as { encoding: string };
  if (encoding === encodingOf(world)) assert.deepEqual(rowsOfTable(file, 't'), before);

  assert.equal((await world.firn(['restore', 't', '--into', 'hot', '--for', '1d'])).status, 0);
  assert.deepEqual(rowsOfTable(world.database, 't'), before);
  assert.match((await world.firn(['restore', 't', '--into', 'hot', '--for', '1d'])).stdout, /\b0\b/);
  assert.deepEqual(rowsOfTable(world.database, 't'), before);

  copyFileSync(older, world.database);
  assert.equal((await world.archive('all', ['--adopt'])).status, 0);
  world.assertWhole();
  assert.equal((await world.archive()).total, 0);
  const verified = await world.firn(['verify', '--deep', '--json']);
  assert.deepEqual([verified.status, JSON.parse(verified.stdout).alarms], [0, []]);
}

function encodingOf(world: HostileWorld): string {
  using db = world.others();
  return String(db.prepare('PRAGMA encoding').get()!.encoding);
}

for (const encoding of ENCODINGS) {
  for (const [what, declaration] of Object.entries(KEYS)) {
    test(`text that is not valid keeps its bytes as ${what} (${encoding})`, async (t) => {
      const texts = stored(encoding);
      await roundTrip(worldOf(t, encoding, declaration, texts), texts.length);
    });
  }

  test(`each such text keeps its bytes when no other text is beside it (${encoding})`, async (t) => {
    const texts = stored(encoding);
    const tables = Object.fromEntries(texts.map((_, at) => [`t${at}`, {}]));
    const world = new HostileWorld(t, {
      tables,
      encoding,
      fill: (db) => {
        for (const [at, hex] of texts.entries())
          db.exec(`CREATE TABLE t${at} (x TEXT PRIMARY KEY, ts TEXT, y);
            INSERT INTO t${at} VALUES (CAST(x'${hex}' AS TEXT), '${DUE}', CAST(x'${hex}' AS TEXT))`);
      },
    });
    const older = `${world.database}.older`;
    copyFileSync(world.database, older);
    assert.equal((await world.archive()).total, texts.length);
    world.assertWhole();
    copyFileSync(older, world.database);
    await world.archive('all', ['--adopt']);
    world.assertWhole();
    assert.equal((await world.firn(['restore', 'all', '--into', 'hot', '--for', '1d'])).status, 0);
    for (const table of Object.keys(tables))
      assert.deepEqual(rowsOfTable(world.database, table), rowsOfTable(older, table), table);
  });
}

test('property: any code units keep their bytes as key and as value in a UTF-16 database', async (t) => {
  const unit = fc.oneof(
    fc.constantFrom(0xd800, 0xdbff, 0xdc00, 0xdfff, 0xd83d, 0xde00, 0xfeff, 0xfffe, 0xfffd, 0, 0x41),
    fc.nat(0xffff),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Encoding>('UTF-16le', 'UTF-16be'),
      fc.uniqueArray(
        fc
          .array(unit, { maxLength: 5 })
          .map((units) => units.map((code) => code.toString(16).padStart(4, '0')).join('')),
        { minLength: 1, maxLength: 6 },
      ),
      async (encoding, texts) => await roundTrip(worldOf(t, encoding, KEYS.key, texts), texts.length),
    ),
    { numRuns: process.env.FIRN_THOROUGH === '1' ? 12 : 6 },
  );
});
