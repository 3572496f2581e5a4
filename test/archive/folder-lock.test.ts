import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { nodeFileSystem } from '../../src/archive/disk/node-file-system.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import type { LockHolder } from '../../src/lock/lock-holder.ts';
import { publishText, refusesWith } from '../support/archives/archive.ts';
import { systemFailure } from '../support/faults/disk/simulated-disk.ts';

const HOLDER: LockHolder = {
  ...{ pid: 7, host: 'host-a', command: 'archive all', since: '2026-01-16T02:00:00.000Z', database: '/a.db' },
};

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'firn-folder-lock-'));
  t.after(() => fs.rm(folder, { recursive: true, force: true }));
  return folder;
}

test('locking an archive that is not there makes nothing, and holds from its first file on', async (t) => {
  const base = await emptyFolder(t);
  const root = join(base, 'archives');
  const [first, second] = [openFolder(root), openFolder(root)];
  const [lock, other] = [await first.lock(HOLDER), await second.lock({ ...HOLDER, database: '/b.db' })];
  assert.deepEqual(await fs.readdir(base), []);
  await publishText(first, 'archive.json', '{}');
  await refusesWith('locked', second.create('archive.json'));
  assert.deepEqual((await fs.readdir(root)).sort(), ['.firn-lock', '.tmp', 'archive.json']);
  await lock[Symbol.asyncDispose]();
  await (await second.create('warm/a')).abandon();
  await refusesWith('locked', openFolder(root).lock(HOLDER));
  await other[Symbol.asyncDispose]();
});

test('the lock file has mode 0600, whatever the umask and an earlier version made of it', async (t) => {
  const root = await emptyFolder(t);
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  for (let round = 0; round < 2; round++) {
    await using _lock = await openFolder(root).lock(HOLDER);
    assert.equal((await fs.stat(join(root, '.firn-lock'))).mode & 0o777, 0o600);
    await fs.chmod(join(root, '.firn-lock'), 0o644);
  }
});

test('a link, a pipe or another file at the place of the lock is refused and left as it is', async (t) => {
  const root = await emptyFolder(t);
  const [path, elsewhere] = [join(root, '.firn-lock'), join(await emptyFolder(t), 'victim')];
  await fs.writeFile(elsewhere, '');
  await fs.symlink(elsewhere, path);
  await refusesWith('io', openFolder(root).lock(HOLDER));
  assert.equal((await fs.stat(elsewhere)).size, 0);
  await fs.unlink(path);
  await fs.writeFile(
    path,
    'notes of somebody else, longer than a header of a database would be: '.repeat(10),
  );
  await refusesWith('refused', openFolder(root).lock(HOLDER));
  assert.match(await fs.readFile(path, 'utf8'), /^notes/);
});

for (const code of ['EROFS', 'EACCES'] as const) {
  test(`an archive that this process may only read (${code}) needs no lock`, async (t) => {
    const root = await emptyFolder(t);
    const failing = { ...nodeFileSystem, lock: () => Promise.reject(systemFailure(code, 'open', root)) };
    await using _lock = await openFolder(root, failing).lock(HOLDER);
    assert.deepEqual(await fs.readdir(root), []);
  });
}

test('a lock file that another user made is an error and no free lock', async (t) => {
  const root = await emptyFolder(t);
  await fs.writeFile(join(root, '.firn-lock'), '');
  const failing = { ...nodeFileSystem, lock: () => Promise.reject(systemFailure('EACCES', 'open', root)) };
  await refusesWith('io', openFolder(root, failing).lock(HOLDER));
});
