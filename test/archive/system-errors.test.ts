import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { FirnError } from '../../src/model/errors.ts';
import { archiveStoreContract } from '../contract/archive-store.ts';
import { filesIn, publish, publishText, readText, refusesWith } from '../support/archives/archive.ts';
import { FailingFileSystem, type Fault } from '../support/faults/disk/failing-file-system.ts';
import { interceptFileSystem } from '../support/faults/disk/intercepted-file-system.ts';
import { SimulatedDisk } from '../support/faults/disk/simulated-disk.ts';
import { mountTmpfs } from '../support/faults/disk/tmpfs.ts';

const NO_LINKS: Fault = { action: 'link', nth: 1, code: 'EPERM', lasting: true };

archiveStoreContract('the folder archive where there are no hard links', async () => {
  const disk = new SimulatedDisk();
  return () => openFolder('/mnt/archives', new FailingFileSystem(disk, NO_LINKS).fileSystem);
});

for (const code of ['EINVAL', 'ENOTSUP'] as const) {
  archiveStoreContract(`the folder archive where folders cannot be synced (${code})`, async () => {
    const disk = new SimulatedDisk();
    const fault: Fault = { action: 'syncFolder', nth: 1, code, lasting: true };
    return () => openFolder('/mnt/archives', new FailingFileSystem(disk, fault).fileSystem);
  });
}

/** Every kind of change to an archive in which `warm/d/a` and `warm/d/b` are. */
async function change(store: ArchiveStore): Promise<void> {
  await publishText(store, 'warm/e/c', 'new');
  const bundle = await store.create('cold/m.tar.gz');
  try {
    await bundle.write(Buffer.from('bundle'));
    await bundle.sync();
    await bundle.replace();
  } finally {
    await bundle.abandon();
  }
  await store.remove('warm/e/c');
  await store.quarantine('warm/d/b', 'why');
  await store.settle('warm/d/a');
}

for (const code of ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EDQUOT', 'short'] as const) {
  for (const lasting of [false, true]) {
    it(`${code} at any call${lasting ? ' and ever after' : ''} is an io error that harms nothing, and running again works`, async (t) => {
      let nth = 1;
      for (; ; nth++) {
        const disk = new SimulatedDisk();
        const action = code === 'short' ? 'write' : 'change';
        await publishText(openFolder('/mnt/archives', disk), 'warm/d/a', 'kept');
        await publishText(openFolder('/mnt/archives', disk), 'warm/d/b', 'moved');
        const failing = new FailingFileSystem(disk, { action, nth, code, lasting });
        const error = await change(openFolder('/mnt/archives', failing.fileSystem)).catch(
          (error: unknown) => error,
        );
        if (!failing.struck) break;
        if (error !== undefined) checkError(error, code);
        const store = openFolder('/mnt/archives', disk);
        assert.equal(await readText(store, 'warm/d/a'), 'kept');
        const names = (await store.list('')).map(({ path }) => path);
        assert.ok(
          names.some((name) => /(warm|quarantine\/warm)\/d\/b(\.\d+)?$/.test(name)),
          names.join(' '),
        );
        await store.sweep();
        await store.remove('warm/e/c');
        if (!names.includes('warm/d/b')) await publishText(store, 'warm/d/b', 'moved');
        await change(store);
        assert.deepEqual(await store.sweep(), []);
      }
      t.diagnostic(`${nth - 1} calls`);
      assert.ok(nth > (code === 'short' ? 3 : 20));
    });
  }
}

function checkError(error: unknown, code: string): void {
  assert.ok(error instanceof FirnError, String(error));
  assert.equal(error.code, 'io');
  assert.ok(error.hint !== undefined && error.path !== undefined && error.operation !== '');
  const full = ['ENOSPC', 'EDQUOT', 'short'].includes(code);
  assert.match(error.message, code === 'short' ? /ENOSPC/ : new RegExp(code));
  if (full) assert.match(error.hint, /Free disk space for \/mnt\/archives .*No row of this file was deleted/);
}

it('a file whose write or sync failed never gets a name', async () => {
  for (const [action, code] of [
    ['write', 'EIO'],
    ['write', 'short'],
    ['sync', 'EIO'],
  ] as const) {
    const failing = new FailingFileSystem(new SimulatedDisk(), { action, nth: 1, code, lasting: false });
    const store = openFolder('/mnt/archives', failing.fileSystem);
    const file = await store.create('warm/a');
    const write = file.write(Buffer.from('text'));
    await (action === 'write' ? refusesWith('io', write) : write);
    await (action === 'write' ? refusesWith('refused', file.sync()) : refusesWith('io', file.sync()));
    await refusesWith('refused', file.sync());
    await refusesWith('refused', file.publish());
    await file.abandon();
    assert.deepEqual(await store.list(''), []);
    assert.deepEqual(await openFolder('/mnt/archives', failing.fileSystem).sweep(), []);
  }
});

it('the day folder may vanish between its making and the link into it', async () => {
  const disk = new SimulatedDisk();
  let vanished = 0;
  const racing = interceptFileSystem(disk, {
    around: async (action, _, run) => {
      if (action === 'link' && vanished++ === 0) await disk.rmdir('/mnt/archives/warm/d');
      return await run();
    },
  });
  const store = openFolder('/mnt/archives', racing);
  await publishText(store, 'warm/d/a', 'text');
  assert.equal(await readText(store, 'warm/d/a'), 'text');
  assert.equal(vanished, 2);
});

it('the day folder may vanish before it is removed with its last file', async () => {
  const disk = new SimulatedDisk();
  const racing = interceptFileSystem(disk, {
    around: async (action, path, run) => {
      if (action === 'rmdir' && path.endsWith('/d')) await disk.rmdir(path);
      return await run();
    },
  });
  const store = openFolder('/mnt/archives', racing);
  await publishText(store, 'warm/d/a', 'text');
  await publishText(store, 'warm/e/b', 'other');
  await store.remove('warm/d/a');
  assert.deepEqual(await filesIn(store, ''), [{ path: 'warm/e/b', bytes: 5 }]);
});

it('a full disk is reported with what to do, and keeps what it held', async (t) => {
  const tmpfs = mountTmpfs(1 << 20);
  if (tmpfs.folder === null) return t.skip(tmpfs.reason);
  t.after(tmpfs.unmount);
  const store = openFolder(join(tmpfs.folder, 'archives'));
  await publishText(store, 'warm/a', 'kept');
  const error = await publish(store, 'warm/b', new Uint8Array(2 << 20)).catch((error: unknown) => error);
  assert.ok(error instanceof FirnError);
  assert.deepEqual([error.code, error.message], ['io', 'the disk is full (ENOSPC)']);
  assert.match(error.hint!, /Free disk space for .*archives/);
  assert.deepEqual(await filesIn(store, ''), [{ path: 'warm/a', bytes: 4 }]);
  assert.deepEqual(await openFolder(store.location).sweep(), []);
  await publish(store, 'warm/b', new Uint8Array(1 << 18));
});

it('an archive that spans two file systems is refused with what to do', async () => {
  const failing = new FailingFileSystem(new SimulatedDisk(), {
    action: 'link',
    nth: 1,
    code: 'EXDEV',
    lasting: true,
  });
  const store = openFolder('/mnt/archives', failing.fileSystem);
  await assert.rejects(publishText(store, 'warm/a', 'a'), (error: FirnError) => {
    assert.equal(error.code, 'io');
    assert.match(error.hint!, /on one file system/);
    return true;
  });
  assert.deepEqual(await openFolder('/mnt/archives', failing.fileSystem).sweep(), []);
});
