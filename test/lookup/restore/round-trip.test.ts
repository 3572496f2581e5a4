import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { hotTarget } from '../../../src/lookup/restore/hot-target.ts';
import { restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { asInstant } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { cellsOf } from '../../support/cells.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

/** As SQL, so that every value is exactly the one that SQLite holds. */
const VALUES: readonly string[] = [
  ...[
    'NULL',
    "''",
    "'plain'",
    "'Ünïcode 😀'",
    "'a\"b\\c/d'",
    "'line' || char(10) || 'feed' || char(13, 9, 8, 12, 1, 127)",
  ],
  ...[
    "'nul' || char(0) || 'inside'",
    'char(0)',
    `'{"$blob":"AA=="}'`,
    `'{"$text":"/w=="}'`,
    `'{"$real":"Infinity"}'`,
    "'null'",
    "'1.0'",
    "'007'",
  ],
  ...["CAST(x'ff' AS TEXT)", "CAST(x'c328' AS TEXT)", "CAST(x'eda080' AS TEXT)", "CAST(x'610062ff' AS TEXT)"],
  ...['0', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808', '1767225600'],
  ...[
    '0.0',
    '-0.0',
    '1.0',
    '0.1 + 0.2',
    '1e300 * 1e300',
    '-1e300 * 1e300',
    '5e-324',
    '1.7976931348623157e308',
    '123456789012345678.0',
    '1e22',
  ],
  ...[
    "x''",
    "x'00'",
    "x'00ff10'",
    "x'7b7d'",
    'randomblob(5000)',
    "replace(hex(zeroblob(50000)), '00', 'long ')",
  ],
];
const COLUMNS = [
  'id',
  'ts',
  't',
  'i',
  'r',
  'b',
  'n',
  'free',
  'Ugly "column',
  'no:case',
  '__proto__',
  'constructor',
];

function create(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE "odd ""table" (id TEXT PRIMARY KEY, ts TEXT, t TEXT, i INTEGER, r REAL, b BLOB, n NUMERIC, free, "Ugly ""column" VARCHAR(9),
    "no:case" TEXT COLLATE NOCASE, __proto__ TEXT, constructor, g TEXT GENERATED ALWAYS AS (id || '!') VIRTUAL)`);
  db.exec(`CREATE INDEX "an index" ON "odd ""table" ("Ugly ""column", t DESC) WHERE i IS NOT NULL`);
  for (const [at, value] of VALUES.entries()) {
    const day = String(1 + (at % 28)).padStart(2, '0');
    db.exec(
      `INSERT INTO "odd ""table" SELECT 'row-${at}', '2026-01-${day}T00:00:00Z', v, v, v, v, v, v, v, v, v, v FROM (SELECT ${value} AS v)`,
    );
  }
  db.exec(
    `INSERT INTO "odd ""table" (id, ts) VALUES (CAST(x'ff00' AS TEXT), '2026-01-05T00:00:00Z'), ('', '2026-01-05T00:00:00Z')`,
  );
}

test('archive, cold, restore: the same cells for every value, name and schema, in a file and in hot', async () => {
  const policies = buildPolicySet([policyOf('odd "table', { lookupKeys: ['t', 'free'] })]);
  await using world = new LookupWorld(policies, create);
  const tables = ['odd "table'];
  const before = cellsOf(world.database, tables[0]!, [...COLUMNS, 'g']);
  assert.equal(before.length, VALUES.length + 2);
  await world.archiveAll();
  assert.equal(cellsOf(world.database, tables[0]!, COLUMNS).length, 0);
  await world.consolidate(Date.parse('2026-06-01T00:00:00Z'));

  const other = join(world.folder, 'other.db');
  {
    await using target = openRestoreFile(other, world.database);
    const report = await restoreRows(await world.places(), everything(tables), target);
    assert.deepEqual([...report.tables[0]!.refusals], []);
    assert.deepEqual([...report.tables[0]!.converted], []);
    assert.deepEqual(report.notes, []);
  }
  assert.deepEqual(cellsOf(other, tables[0]!, [...COLUMNS, 'g']), before);
  assert.deepEqual(schemaOf(other), schemaOf(world.database));

  await using store = await openSqliteStore(world.database);
  const leaseUntil = (SMALL_NOW + 1000) * 1000;
  const hot = await restoreRows(await world.places(), everything(tables), hotTarget(store), {
    leaseUntil: asInstant(leaseUntil),
  });
  assert.equal(hot.tables[0]!.inserted, before.length);
  assert.deepEqual(cellsOf(world.database, tables[0]!, [...COLUMNS, 'g']), before);
});

function schemaOf(path: string): unknown[] {
  using db = new DatabaseSync(path);
  return db
    .prepare(
      "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_firn%' ESCAPE '\\' ORDER BY 1, 2",
    )
    .all()
    .map((row) => ({ ...row }));
}
