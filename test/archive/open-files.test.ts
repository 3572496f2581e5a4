import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FileSystem } from '../../src/archive/disk/file-system.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { openStored, openStoredBundle } from '../../src/archive/stored-segment.ts';
import { bundlePath } from '../../src/format/segment-names.ts';
import { filesIn, publish, publishText, readText, refusesWith } from '../support/archives/archive.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { interceptFileSystem } from '../support/faults/disk/intercepted-file-system.ts';
import { SimulatedDisk } from '../support/faults/disk/simulated-disk.ts';

/** A file system that knows how many files are open. */
function counted(disk: FileSystem): { readonly fileSystem: FileSystem; readonly open: () => number } {
  let open = 0;
  const fileSystem = interceptFileSystem(disk, {
    around: async (action, _, run) => {
      const result = await run();
      if (action === 'create' || action === 'open') open++;
      if (action === 'close') open--;
      return result;
    },
  });
  return { fileSystem, open: () => open };
}

test('every file that is opened is closed again, whatever became of it', async () => {
  const { fileSystem, open } = counted(new SimulatedDisk());
  const store = openFolder('/mnt/archives', fileSystem);
  const none = (after: string): void => assert.equal(open(), 0, `after ${after}`);
  await publishText(store, 'warm/2026-01-16/a', 'text');
  none('publishing');
  const unwanted = await store.create('warm/2026-01-16/b');
  await unwanted.write(Buffer.from('text'));
  assert.equal(open(), 1);
  await unwanted.abandon();
  none('abandoning');
  await refusesWith('refused', publishText(store, 'warm/2026-01-16/a', 'other'));
  none('a name that is taken');
  assert.equal(await readText(store, 'warm/2026-01-16/a'), 'text');
  none('reading');
  await store.quarantine('warm/2026-01-16/a', 'a note');
  await store.sweep();
  await store.list('');
  none('quarantine, sweep and list');
});

test('every file of a segment that is looked for is closed again, found or not, whole or not', async () => {
  const { fileSystem, open } = counted(new SimulatedDisk());
  const store = openFolder('/mnt/archives', fileSystem);
  const { file, inputs } = await sampleBundle(2);
  await publish(store, bundlePath('2026-01'), file.content);
  {
    await using found = await openStored(store, inputs[0]!.name, 'any');
    assert.equal(found?.tier, 'cold');
    assert.equal(open(), 1);
  }
  assert.equal(open(), 0);
  assert.equal(await openStored(store, '2026-01-31/other.jsonl.gz', 'any'), null);
  assert.equal(open(), 0, 'a segment that the bundle lacks');
  assert.equal(await openStored(store, '2026-03-31/other.jsonl.gz', 'any'), null);
  assert.equal(await openStored(store, '2026-03-31/other.jsonl.gz', 'cold'), null);
  await publishText(store, bundlePath('2026-02'), 'no bundle at all');
  await refusesWith('integrity', openStoredBundle(store, bundlePath('2026-02')));
  assert.equal(open(), 0, 'a damaged bundle');
});

test('a file or folder that goes while it is looked at is not there, and is no failure', async () => {
  const disk = new SimulatedDisk();
  const plain = openFolder('/mnt/archives', disk);
  for (const name of ['a', 'b', 'c']) await publishText(plain, `warm/2026-01-11/${name}`, name);
  await publishText(plain, 'warm/2026-01-20/last', 'of its folder');
  const going = new Set(['open /mnt/archives/warm/2026-01-11/a', 'lstat /mnt/archives/warm/2026-01-11/b']);
  const racing = interceptFileSystem(disk, {
    around: async (action, path, run) => {
      if (going.delete(`${action} ${path}`)) await disk.unlink(path);
      if (action === 'readdir' && path.endsWith('2026-01-20')) {
        await disk.unlink(`${path}/last`).catch(() => undefined);
        await disk.rmdir(path).catch(() => undefined);
      }
      return await run();
    },
  });
  const store = openFolder('/mnt/archives', racing);
  await refusesWith('not_found', store.open('warm/2026-01-11/a'));
  assert.deepEqual(await filesIn(store, ''), [{ path: 'warm/2026-01-11/c', bytes: 1 }]);
  assert.equal(going.size, 0);
});
