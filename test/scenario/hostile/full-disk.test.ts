import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { createDemoDatabase } from '../../../src/demo/demo-database.ts';
import { instantOfMs } from '../../../src/model/instant.ts';
import { mountTmpfs } from '../../support/faults/disk/tmpfs.ts';
import { FirnProcess } from '../../support/faults/firn-process.ts';
import { volatileFolder } from '../../support/faults/recorded-run.ts';
import { assertConserved, conservation } from '../../support/faults/rows/conservation.ts';
import { RowBook } from '../../support/faults/rows/row-book.ts';

const TABLES = [
  ...['transcript_entries', 'tool_uses', 'skill_traces'],
  ...['assertion_results', 'assertion_chains', 'message_bus_log'],
];

/** A file system of `bytes` bytes, or null where none can be mounted; the test is then skipped, loudly. */
function smallDisk(t: TestContext, bytes: number): string | null {
  const mounted = mountTmpfs(bytes);
  if (mounted.folder === null) {
    t.skip(`NOT TRIED: ${mounted.reason}`);
    return null;
  }
  t.after(mounted.unmount);
  return mounted.folder;
}

function demo(path: string): RowBook {
  createDemoDatabase(path, {
    rows: 3000,
    days: 30,
    now: instantOfMs(Date.now()),
    seed: 3,
    journalMode: 'wal',
  });
  return RowBook.photograph(path, TABLES);
}

test('an archive on a disk that fills up: it is said, nothing is lost, and the run after space was made completes', async (t) => {
  const disk = smallDisk(t, 200 << 10);
  if (disk === null) return;
  const folder = volatileFolder();
  t.after(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'ideas.db');
  const book = demo(database);
  const archives = join(disk, 'archives');
  const paths = ['--db-path', database, '--archive-path', archives];
  const full = await FirnProcess.run(['archive', 'all', '--json', ...paths]);
  t.diagnostic(`exit status ${full.status}`);
  assert.equal(full.status, 3, full.stderr);
  const report = JSON.parse(full.stdout);
  const failed = report.tables.filter(({ status }: { status: string }) => /error|partial/.test(status));
  assert.ok(failed.length > 0 && report.total > 0, full.stdout);
  for (const { message } of failed) assert.match(message, /no space|full/i);
  await assertNothingLost(book, database, archives);

  execFileSync('mount', ['-o', 'remount,size=64m', disk]);
  const next = await FirnProcess.run(['archive', 'all', '--json', ...paths]);
  assert.equal(next.status, 0, next.stderr + next.stdout);
  await assertConserved(book, { databasePath: database, archive: openFolder(archives) });
});

test('a database on a disk that is full: it is said, nothing is lost, and the run after space was made completes', async (t) => {
  const disk = smallDisk(t, 64 << 20);
  if (disk === null) return;
  const database = join(disk, 'ideas.db');
  const book = demo(database);
  const archives = join(disk, 'archives');
  const filler = join(disk, 'filler');
  const paths = ['--db-path', database, '--archive-path', archives];
  // A little is left, so that the run comes some way before the disk is full.
  fill(filler, disk, 500 << 10);
  const full = await FirnProcess.run(['archive', 'all', '--json', ...paths]);
  t.diagnostic(`exit status ${full.status}: ${full.stderr.split('\n')[0]}`);
  assert.ok(full.status === 3 || full.status === 1, `${full.status}: ${full.stderr}`);
  assert.match(full.stdout + full.stderr, /no space|full/i);
  await assertNothingLost(book, database, archives);

  rmSync(filler);
  const next = await FirnProcess.run(['archive', 'all', '--json', ...paths]);
  assert.equal(next.status, 0, next.stderr + next.stdout);
  await assertConserved(book, { databasePath: database, archive: openFolder(archives) });
  assert.deepEqual(readdirSync(disk).sort(), ['archives', 'ideas.db', 'ideas.db.firn-lock']);
});

function fill(filler: string, disk: string, leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const free = bavail * bsize;
  writeFileSync(filler, new Uint8Array(Math.max(0, free - leave)));
}

/** Before recovery rows may stand in both places, and receipts may be under way; but none may be missing. */
async function assertNothingLost(book: RowBook, databasePath: string, archives: string): Promise<void> {
  const { lost, changed, invented } = await conservation(book, {
    databasePath,
    archive: openFolder(archives),
  });
  assert.deepEqual({ lost, changed, invented }, { lost: [], changed: [], invented: [] });
}
