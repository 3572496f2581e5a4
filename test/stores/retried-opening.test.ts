import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ErrorCode, FirnError } from '../../src/model/errors.ts';
import type { HotBackend } from '../../src/stores/hot-backend.ts';
import { retryOpening } from '../../src/stores/retried-opening.ts';
import { sqliteBackend } from '../../src/stores/sqlite-backend.ts';

const OPENERS = [
  ...['reader', 'store', 'lookup', 'stats', 'disk', 'runLogReader', 'runLog', 'alarmLog'],
  ...['lock', 'holder', 'sampler', 'shapeInFile'],
] as readonly (keyof HotBackend)[];

/** A backend each of whose parts cannot be opened at first, and a clock whose pauses are noted. */
function world(failures: number, code: ErrorCode) {
  const asked: unknown[][] = [];
  const waits: number[] = [];
  const open = async (...how: unknown[]): Promise<unknown> => {
    asked.push(how);
    if (asked.length <= failures) throw new FirnError(code, 'locked by others', { operation: 'open' });
    return 'opened';
  };
  const backend = new Proxy({} as HotBackend, { get: () => open });
  const clock = { monotonic: () => 0, sleep: async (ms: number) => void waits.push(ms) };
  return { asked, waits, retried: retryOpening(backend, clock) as unknown as Record<string, typeof open> };
}

for (const opener of OPENERS) {
  test(`${opener} is opened again, in the same way, while the database is unavailable`, async () => {
    const { asked, waits, retried } = world(2, 'unavailable');
    assert.equal(await retried[opener]!('how', 7), 'opened');
    assert.deepEqual(asked, Array(3).fill(['how', 7]));
    assert.deepEqual(waits, [50, 250]);
  });

  test(`${opener} is not opened again after any other failure`, async () => {
    const { waits, retried } = world(1, 'not_found');
    await assert.rejects(retried[opener]!(), { code: 'not_found' });
    assert.deepEqual(waits, []);
  });
}

test('a database that others kept locked for the whole busy timeout is not waited for once more', async () => {
  let now = 0;
  const reader = async (): Promise<never> => {
    now += 5_000;
    throw new FirnError('unavailable', 'locked by others', { operation: 'open' });
  };
  const sleep = async () => assert.fail('waited');
  const backend = { ...sqliteBackend('/nowhere.db'), reader };
  const retried = retryOpening(backend, { monotonic: () => now, sleep });
  await assert.rejects(retried.reader(), { code: 'unavailable' });
});

test('a database that does not exist is not waited for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'firn-opening-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const sleep = async () => assert.fail('waited');
  const backend = retryOpening(sqliteBackend(join(folder, 'absent.db')), { monotonic: () => 0, sleep });
  await assert.rejects(backend.reader(), { code: 'not_found' });
});
