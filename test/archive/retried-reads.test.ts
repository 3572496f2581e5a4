import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { retryReads } from '../../src/archive/retried-reads.ts';
import { FirnError } from '../../src/model/errors.ts';
import { archiveStoreContract } from '../contract/archive-store.ts';
import { filesIn, publishText, readText, refusesWith } from '../support/archives/archive.ts';
import { MemoryArchive, MemoryPlace } from '../support/archives/memory-archive.ts';
import { FailingFileSystem, type Fault } from '../support/faults/disk/failing-file-system.ts';
import type { FileAction } from '../support/faults/disk/intercepted-file-system.ts';
import { interceptFileSystem } from '../support/faults/disk/intercepted-file-system.ts';
import { SimulatedDisk, systemFailure } from '../support/faults/disk/simulated-disk.ts';

const PASSING = ['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR', 'ETIMEDOUT'] as const;

function idleClock() {
  const waits: number[] = [];
  return { waits, monotonic: () => 0, sleep: async (ms: number) => void waits.push(ms) };
}

archiveStoreContract('an archive whose reads are tried again', async () => {
  const place = new MemoryPlace();
  return () => retryReads(new MemoryArchive(place), idleClock());
});

/** An archive with `warm/d/a`, whose system fails at the first calls of a kind. */
async function failing(fault: Fault) {
  const disk = new SimulatedDisk();
  await publishText(openFolder('/mnt/archives', disk), 'warm/d/a', 'text');
  const clock = idleClock();
  const { fileSystem } = new FailingFileSystem(disk, fault);
  return { clock, store: retryReads(openFolder('/mnt/archives', fileSystem), clock) };
}

for (const code of PASSING) {
  for (const action of ['open', 'read', 'readdir', 'lstat'] as const satisfies readonly FileAction[]) {
    test(`${code} once at ${action} is not noticed by whoever reads`, async () => {
      const { clock, store } = await failing({ action, nth: 1, code, lasting: false });
      assert.deepEqual(await filesIn(store, ''), [{ path: 'warm/d/a', bytes: 4 }]);
      assert.equal(await readText(store, 'warm/d/a'), 'text');
      assert.deepEqual(clock.waits, [50]);
    });
  }

  test(`${code} at every open is unavailable in the end, and no damage`, async () => {
    const { clock, store } = await failing({ action: 'open', nth: 1, code, lasting: true });
    await assert.rejects(store.open('warm/d/a'), (error) => {
      assert.ok(error instanceof FirnError && error.code === 'unavailable');
      assert.match(error.message, new RegExp(code));
      assert.ok(error.hint !== undefined && error.path === '/mnt/archives/warm/d/a');
      return true;
    });
    assert.deepEqual(clock.waits, [50, 250, 1_000]);
  });
}

test('what changes the archive is never done again', async () => {
  for (const action of ['create', 'link', 'unlink', 'sync'] as const satisfies readonly FileAction[]) {
    const { clock, store } = await failing({ action, nth: 1, code: 'EAGAIN', lasting: false });
    const change =
      action === 'unlink' ? () => store.remove('warm/d/a') : () => publishText(store, 'warm/d/b', 'b');
    await refusesWith('unavailable', change());
    assert.deepEqual(clock.waits, []);
  }
});

test('a fault of the disk is thrown at once', async () => {
  const { clock, store } = await failing({ action: 'read', nth: 1, code: 'EIO', lasting: false });
  await using file = await store.open('warm/d/a');
  await refusesWith('io', file.read(0, 4));
  assert.deepEqual(clock.waits, []);
});

test('a stale handle of a file server is unavailable, although Node.js has no name for it', async () => {
  const disk = new SimulatedDisk();
  await publishText(openFolder('/mnt/archives', disk), 'warm/d/a', 'text');
  const stale = interceptFileSystem(disk, {
    around: async (action, path, run) => {
      if (action !== 'open') return await run();
      const error = systemFailure('Unknown system error -116', 'open', path);
      throw Object.assign(error, { errno: -116 });
    },
  });
  await assert.rejects(openFolder('/mnt/archives', stale).open('warm/d/a'), {
    code: 'unavailable',
    message: /ESTALE/,
  });
});
