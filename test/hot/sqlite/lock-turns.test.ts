import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, test } from 'node:test';
import { type Connection, openForWriting } from '../../../src/hot/sqlite/connection/connection.ts';
import { gapAfter, LockTurns } from '../../../src/hot/sqlite/connection/lock-turns.ts';
import { writeTransaction } from '../../../src/hot/sqlite/connection/write-transaction.ts';

const TIMEOUT_MS = 100;
let folder: string;
let path: string;
let clock: { at: number; pauses: number[]; onPause: () => void };
let isBeside: boolean;
let connection: Connection;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-turns-'));
  path = join(folder, 'a.db');
  using host = new DatabaseSync(path);
  host.exec('PRAGMA journal_mode = wal; CREATE TABLE t (x)');
  clock = { at: 0, pauses: [], onPause: () => undefined };
  isBeside = true;
  const opened = openForWriting(path, TIMEOUT_MS);
  const pause = (ms: number): void => {
    clock.pauses.push(ms);
    clock.at += ms;
    clock.onPause();
  };
  const turns = new LockTurns(opened.db, { monotonic: () => clock.at, pause }, () => isBeside);
  connection = { ...opened, turns };
});
afterEach(() => {
  connection.db.close();
  rmSync(folder, { recursive: true });
});

function holdFor(ms: number): void {
  writeTransaction(connection, 'write', () => {
    clock.at += ms;
  });
}

/** Attempts of SQLite's busy handler after a connection began to wait, in milliseconds. */
function attempts(): number[] {
  let at = 0;
  return [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100].map((delay) => (at += delay));
}

test('whoever begins to wait while the lock is held finds it free at the next attempt after that', () => {
  for (const held of [0.4, 0.9, 1, 2.9, 3, 7.9, 15, 80, 150]) {
    for (let began = 0; began < held; began += held / 50) {
      const next = attempts().find((after) => began + after >= held)! + began;
      assert.ok(next < held + gapAfter(held), `held ${held} ms, waiting from ${began}, attempt at ${next}`);
    }
  }
});

test('while others write, a transaction begins no earlier than after the gap, whatever came between', () => {
  holdFor(0.9);
  holdFor(0.9);
  assert.deepEqual(clock.pauses, [gapAfter(0.9)]);
  clock.at += 0.5;
  holdFor(5);
  assert.ok(Math.abs(clock.pauses[1]! - (gapAfter(0.9) - 0.5)) < 1e-9);
  clock.at += 100;
  holdFor(0.9);
  assert.equal(clock.pauses.length, 2);
});

test('with nobody beside, no gap is left', () => {
  isBeside = false;
  for (let n = 0; n < 3; n++) holdFor(20);
  assert.deepEqual(clock.pauses, []);
});

test('a transaction that fails leaves a gap too, and how long it held the lock is known', () => {
  assert.throws(() =>
    writeTransaction(connection, 'write', () => {
      clock.at += 2;
      throw new Error('no');
    }),
  );
  assert.equal(connection.turns?.heldMs, 2);
  holdFor(0.5);
  assert.equal(clock.pauses.length, 1);
  assert.ok(Math.abs(clock.pauses[0]! - gapAfter(2)) < 1e-9);
});

test('a lock that others hold is asked for again at once, and within the timeout', () => {
  using host = new DatabaseSync(path);
  host.exec('BEGIN IMMEDIATE');
  clock.onPause = () => {
    if (clock.pauses.length === 3) host.exec('COMMIT');
  };
  holdFor(0.5);
  assert.equal(clock.pauses.length, 3);
  assert.ok(clock.at < 2, `${clock.at} ms`);
  host.exec('BEGIN IMMEDIATE');
  clock.onPause = () => undefined;
  assert.throws(() => holdFor(0.5), { code: 'unavailable' });
  assert.ok(clock.at >= TIMEOUT_MS && clock.at < TIMEOUT_MS + 10, `${clock.at} ms`);
  const { timeout } = connection.db.prepare('PRAGMA busy_timeout').get() as { timeout: number };
  assert.equal(timeout, TIMEOUT_MS);
});
