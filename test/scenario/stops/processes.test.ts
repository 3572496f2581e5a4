import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { type Ended, FirnProcess } from '../../support/faults/firn-process.ts';
import { killAgainAndAgain } from '../../support/faults/kill-rounds.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { assertConserved } from '../../support/faults/rows/conservation.ts';
import { RowBook } from '../../support/faults/rows/row-book.ts';

/** Of the demo database: with what is due it decides how many segments a run makes, each with its own syncs. */
const DAYS = 40;

function folderFor(t: TestContext): string {
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('killed again and again at random instants beside a writer, no row is lost or doubled', async (t) => {
  const report = await killAgainAndAgain({
    ...{ folder: folderFor(t), seed: 17, rows: 4000, insertsPerSecond: 200, updates: 0.2 },
    ...{ kills: 12, minMs: 0, maxMs: 25_000 },
  });
  const { kills, working, writes, conservation, integrity } = report;
  const { hot, archived } = conservation.found;
  t.diagnostic(
    `${kills} kills, ${working} while rows were leaving; ${writes.inserted} inserts, ${writes.updated} updates; ${hot} rows hot, ${archived} archived`,
  );
  assert.equal(integrity, 'ok');
  assert.ok(kills >= 5 && working >= 3, `${kills} kills, ${working} of a working run`);
  assert.ok(archived > 0 && writes.inserted > 200);
});

/** A database with enough due rows for a run of some seconds. */
interface Busy {
  readonly databasePath: string;
  readonly archives: string;
  readonly book: RowBook;
  readonly args: readonly string[];
}

function busyDatabase(t: TestContext, rows: number): Busy {
  const folder = folderFor(t);
  const databasePath = join(folder, 'ideas.db');
  const archives = join(folder, 'archives');
  createDemoDatabase(databasePath, { rows, days: DAYS, now: instantOfMs(Date.now()), seed: 2 });
  const tables = new DatabaseSync(databasePath)
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    .all()
    .map(({ name }) => String(name));
  const args = ['archive', 'all', '--json', '--db-path', databasePath, '--archive-path', archives];
  return { databasePath, archives, book: RowBook.photograph(databasePath, tables), args };
}

async function untilRowsLeave(databasePath: string): Promise<void> {
  using database = new DatabaseSync(databasePath, { timeout: 10_000 });
  for (;;) {
    const known = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = '_firn_receipts'").get();
    if (known && Number(database.prepare('SELECT sum(deleted) AS n FROM _firn_receipts').get()!.n) > 0)
      return;
    await setTimeout(3);
  }
}

test('of three runs at once exactly one works; the others name it and end with 4', async (t) => {
  const { databasePath, archives, book, args } = busyDatabase(t, 10_000);
  const first = FirnProcess.start(args);
  await untilRowsLeave(databasePath);
  const others: Ended[] = await Promise.all([
    FirnProcess.run(args),
    FirnProcess.run(['verify', '--deep', '--db-path', databasePath, '--archive-path', archives]),
  ]);
  for (const { status, stderr } of others) {
    assert.equal(status, 4, stderr);
    assert.match(stderr, /archive \(process \d+ on .+, since .+\) holds the lock/);
  }
  assert.equal((await first.ended).status, 0);
  await assertConserved(book, { databasePath, archive: openFolder(archives) });
});

test('of two runs that start at the same instant at most one works, and together they complete', async (t) => {
  const { databasePath, archives, book, args } = busyDatabase(t, 2000);
  const both = await Promise.all([FirnProcess.run(args), FirnProcess.run(args)]);
  const statuses = both.map(({ status }) => status).sort();
  // The second may come when the first has ended already.
  assert.ok(['0,4', '0,0'].includes(statuses.join()), statuses.join());
  await assertConserved(book, { databasePath, archive: openFolder(archives) });
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal}: the run finishes its batch, says where it stopped, and the next run completes`, async (t) => {
    const { databasePath, archives, book, args } = busyDatabase(t, 10_000);
    const run = FirnProcess.start(args);
    await untilRowsLeave(databasePath);
    run.signal(signal);
    const { status, stdout, stderr } = await run.ended;
    assert.equal(status, 3, stderr);
    const { tables, total } = JSON.parse(stdout) as {
      tables: { table: string; status: string; message?: string }[];
      total: number;
    };
    const stopped = tables.filter((table) => table.status === 'partial');
    assert.ok(stopped.length > 0, stdout);
    assert.match(stopped[0]!.message!, /stop requested/);
    t.diagnostic(`${total} rows had left; ${stopped[0]!.table}: ${stopped[0]!.message}`);
    const next = await FirnProcess.run(args);
    assert.equal(next.status, 0, next.stderr);
    await assertConserved(book, { databasePath, archive: openFolder(archives) });
  });
}
