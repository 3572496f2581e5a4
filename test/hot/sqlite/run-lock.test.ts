import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, test } from 'node:test';
import { acquireRunLock, lockHolder } from '../../../src/hot/sqlite/connection/run-lock.ts';
import { FirnError } from '../../../src/model/errors.ts';
import { isError } from '../hot-trial.ts';

const WHO = { command: 'archive all', since: '2026-01-16T11:23:33Z' };
let folder: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firn-lock-'));
  database = join(folder, 'a.db');
  writeFileSync(database, '');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a second run is told who holds the lock, and gets it when it is released', async () => {
  const lock = await acquireRunLock(database, WHO);
  assert.equal((await lockHolder(database))?.command, 'archive all');
  await assert.rejects(acquireRunLock(database, { ...WHO, command: 'cleanup' }), (error) => {
    assert.ok(isError('locked')(error));
    assert.match((error as Error).message, new RegExp(`archive all .*process ${pid} .*2026-01-16`));
    return true;
  });
  assert.equal((await lockHolder(database))?.command, 'archive all');
  await lock[Symbol.asyncDispose]();
  assert.equal(await lockHolder(database), null);
  await using second = await acquireRunLock(database, { ...WHO, command: 'cleanup' });
  assert.equal((await lockHolder(database))?.command, 'cleanup');
  assert.equal(second.holder.pid, pid);
});

test('looking who holds the lock makes no file, and neither locks nor unlocks', async () => {
  assert.equal(await lockHolder(database), null);
  assert.deepEqual(readdirSync(folder), ['a.db']);
  await assert.rejects(lockHolder(join(folder, 'missing.db')), isError('not_found'));
  await assert.rejects(acquireRunLock(join(folder, 'missing.db'), WHO), isError('not_found'));
  assert.deepEqual(readdirSync(folder), ['a.db']);
});

test('two names of one database have one lock', async () => {
  const link = join(folder, 'link.db');
  symlinkSync(database, link);
  await using _lock = await acquireRunLock(link, WHO);
  await assert.rejects(acquireRunLock(database, WHO), isError('locked'));
});

test('of many runs that start at once one gets the lock', async () => {
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => acquireRunLock(database, WHO)));
  const locks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
  assert.equal(locks.length, 1);
  await locks[0]![Symbol.asyncDispose]();
});

test('the lock ends with its process, and is held by it until then', async () => {
  const source = new URL('../../../src/hot/sqlite/connection/run-lock.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { acquireRunLock } from ${JSON.stringify(source)};
      globalThis.lock = await acquireRunLock(${JSON.stringify(database)}, ${JSON.stringify(WHO)});
      console.log('held'); setInterval(() => {}, 1e6);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    await once(child.stdout, 'data');
    assert.equal((await lockHolder(database))?.pid, child.pid);
    await assert.rejects(
      acquireRunLock(database, WHO),
      (error) => error instanceof FirnError && error.message.includes(`${child.pid}`),
    );
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  assert.equal(await lockHolder(database), null);
  await using lock = await acquireRunLock(database, WHO);
  assert.equal(lock.holder.pid, pid);
});
