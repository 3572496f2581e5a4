import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { checkpointer } from '../../../src/hot/sqlite/connection/checkpointer.ts';
import { type Connection, openForWriting } from '../../../src/hot/sqlite/connection/connection.ts';
import { type WriteAheadLog, writeAheadLog } from '../../../src/hot/sqlite/connection/write-ahead-log.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { mountTmpfs } from '../../support/faults/disk/tmpfs.ts';

const MIB = 1 << 20;
const LIMITS = {
  alone: { backlog: MIB, log: 8 * MIB },
  gentle: { backlog: 256 << 10, log: 2 * MIB },
};
let folder: string;
let path: string;
let host: DatabaseSync;
let connection: Connection;
let wal: WriteAheadLog;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-wal-'));
  path = join(folder, 'a.db');
  host = new DatabaseSync(path);
  host.exec('PRAGMA journal_mode = wal; CREATE TABLE t (id INTEGER PRIMARY KEY, text)');
  connection = openForWriting(path, 1000);
  wal = writeAheadLog(connection, LIMITS);
});
afterEach(() => {
  host.close();
  rmSync(folder, { recursive: true });
});

/** Commits 64 KiB at a time, and returns the largest that the log's file was. */
async function write(times: number, beside: (() => void) | null = null): Promise<number> {
  const insert = connection.db.prepare('INSERT INTO t (text) VALUES (zeroblob(65536))');
  let largest = 0;
  for (let n = 0; n < times; n++) {
    insert.run();
    beside?.();
    await wal.checkpoint(beside !== null);
    largest = Math.max(largest, logBytes());
  }
  return largest;
}

function logBytes(): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}

async function close(): Promise<void> {
  await wal.close();
  connection.db.close();
}

test('with nobody beside, the log starts over when it has reached its limit', async () => {
  const largest = await write(400);
  await close();
  assert.ok(largest > 7 * MIB && largest < 9 * MIB, `${largest} bytes of 25 MiB written`);
  assert.equal(host.prepare('SELECT count(*) AS n FROM t').get()?.n, 400);
});

test('while others write, the log is kept short', async () => {
  const largest = await write(400, () => host.exec('INSERT INTO t (text) VALUES (1)'));
  await close();
  assert.ok(largest < 3 * MIB, `${largest} bytes`);
  assert.equal(host.prepare('SELECT count(*) AS n FROM t').get()?.n, 800);
});

test('a run gives the disk space of its log back, although the host has the database open', async () => {
  await write(100);
  assert.ok(logBytes() > MIB);
  await close();
  assert.equal(logBytes(), 0);
  assert.equal(host.prepare('SELECT count(*) AS n FROM t').get()?.n, 100);
});

test('a reader that stays delays the end by no more than a moment, and sees what it saw', async () => {
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('BEGIN');
  assert.equal(reader.prepare('SELECT count(*) AS n FROM t').get()?.n, 0);
  await write(100);
  await close();
  assert.equal(reader.prepare('SELECT count(*) AS n FROM t').get()?.n, 0);
  reader.close();
  assert.equal(host.prepare('SELECT count(*) AS n FROM t').get()?.n, 100);
});

test('a log that the disk has no room to move is an error that says so, and what was committed stays', async (t) => {
  const disk = mountTmpfs(4 * MIB);
  if (disk.folder === null) return t.skip(`NOT TRIED: ${disk.reason}`);
  t.after(disk.unmount);
  const small = join(disk.folder, 'a.db');
  using owner = new DatabaseSync(small);
  owner.exec('PRAGMA journal_mode = wal; CREATE TABLE t (text)');
  const own = openForWriting(small, 1000);
  const log = writeAheadLog(own, LIMITS);
  own.db.exec('PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (zeroblob(1000000))');
  const { bavail, bsize } = statfsSync(disk.folder);
  writeFileSync(join(disk.folder, 'filler'), new Uint8Array(bavail * bsize));
  await assert.rejects(
    () => log.close(),
    (error: unknown) =>
      error instanceof FirnError &&
      error.code === 'io' &&
      error.path === small &&
      error.operation === 'move the write-ahead log into the database' &&
      /Nothing is lost/.test(error.hint ?? ''),
  );
  rmSync(join(disk.folder, 'filler'));
  await log.close();
  own.db.close();
  assert.equal(owner.prepare('SELECT length(text) AS n FROM t').get()?.n, 1_000_000);
  await close();
});

test('a thread that cannot open the database keeps nobody waiting', async () => {
  const thread = checkpointer(join(folder, 'none.db'));
  for (let n = 0; n < 3; n++) {
    thread.request();
    await thread.idle();
  }
  await thread.close();
  await close();
  assert.equal(existsSync(join(folder, 'none.db')), false);
});

test('while others write, the thread follows the transactions until it is told to stop or they cease', async () => {
  const insert = connection.db.prepare('INSERT INTO t (text) VALUES (zeroblob(65536))');
  const thread = checkpointer(path);
  for (let n = 0; n < 30; n++) {
    insert.run();
    thread.follow();
  }
  await thread.idle();
  assert.equal(thread.isAtWork(), false);
  const { log, checkpointed } = connection.db.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() as {
    log: number;
    checkpointed: number;
  };
  assert.equal(checkpointed, log);
  insert.run();
  thread.follow();
  await thread.close();
  await close();
  assert.equal(host.prepare('SELECT count(*) AS n FROM t').get()?.n, 31);
});
