import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import type { FileSystem } from '../../src/archive/disk/file-system.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { archiveLockTrials } from '../contract/archive-ownership.ts';
import { archiveStoreContract, type OpenArchive } from '../contract/archive-store.ts';
import { readText } from '../support/archives/archive.ts';
import { FailingFileSystem, type Fault } from '../support/faults/disk/failing-file-system.ts';
import { interceptFileSystem } from '../support/faults/disk/intercepted-file-system.ts';
import { SimulatedDisk } from '../support/faults/disk/simulated-disk.ts';
import { Stopper } from '../support/faults/stopper.ts';

async function place(): Promise<OpenArchive> {
  const disk = new SimulatedDisk();
  return () => openFolder('/mnt/archives', disk);
}

archiveStoreContract('the folder archive on the simulated disk', place);
archiveLockTrials('the folder archive on the simulated disk', place);

/** What the archive said it did, as far as it came. */
interface Promised {
  /** Paths that hold exactly this text. */
  readonly kept: Map<string, string>;
  /** Paths at which nothing is. */
  readonly gone: Set<string>;
}

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'warm/2026-01-16/a': ['first and second'],
  'warm/2026-01-16/b': ['bbb'],
  'warm/2026-01-17/a': ['on its own'],
  'cold/2026/2026-01.tar.gz': ['old bundle', 'the new bundle'],
};

/** Every kind of change, in an order in which each could harm another. */
async function useArchive(store: ArchiveStore, { kept, gone }: Promised): Promise<void> {
  const publish = async (path: string, text: string): Promise<void> => {
    const file = await store.create(path);
    await file.write(Buffer.from(text.slice(0, 2)));
    await file.write(Buffer.from(text.slice(2)));
    await file.sync();
    await file.publish();
    kept.set(path, text);
  };
  await publish('warm/2026-01-16/a', 'first and second');
  await publish('warm/2026-01-16/b', 'bbb');
  await publish('cold/2026/2026-01.tar.gz', 'old bundle');
  const bundle = await store.create('cold/2026/2026-01.tar.gz');
  await bundle.write(Buffer.from('the new '));
  await bundle.write(Buffer.from('bundle'));
  await bundle.sync();
  kept.delete('cold/2026/2026-01.tar.gz');
  await bundle.replace();
  kept.set('cold/2026/2026-01.tar.gz', 'the new bundle');
  kept.delete('warm/2026-01-16/a');
  await store.remove('warm/2026-01-16/a');
  gone.add('warm/2026-01-16/a');
  await publish('warm/2026-01-17/a', 'on its own');
  kept.delete('warm/2026-01-16/b');
  const quarantined = await store.quarantine('warm/2026-01-16/b', 'damaged');
  gone.add('warm/2026-01-16/b');
  kept.set(quarantined, 'bbb');
}

async function checkPromises(store: ArchiveStore, { kept, gone }: Promised): Promise<void> {
  const found = new Map<string, string>();
  for (const { path } of await store.list('')) found.set(path, await readText(store, path));
  for (const [path, text] of kept) assert.equal(found.get(path), text, `${path} was promised`);
  for (const path of gone) assert.equal(found.get(path), undefined, `${path} came back`);
  for (const [path, text] of found) {
    const whole = TEXTS[path]?.some((known) => known === text) ?? path.startsWith('quarantine/');
    assert.ok(whole, `${path} is visible, and not whole: ${JSON.stringify(text)}`);
  }
  const hasBundle = [...kept].some(([path]) => path.startsWith('warm/2026-01-17'));
  if (hasBundle) assert.ok(found.has('cold/2026/2026-01.tar.gz'));
  const b = [...found].filter(([path, text]) => text === 'bbb' && path.endsWith('/b'));
  if (kept.has('warm/2026-01-17/a')) assert.ok(b.length > 0, 'a file got lost on its way into quarantine');
  assert.deepEqual(await store.strays(), []);
  await store.sweep();
  assert.deepEqual(await store.sweep(), []);
}

/** Cuts the power after each system call of `useArchive`, several times with different losses. */
async function cutEverywhere(broken: (disk: FileSystem) => FileSystem = (disk) => disk): Promise<number> {
  let cuts = 0;
  for (let at = 1; ; at++) {
    const disk = new SimulatedDisk();
    const stopper = new Stopper({ at, when: 'after' });
    const promised: Promised = { kept: new Map(), gone: new Set() };
    const store = openFolder('/mnt/archives', stopper.fileSystem(broken(disk)));
    await useArchive(store, promised).catch((error: unknown) => {
      if (!stopper.stopped) throw error;
    });
    for (let seed = 1; seed <= 12; seed++, cuts++) {
      await checkPromises(openFolder('/mnt/archives', disk.crash(at * 1000 + seed)), promised);
    }
    if (!stopper.stopped) return cuts;
  }
}

it('whatever the power cut takes, what the archive promised is there, whole', async (t) => {
  t.diagnostic(`${await cutEverywhere()} power cuts`);
});

it('the same holds where there are no hard links', async (t) => {
  const fault: Fault = { action: 'link', nth: 1, code: 'ENOTSUP', lasting: true };
  const cuts = await cutEverywhere((disk) => new FailingFileSystem(disk, fault).fileSystem);
  t.diagnostic(`${cuts} power cuts`);
});

const BROKEN: Readonly<Record<string, (disk: FileSystem) => FileSystem>> = {
  'that never syncs files': (disk) => without(disk, 'sync', () => true),
  'that never syncs folders': (disk) => without(disk, 'syncFolder', () => true),
  'that forgets the entries of new folders': (disk) =>
    without(disk, 'syncFolder', (path) => path === '/mnt/archives/warm'),
  'that forgets the folder of what it replaces': (disk) =>
    without(disk, 'syncFolder', (path) => path.endsWith('/cold/2026')),
  'that publishes before it syncs': (disk) => {
    const late: (() => Promise<unknown>)[] = [];
    return interceptFileSystem(disk, {
      around: async (action, path, run) => {
        if (action === 'sync') return void late.push(run) as never;
        const result = await run();
        if (action === 'syncFolder' && path.includes('-')) for (const sync of late.splice(0)) await sync();
        return result;
      },
    });
  },
  'that removes its old name before the new one is durable': (disk) =>
    interceptFileSystem(disk, {
      around: async (action, path, run) => {
        if (action !== 'syncFolder' || !path.includes('quarantine/')) return await run();
        await disk.unlink('/mnt/archives/warm/2026-01-16/b').catch(() => {});
        await disk.syncFolder('/mnt/archives/warm/2026-01-16').catch(() => {});
        return await run();
      },
    }),
};

function without(disk: FileSystem, left: string, where: (path: string) => boolean): FileSystem {
  return interceptFileSystem(disk, {
    around: async (action, path, run) =>
      action === left && where(path) ? (undefined as never) : await run(),
  });
}

for (const [name, broken] of Object.entries(BROKEN)) {
  it(`an archive ${name} is caught`, async (t) => {
    await assert.rejects(cutEverywhere(broken), (error: Error) => {
      t.diagnostic(error.message.split('\n')[0]!);
      return error.name === 'AssertionError';
    });
  });
}

it('what a killed process left is durable once it is settled or published again, whenever it was killed', async (t) => {
  let kills = 0;
  const path = 'warm/2026-01-16/a';
  for (let at = 1, done = false; !done; at++, kills++) {
    const disk = new SimulatedDisk();
    const stopper = new Stopper({ at, when: 'after' });
    const publish = async (store: ArchiveStore): Promise<void> => {
      const file = await store.create(path);
      await file.write(Buffer.from('text'));
      await file.sync();
      await file.publish();
    };
    await publish(openFolder('/mnt/archives', stopper.fileSystem(disk))).catch(() => {});
    done = !stopper.stopped;
    const next = openFolder('/mnt/archives', disk);
    if ((await next.list('')).length === 0) await publish(next);
    else await next.settle(path);
    for (let seed = 1; seed <= 20; seed++) {
      assert.equal(await readText(openFolder('/mnt/archives', disk.crash(seed)), path), 'text');
    }
  }
  t.diagnostic(`${kills} kills`);
});

it('what a killed process removed stays removed once it is removed again', async () => {
  for (let at = 1, done = false; !done; at++) {
    const disk = new SimulatedDisk();
    const first = openFolder('/mnt/archives', disk);
    const file = await first.create('warm/2026-01-16/a');
    await file.sync();
    await file.publish();
    const stopper = new Stopper({ at, when: 'after' });
    await openFolder('/mnt/archives', stopper.fileSystem(disk))
      .remove('warm/2026-01-16/a')
      .catch(() => {});
    done = !stopper.stopped;
    await openFolder('/mnt/archives', disk).remove('warm/2026-01-16/a');
    for (let seed = 1; seed <= 20; seed++) {
      assert.deepEqual(await openFolder('/mnt/archives', disk.crash(seed)).list(''), []);
    }
  }
});
