import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ArchiveStore } from '../../../src/archive/archive-store.ts';
import { openFolder } from '../../../src/archive/folder/folder-archive.ts';
import { publishText, readText } from '../archives/archive.ts';
import { MemoryArchive, MemoryPlace } from '../archives/memory-archive.ts';
import { SimulatedDisk } from './disk/simulated-disk.ts';
import { countActions, forEachStop, type Trial } from './each-stop.ts';
import { Stopped, Stopper } from './stopper.ts';

/** Moves a file from warm to cold: in memory, so that only the order of the steps can be wrong. */
function mover(move: (store: ArchiveStore) => Promise<void>): () => Promise<Trial> {
  return async () => {
    const place = new MemoryPlace();
    await publishText(new MemoryArchive(place), 'warm/a', 'text');
    const again = async (stopper: Stopper): Promise<void> => {
      const store = stopper.archive(new MemoryArchive(place));
      await store.sweep();
      if ((await store.list('warm')).length > 0) await move(store);
    };
    return {
      run: again,
      recover: again,
      check: async () => {
        const files = (await new MemoryArchive(place).list('')).map(({ path }) => path);
        assert.deepEqual(files, ['cold/a']);
        assert.equal(place.temporary.size, 0);
      },
      [Symbol.asyncDispose]: async () => {},
    };
  };
}

async function copyThenRemove(store: ArchiveStore): Promise<void> {
  const text = await readText(store, 'warm/a');
  if ((await store.list('cold')).length === 0) await publishText(store, 'cold/a', text);
  await store.remove('warm/a');
}

it('a sound order of steps survives a stop at every action, and in its recovery', async (t) => {
  const { actions, points } = await forEachStop(t, mover(copyThenRemove));
  assert.deepEqual(actions, [
    'archive.sweep',
    'archive.create',
    'pending.write',
    'pending.sync',
    'pending.publish',
    'pending.abandon',
    'archive.remove',
  ]);
  assert.equal(points, 14);
  await forEachStop(t, mover(copyThenRemove), { reads: true, stopRecovery: true });
  assert.equal((await forEachStop(t, mover(copyThenRemove), { sample: 5, seed: 3 })).points, 5);
});

it('two steps in the wrong order are caught, and the point is named', async (t) => {
  const removeThenCopy = mover(async (store) => {
    const text = await readText(store, 'warm/a');
    await store.remove('warm/a');
    await publishText(store, 'cold/a', text);
  });
  await countActions(removeThenCopy);
  await assert.rejects(
    forEachStop(t, removeThenCopy),
    /stopped after action 2 \(archive.sweep → archive.remove\)/,
  );
});

it('a stopped program can do nothing more, its clean-up included', async () => {
  const place = new MemoryPlace();
  const stopper = new Stopper({ at: 3, when: 'after' });
  const store = stopper.archive(new MemoryArchive(place));
  await assert.rejects(publishText(store, 'warm/a', 'text'), Stopped);
  assert.equal(place.temporary.size, 1);
  await assert.rejects(store.list(''), Stopped);
  await assert.rejects(store.open('warm/a'), Stopped);
  assert.ok(stopper.stopped);
  assert.deepEqual(stopper.actions, ['archive.create', 'pending.write', 'pending.sync']);
});

it('a program stops between two system calls of one action, too', async () => {
  const disk = new SimulatedDisk();
  const stopper = new Stopper({ at: 1, when: 'after' });
  await assert.rejects(
    publishText(openFolder('/archives', stopper.fileSystem(disk)), 'warm/a', 'a'),
    Stopped,
  );
  assert.deepEqual(stopper.actions, ['mkdir /archives']);
  assert.deepEqual(await disk.readdir('/archives'), []);
});
