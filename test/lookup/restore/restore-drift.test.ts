import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { hotTarget } from '../../../src/lookup/restore/hot-target.ts';
import { type RestoreReport, restoreRows } from '../../../src/lookup/restore/restore-rows.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { cellsOf } from '../../support/cells.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const DAY = 86_400_000;
const COLUMNS = ['id', 'ts', 'run', 'code', 'r', 'n', 'b'];
const TS = '2026-01-10T00:00:00Z';
/** code is TEXT and r REAL here, and in the table that comes after INTEGER and TEXT. */
const OLD = `
  ('a', '${TS}', 'x', '007', 5.0, 1, x'00ff'),
  ('b', '${TS}', 'x', '12', 0.5, 9007199254740993, NULL),
  ('c', '${TS}', 'x', 'word', NULL, 3, ''),
  ('d', '${TS}', NULL, NULL, 1e300, 'four', 4.0),
  ('e', '${TS}', 'x', x'3132', -0.25, NULL, 'text')`;
/** The same cells as SQLite's affinities make them: only text that is a number, and reals, read otherwise. */
const CONVERTED = `
  ('a', '${TS}', 'x', 7, '5.0', 1, x'00ff'),
  ('b', '${TS}', 'x', 12, '0.5', 9007199254740993, NULL),
  ('c', '${TS}', 'x', 'word', NULL, 3, ''),
  ('d', '${TS}', NULL, NULL, '1.0e+300', 'four', 4.0),
  ('e', '${TS}', 'x', x'3132', '-0.25', NULL, 'text')`;
const NEW = `('f', '${TS}', 'x', 8, 'half', 1, NULL), ('g', '${TS}', 'x', 'IX', '2.50', 1, NULL)`;
const BEFORE =
  'CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, run TEXT, code TEXT, r REAL, n INTEGER, b BLOB)';
const AFTER =
  'CREATE TABLE notes (id TEXT PRIMARY KEY, ts TEXT, run TEXT, code INTEGER, r TEXT, n INTEGER, b BLOB)';

test('with columns that were retyped every cell comes back, and those that could not come back as they were are counted', async () => {
  await using world = new LookupWorld(buildPolicySet([policyOf('notes')]), (path) => {
    using db = new DatabaseSync(path);
    db.exec(`${BEFORE}; INSERT INTO notes VALUES ${OLD}`);
  });
  const original = cellsOf(world.database, 'notes', COLUMNS);
  await world.archiveAll();
  assert.deepEqual(await intoFile(world, 'before.db'), {
    ...{ cells: original, drift: [], converted: [], inserted: 5 },
  });

  using db = new DatabaseSync(world.database);
  db.exec(`DROP TABLE notes; ${AFTER}; INSERT INTO notes VALUES ${NEW}`);
  await world.archiveAll({}, SMALL_NOW + DAY);
  const expected = {
    cells: cellsAfter(world, `${CONVERTED}, ${NEW}`),
    drift: ['code retyped TEXT INTEGER', 'r retyped REAL TEXT'],
    converted: [
      ['code', 2],
      ['r', 4],
    ],
    inserted: 7,
  };
  assert.deepEqual(await intoFile(world, 'after.db'), expected);
  await using store = await openSqliteStore(world.database);
  const hot = await restoreRows(await world.places(), everything(['notes']), hotTarget(store), {});
  assert.deepEqual(told(hot, cellsOf(world.database, 'notes', COLUMNS)), expected);
});

async function intoFile(world: LookupWorld, name: string): Promise<ReturnType<typeof told>> {
  const path = join(world.folder, name);
  await using target = openRestoreFile(path, world.database);
  const report = await restoreRows(await world.places(), everything(['notes']), target, {});
  return told(report, cellsOf(path, 'notes', COLUMNS));
}

function told({ tables }: RestoreReport, cells: string[]) {
  const { drift, converted, inserted } = tables[0]!;
  const differences = drift.map((d) => `${d.column} ${d.drift} ${d.archived} ${d.present}`);
  return { cells, drift: differences, converted: [...converted], inserted };
}

/** The cells of a table of the new kind that was given these rows. */
function cellsAfter(world: LookupWorld, rows: string): string[] {
  const path = join(world.folder, 'expected.db');
  using db = new DatabaseSync(path);
  db.exec(`CREATE TABLE plain (id, ts, run, code, r, n, b); INSERT INTO plain VALUES ${rows}`);
  return cellsOf(path, 'plain', COLUMNS);
}
