import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, type TestContext } from 'node:test';
import { segmentName, warmPath } from '../../../../src/format/segment-names.ts';
import { publish } from '../../archives/archive.ts';
import { MemoryArchive } from '../../archives/memory-archive.ts';
import { SAMPLE_DAY, sampleBlock, sampleHead, sampleSegment } from '../../archives/sample-segment.ts';
import { SnapshottingDatabase } from '../disk/snapshotting-database.ts';
import { assertConserved, type Conservation, conservation } from './conservation.ts';
import { RowBook } from './row-book.ts';

const ROWS = 20;
const SEGMENT = segmentName('tool_uses', SAMPLE_DAY, 1, 'gzip');

interface World {
  readonly databasePath: string;
  readonly archive: MemoryArchive;
  readonly book: RowBook;
  sql(statement: string): void;
}

/** Twenty rows in the database, the book, and an empty archive; a ledger with the one column pair that matters. */
async function world(t: TestContext): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'firn-conservation-'));
  t.after(() => rm(folder, { recursive: true }));
  const databasePath = join(folder, 'a.db');
  const sql = (statement: string): void => {
    using database = new DatabaseSync(databasePath);
    database.exec(statement);
  };
  sql(`${sampleHead.ddl[0]}; CREATE TABLE _firn_receipts (segment TEXT PRIMARY KEY, state TEXT)`);
  for (const line of Buffer.from(sampleBlock(0, ROWS).lines).toString().trimEnd().split('\n')) {
    const { id, execution_id, start_time, n } = JSON.parse(line);
    sql(`INSERT INTO tool_uses VALUES ('${id}', '${execution_id}', '${start_time}', ${n})`);
  }
  return {
    databasePath,
    archive: new MemoryArchive(),
    book: RowBook.photograph(databasePath, ['tool_uses']),
    sql,
  };
}

/** Archives the first ten rows, rightly. */
async function archiveTen({ archive, sql }: World): Promise<void> {
  const { file } = await sampleSegment('gzip', 2, 5);
  await publish(archive, warmPath(SEGMENT), file.content);
  sql(`DELETE FROM tool_uses WHERE n < 10; INSERT INTO _firn_receipts VALUES ('${SEGMENT}', 'archived')`);
}

async function wrong(world: World): Promise<Partial<Conservation>> {
  const { found: _, ...lists } = await conservation(world.book, world);
  return Object.fromEntries(Object.entries(lists).filter(([, rows]) => rows.length > 0));
}

it('rows that are hot or archived once, whole, are conserved', async (t) => {
  const here = await world(t);
  assert.deepEqual((await assertConserved(here.book, here)).found, { hot: 20, archived: 0 });
  await archiveTen(here);
  assert.deepEqual((await assertConserved(here.book, here)).found, { hot: 10, archived: 10 });
});

it('a lost, a doubled, a changed and an invented row are each named', async (t) => {
  const here = await world(t);
  await archiveTen(here);
  here.sql(`DELETE FROM tool_uses WHERE n = 15;
    INSERT INTO tool_uses VALUES ('id-3', 'execution-0', '${SAMPLE_DAY}T00:00:03.000Z', 3);
    UPDATE tool_uses SET n = 12.0 WHERE n = 12;
    UPDATE tool_uses SET execution_id = 'other' WHERE n = 13;
    INSERT INTO tool_uses VALUES ('id-99', '', NULL, NULL)`);
  const found = await wrong(here);
  assert.deepEqual(found, {
    lost: ['tool_uses ["text id-15"]'],
    doubled: [`tool_uses ["text id-3"] in hot and warm/${SEGMENT}`],
    changed: ['tool_uses ["text id-13"] in hot: execution_id reads text other, not text execution-0'],
    invented: ['tool_uses ["text id-99"] in hot'],
  });
  await assert.rejects(assertConserved(here.book, here), /lost: 1\n {4}tool_uses \["text id-15"\]/);
});

it('types count: a real is no integer, a blob is no text', async (t) => {
  const here = await world(t);
  here.sql(`CREATE TABLE v (a)`);
  here.sql(
    `INSERT INTO v VALUES (1), (0.0), (9223372036854775807), ('1'), (x'31'), (NULL), (CAST(x'ff' AS TEXT)), (9e999)`,
  );
  const book = RowBook.photograph(here.databasePath, ['v']);
  const cells = [...book.table('v').values()].map(({ versions }) => versions[0]!.a);
  assert.deepEqual(cells, [
    '1',
    'real 0',
    '9223372036854775807',
    'text 1',
    'blob 31',
    'NULL',
    'not UTF-8 ff',
    'real Infinity',
  ]);
});

it('a file without a living receipt, and a receipt that is not at rest, are named', async (t) => {
  const here = await world(t);
  await archiveTen(here);
  for (const state of ['replaced', 'purged', 'sealing', 'draining']) {
    here.sql(`UPDATE _firn_receipts SET state = '${state}'`);
    assert.ok((await conservation(here.book, here)).unaccounted.length > 0, state);
  }
  here.sql('DELETE FROM _firn_receipts');
  assert.deepEqual(await wrong(here), { unaccounted: [`warm/${SEGMENT}: no receipt`] });
  here.sql(`INSERT INTO _firn_receipts VALUES ('${SEGMENT}', 'archived')`);
  await here.archive.remove(warmPath(SEGMENT));
  assert.deepEqual((await conservation(here.book, here)).unaccounted, [
    `${SEGMENT}: archived, and its file is missing`,
  ]);
});

it('after a restored database a row may be in both places, when its versions differ', async (t) => {
  const here = await world(t);
  await archiveTen(here);
  here.sql(`INSERT INTO tool_uses VALUES ('id-3', 'older', NULL, 3)`);
  here.book.attempted('tool_uses', '["text id-3"]', {
    id: 'text id-3',
    execution_id: 'text older',
    start_time: 'NULL',
    n: '3',
  });
  await assertConserved(here.book, { ...here, bothVersions: true });
  await assert.rejects(assertConserved(here.book, here), /doubled: 1/);
});

it('a database can be rolled back to each of its commits', async (t) => {
  for (const mode of ['wal', 'delete']) {
    const folder = await mkdtemp(join(tmpdir(), 'firn-roll-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'a.db');
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA journal_mode = ${mode}; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n)`);
    const snapshots = await SnapshottingDatabase.of(path, join(folder, 'commits'));
    for (let n = 1; n <= 5; n++) {
      database.exec(`INSERT INTO t VALUES (${n})`);
      if (n === 3) database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      await snapshots.committed(`insert ${n}`);
    }
    database.close();
    assert.deepEqual(snapshots.commits.length, 5);
    for (const commit of [2, 5, 0, 4, 3, 1]) {
      await snapshots.rollTo(commit);
      using rolled = new DatabaseSync(path);
      assert.equal(rolled.prepare('SELECT count(*) n FROM t').get()!.n, commit);
      assert.deepEqual({ ...rolled.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    }
  }
});
