import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openSqliteStore } from '../../../src/hot/sqlite/open-sqlite.ts';
import { openRestoreFile } from '../../../src/hot/sqlite/restore/restore-file.ts';
import { runVerify } from '../../../src/lifecycle/verify/verify-run.ts';
import { everything } from '../../../src/lookup/read/query.ts';
import { hotTarget } from '../../../src/lookup/restore/hot-target.ts';
import {
  type RestoreOptions,
  type RestoreReport,
  restoreRows,
} from '../../../src/lookup/restore/restore-rows.ts';
import { search } from '../../../src/lookup/search/search-tiers.ts';
import { type Condition, parseCondition } from '../../../src/model/filter.ts';
import { asInstant, instantOfMs } from '../../../src/model/instant.ts';
import { buildPolicySet } from '../../../src/model/policy/policies.ts';
import { standingClock } from '../../support/archive-trial.ts';
import { cellsOf } from '../../support/cells.ts';
import { LookupWorld } from '../../support/worlds/lookup-world.ts';
import { policyOf, SMALL_NOW } from '../../support/worlds/small-database.ts';

const NOTES = ['id', 'ts', 'run', 'state', 'n', 'r', 'b', 'words'];
const JANUARY = "ts LIKE '2026-01%' AND state <> 'open'";
const DAY = 86_400_000;

async function intoFile(
  world: LookupWorld,
  path: string,
  tables: string[],
  options: RestoreOptions = {},
): Promise<RestoreReport> {
  await using target = openRestoreFile(path, world.database);
  return await restoreRows(await world.places(), everything(tables), target, options);
}

async function intoHot(
  world: LookupWorld,
  options: RestoreOptions,
  where: readonly Condition[] = [],
  tables: string[] = ['notes'],
): Promise<RestoreReport> {
  await using store = await openSqliteStore(world.database);
  return await restoreRows(await world.places(), { ...everything(tables), where }, hotTarget(store), options);
}

async function found(world: LookupWorld, tables: string[] = ['notes']): Promise<number> {
  let count = 0;
  for await (const _ of search(await world.places(), everything(tables))) count++;
  return count;
}

test('archived rows come back cell for cell, with the indexes, from warm and from cold', async () => {
  await using world = new LookupWorld();
  const before = {
    notes: cellsOf(world.database, 'notes', NOTES, JANUARY),
    pairs: cellsOf(world.database, 'pairs', ['a', 'b', 'ts', 'run']),
    bare: cellsOf(world.database, 'bare', ['rowid', 'ts', 'words']),
  };
  await world.archiveAll();
  for (const tier of ['warm', 'cold']) {
    if (tier === 'cold') await world.consolidate(Date.parse('2026-05-01T00:00:00Z'));
    const other = join(world.folder, `${tier}.db`);
    const report = await intoFile(world, other, ['notes', 'pairs', 'bare']);
    assert.deepEqual(
      report.tables.map(({ inserted, refused, drift }) => [inserted, refused, drift.length]).sort(),
      [
        [23, 0, 0],
        [24, 0, 0],
        [24, 0, 0],
      ],
    );
    assert.deepEqual(cellsOf(other, 'notes', NOTES), before.notes);
    assert.deepEqual(cellsOf(other, 'pairs', ['a', 'b', 'ts', 'run']), before.pairs);
    assert.deepEqual(cellsOf(other, 'bare', ['rowid', 'ts', 'words']), before.bare);
    using db = new DatabaseSync(other);
    assert.ok(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'notes_ts'").get());
  }
});

test('a second restore inserts nothing, also into a table without a key', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const other = join(world.folder, 'other.db');
  await intoFile(world, other, ['notes', 'bare']);
  const again = await intoFile(world, other, ['notes', 'bare']);
  assert.deepEqual(again.tables.map(({ inserted, same }) => [inserted, same]).sort(), [
    [0, 23],
    [0, 24],
  ]);
});

test('a restore that was stopped goes on when it is run again', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  const other = join(world.folder, 'other.db');
  let asked = 0;
  const first = await intoFile(world, other, ['notes'], { stop: () => (++asked === 2 ? 'enough' : null) });
  assert.equal(first.stopped, 'enough');
  const second = await intoFile(world, other, ['notes']);
  assert.equal(first.tables[0]!.inserted + second.tables[0]!.inserted, 23);
});

test('the live database is no file to restore into', async () => {
  await using world = new LookupWorld();
  assert.throws(() => openRestoreFile(world.database, world.database), /live database/);
});

test('a segment cannot make its restorer do anything but make its table', async () => {
  await using world = new LookupWorld();
  const victim = join(world.folder, 'victim.db');
  await using target = openRestoreFile(join(world.folder, 'other.db'), world.database);
  for (const ddl of [
    `ATTACH '${victim}' AS v`,
    'CREATE TABLE x AS SELECT 1; DROP TABLE x',
    'CREATE VIEW x AS SELECT 1',
    '',
  ]) {
    await assert.rejects(target.prepare({ table: 'y', columns: [], primaryKey: [], ddl: [ddl] }));
  }
  assert.ok(!existsSync(victim));
});

test('columns that came and went are reported, and nothing is lost in a file of its own', async () => {
  await using world = new LookupWorld(buildPolicySet([policyOf('notes')]));
  await world.archiveAll();
  using db = new DatabaseSync(world.database);
  db.exec(
    "ALTER TABLE notes DROP COLUMN words; ALTER TABLE notes ADD COLUMN extra TEXT; INSERT INTO notes (id, ts, extra) VALUES ('late', '2026-01-10T00:00:00Z', 'more')",
  );
  await world.archiveAll({}, SMALL_NOW + DAY);
  const other = join(world.folder, 'other.db');
  const report = await intoFile(world, other, ['notes']);
  assert.equal(report.tables[0]!.refused, 0);
  using restored = new DatabaseSync(other);
  const row = restored.prepare("SELECT words, extra FROM notes WHERE id = 'note-1'").get()!;
  assert.match(String(row.words), /^word 1 /);
  assert.deepEqual(
    { ...restored.prepare("SELECT words, extra FROM notes WHERE id = 'late'").get()! },
    { words: null, extra: 'more' },
  );
  assert.deepEqual(report.tables[0]!.drift.map(({ column, drift }) => [column, drift]).sort(), [
    ['extra', 'new'],
    ['words', 'added'],
  ]);

  const hot = await intoHot(world, {});
  assert.equal(hot.tables[0]!.inserted, 1, 'only the late row fits');
  assert.match(
    [...hot.tables[0]!.refusals.keys()][0]!,
    /has a value for words, but the table does not have this column/,
  );
  const dropped = await intoHot(world, { dropColumns: true });
  assert.equal(dropped.tables[0]!.inserted, 24);
});

test('leased rows are found once, are not archived again, and leave without a second copy', async () => {
  await using world = new LookupWorld();
  const before = cellsOf(world.database, 'notes', NOTES, JANUARY);
  await world.archiveAll();
  assert.equal(await found(world), 29);
  const leaseUntil = (SMALL_NOW + 14 * DAY) * 1000;
  const report = await intoHot(world, { leaseUntil: asInstant(leaseUntil) });
  assert.equal(report.tables[0]!.inserted, 23);
  assert.deepEqual(cellsOf(world.database, 'notes', NOTES, JANUARY), before);
  assert.equal(await found(world), 29);
  await world.archiveAll({}, SMALL_NOW + 13 * DAY);
  assert.deepEqual(cellsOf(world.database, 'notes', NOTES, JANUARY), before, 'the lease holds');

  await world.archiveAll({}, SMALL_NOW + 15 * DAY);
  assert.equal(cellsOf(world.database, 'notes', NOTES, JANUARY).length, 0);
  assert.equal(await found(world), 29);
  const receipts = await (await world.places()).hot!.reader.ledger.receipts({ table: 'notes' });
  const january = receipts
    .filter(({ day }) => day < '2026-02')
    .map(({ part, state, rows }) => [part, state, rows]);
  // The row that was open left in between, as it had been open for too long.
  assert.deepEqual(january.sort(), [
    [1, 'archived', 7],
    [1, 'archived', 8],
    [1, 'archived', 8],
    [2, 'archived', 1],
  ]);
});

test('a row that was changed under its lease is archived anew, and its old line is taken out', async () => {
  for (const cold of [false, true]) {
    await using world = new LookupWorld();
    await world.archiveAll();
    if (cold) await world.consolidate(Date.parse('2026-05-01T00:00:00Z'));
    await intoHot(world, { leaseUntil: instantOfMs(SMALL_NOW + DAY) }, [parseCondition('id=note-4')]);
    using db = new DatabaseSync(world.database);
    db.exec("UPDATE notes SET words = 'corrected' WHERE id = 'note-4'");
    assert.equal(await found(world), 29);
    await world.archiveAll({}, SMALL_NOW + 2 * DAY);
    assert.equal(await found(world), 29);
    const hits: string[] = [];
    const places = await world.places();
    for await (const hit of search(places, {
      ...everything(['notes']),
      where: [parseCondition('id=note-4')],
    }))
      hits.push(`${hit.tier} ${String(hit.line).includes('"words":"corrected"')}`);
    assert.deepEqual(hits, ['warm true']);
    await using store = await openSqliteStore(world.database);
    const verified = await runVerify(
      { store, archive: world.archive, clock: standingClock(SMALL_NOW + 2 * DAY) },
      { scope: 'deep' },
    );
    assert.deepEqual(verified.alarms, []);
  }
});

test('rows that differ in hot stay, unless told otherwise', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  using db = new DatabaseSync(world.database);
  db.exec("INSERT INTO notes (id, ts, words) VALUES ('note-4', '2026-02-09T00:00:00Z', 'mine')");
  const first = await intoHot(world, { leaseUntil: instantOfMs(SMALL_NOW + DAY) });
  assert.deepEqual([first.tables[0]!.inserted, first.tables[0]!.kept], [22, 1]);
  assert.equal(db.prepare("SELECT words FROM notes WHERE id = 'note-4'").get()!.words, 'mine');
  const second = await intoHot(world, { leaseUntil: instantOfMs(SMALL_NOW + DAY), overwrite: true });
  assert.equal(second.tables[0]!.overwritten, 1);
});

test('rows without a key are leased too, and leave again; a row that took their rowid stays', async () => {
  const create = (path: string): void => {
    using db = new DatabaseSync(path);
    db.exec(`CREATE TABLE loose (ts TEXT, words TEXT); CREATE TABLE half (a TEXT, b TEXT, ts TEXT, PRIMARY KEY (a, b));
      INSERT INTO loose VALUES ('2026-01-10T00:00:00Z', 'one'), ('2026-01-10T00:00:00Z', 'two'), ('2026-01-10T00:00:00Z', 'two');
      INSERT INTO half VALUES ('x', NULL, '2026-01-10T00:00:00Z'), ('x', NULL, '2026-01-10T00:00:00Z'), ('x', 'y', '2026-01-10T00:00:00Z')`);
  };
  const policies = buildPolicySet([
    policyOf('loose', { lookupKeys: [] }),
    policyOf('half', { lookupKeys: [] }),
  ]);
  await using world = new LookupWorld(policies, create);
  const before = [
    cellsOf(world.database, 'loose', ['ts', 'words']),
    cellsOf(world.database, 'half', ['a', 'b', 'ts']),
  ];
  await world.archiveAll();
  using db = new DatabaseSync(world.database);
  db.exec("INSERT INTO loose (rowid, ts, words) VALUES (1, '2026-02-09T00:00:00Z', 'young')");
  const tables = ['loose', 'half'];
  const leaseUntil = (SMALL_NOW + DAY) * 1000;
  const first = await intoHot(world, { leaseUntil: asInstant(leaseUntil) }, [], tables);
  assert.deepEqual(
    first.tables.map(({ inserted, refused }) => [inserted, refused]),
    [
      [3, 0],
      [3, 0],
    ],
  );
  const second = await intoHot(world, { leaseUntil: asInstant(leaseUntil) }, [], tables);
  assert.deepEqual(
    second.tables.map(({ inserted, same }) => [inserted, same]),
    [
      [0, 3],
      [0, 3],
    ],
  );
  assert.deepEqual(cellsOf(world.database, 'loose', ['ts', 'words'], "words <> 'young'"), before[0]);
  assert.deepEqual(cellsOf(world.database, 'half', ['a', 'b', 'ts']), before[1]);
  assert.equal(await found(world, tables), 7);
  await world.archiveAll({}, SMALL_NOW + 2 * DAY);
  assert.equal(await found(world, tables), 7);
  assert.equal(cellsOf(world.database, 'loose', ['words']).length, 1);
  assert.equal(cellsOf(world.database, 'half', ['a']).length, 0);
  const other = join(world.folder, 'other.db');
  for (const inserted of [
    [3, 3],
    [0, 0],
  ]) {
    const report = await intoFile(world, other, tables);
    assert.deepEqual(
      report.tables.map((table) => table.inserted),
      inserted,
    );
  }
  assert.deepEqual(cellsOf(other, 'half', ['a', 'b', 'ts']), before[1]);
});

test('a row that the table refuses leaves the one that it was to overwrite', async () => {
  await using world = new LookupWorld();
  await world.archiveAll();
  using db = new DatabaseSync(world.database);
  db.exec(
    "CREATE UNIQUE INDEX one_run ON notes (run) WHERE run = 'run-0'; INSERT INTO notes (id, ts, run) VALUES ('x', '2026-02-09T00:00:00Z', 'run-0'), ('note-4', '2026-02-09T00:00:00Z', 'mine')",
  );
  const report = await intoHot(world, { overwrite: true, leaseUntil: instantOfMs(SMALL_NOW + DAY) }, [
    parseCondition('id=note-4'),
  ]);
  assert.equal(report.tables[0]!.refused, 1);
  assert.equal(db.prepare("SELECT run FROM notes WHERE id = 'note-4'").get()!.run, 'mine');
});
