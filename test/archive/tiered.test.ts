import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { writeIdentity } from '../../src/archive/identity.ts';
import { writeLineage } from '../../src/archive/lineage.ts';
import type { Expected } from '../../src/archive/tiered/tier-presence.ts';
import { tieredArchive } from '../../src/archive/tiered/tiered-archive.ts';
import { archiveStoreContract } from '../contract/archive-store.ts';
import { filesIn, publishText, readText, refusesWith } from '../support/archives/archive.ts';

const BUNDLE = 'cold/2026/2026-01.tar.gz';
const CREATED = '2026-01-16T00:00:00Z';

const HOLDER = { pid: 7, host: 'a', command: 'archive all', since: CREATED, database: '/a.db' };

interface Place {
  readonly warm: string;
  readonly cold: string;
  open(expected?: Expected): ArchiveStore;
}

async function place(t: TestContext): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'firn-tiers-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const [warm, cold] = [join(folder, 'warm-disk'), join(folder, 'cold-disk')];
  return {
    ...{ warm, cold },
    open: (expected) => tieredArchive(openFolder(warm), openFolder(cold), expected ?? null),
  };
}

archiveStoreContract('an archive with tiers on two folders', async (t) => (await place(t)).open);

archiveStoreContract('an archive with one location that knows where bundles were', async (t) => {
  const { warm } = await place(t);
  return () => tieredArchive(openFolder(warm), null);
});

it('bundles and their quarantine are at the location of cold, everything else at that of warm', async (t) => {
  const { warm, cold, open } = await place(t);
  for (const path of ['warm/2026-01-16/a', BUNDLE, 'journal/x.json', 'archive.json'])
    await publishText(open(), path, path);
  assert.deepEqual((await readdir(warm)).sort(), ['.tmp', 'archive.json', 'journal', 'warm']);
  assert.deepEqual((await readdir(cold)).sort(), ['.tmp', 'cold']);
  await open().quarantine(BUNDLE, 'why');
  await open().quarantine('warm/2026-01-16/a', 'why');
  assert.deepEqual(await readdir(join(cold, 'quarantine')), ['cold']);
  assert.deepEqual(await readdir(join(warm, 'quarantine')), ['warm']);
  const quarantined = (await open().list('quarantine')).map(({ path }) => path);
  assert.deepEqual(quarantined, [
    `quarantine/${BUNDLE}`,
    `quarantine/${BUNDLE}.note.txt`,
    'quarantine/warm/2026-01-16/a',
    'quarantine/warm/2026-01-16/a.note.txt',
  ]);
  assert.equal(open().capabilities.localPath(BUNDLE), join(cold, BUNDLE));
  assert.equal(open().capabilities.localPath('warm/a'), join(warm, 'warm/a'));
});

/** A paired archive with a file in each tier. */
async function paired(t: TestContext): Promise<Place> {
  const at = await place(t);
  await publishText(at.open(), 'warm/2026-01-16/a', 'a');
  await publishText(at.open(), BUNDLE, 'bundle');
  await writeIdentity(openFolder(at.warm), 'db-1', CREATED);
  await writeIdentity(openFolder(at.cold), 'db-1', CREATED);
  return at;
}

async function away({ open }: Place, expected?: Expected): Promise<readonly string[]> {
  return (await open(expected).away()).map(({ tier, why, remedy }) => `${tier}: ${why}. ${remedy}`);
}

const listed: Expected = async () => new Set([BUNDLE]);

for (const left of ['nothing', 'an empty folder'] as const) {
  it(`a cold location with ${left} in its place is away when the ledger lists bundles, and is not written to`, async (t) => {
    const at = await paired(t);
    assert.deepEqual(await away(at, listed), []);
    await rename(at.cold, `${at.cold}.off`);
    if (left === 'an empty folder') await mkdir(at.cold);
    assert.match((await away(at, listed))[0] ?? '', /^cold: .*has no archive.json, and lacks 1 bundle that/);
    const store = at.open(listed);
    for (const action of [
      () => store.list('cold'),
      () => store.list('quarantine/cold'),
      () => store.open(BUNDLE),
      () => store.create('cold/2026/2026-02.tar.gz'),
      () => store.remove(BUNDLE),
      () => store.settle(BUNDLE),
      () => store.quarantine(BUNDLE, 'why'),
    ])
      await refusesWith('unavailable', action());
    assert.deepEqual(await filesIn(store, 'warm'), [{ path: 'warm/2026-01-16/a', bytes: 1 }]);
    const all = (await store.list('')).map(({ path }) => path);
    assert.deepEqual(all, ['archive.json', 'warm/2026-01-16/a'], 'lists leave it out');
    await publishText(store, 'warm/2026-01-17/b', 'b');
    assert.deepEqual([await store.strays(), await store.sweep()], [[], []]);
    assert.deepEqual(
      await readdir(at.cold).catch(() => []),
      [],
      'nothing is made where the disk should be mounted',
    );
    await rm(at.cold, { recursive: true, force: true });
    await rename(`${at.cold}.off`, at.cold);
    assert.equal(await readText(at.open(listed), BUNDLE), 'bundle');
  });
}

it('a cold location is away when the record of the last run names it, ledger or no ledger', async (t) => {
  const at = await paired(t);
  const lineage = { format: 1, database: 'db-1', path: '/x.db', archive: at.warm, host: 'h' } as const;
  await writeLineage(openFolder(at.warm), { ...lineage, cold: at.cold, generations: [] });
  await rm(at.cold, { recursive: true });
  assert.match((await away(at))[0] ?? '', /^cold: .*Mount its disk/);
  assert.match((await away(at, async () => new Set()))[0] ?? '', /^cold: .*Mount its disk/);
});

it('a new cold location is there, and one whose bundles lie elsewhere says where they are to go', async (t) => {
  const at = await place(t);
  assert.deepEqual(await away(at, async () => new Set()), []);
  const old = openFolder(at.warm);
  await publishText(old, BUNDLE, 'bundle');
  await writeIdentity(old, 'db-1', CREATED);
  const said = (await away(at, listed))[0] ?? '';
  assert.match(said, /1 bundle is still in .*warm-disk\/cold/);
  assert.match(said, /Move the folder .*warm-disk\/cold to .*cold-disk/);
  await mkdir(at.cold);
  await rename(join(at.warm, 'cold'), join(at.cold, 'cold'));
  assert.deepEqual(await away(at, listed), []);
  assert.equal(await readText(at.open(listed), BUNDLE), 'bundle');
  const more: Expected = async () => new Set([BUNDLE, 'cold/2025/2025-12.tar.gz']);
  assert.match((await away(at, more))[0] ?? '', /^cold: .*lacks 1 bundle that the ledger lists/);
});

it('a warm location without files is away when that of cold is marked', async (t) => {
  const at = await paired(t);
  await rm(at.warm, { recursive: true });
  assert.match((await away(at))[0] ?? '', /^warm: .*warm-disk has no archive.json/);
  const store = at.open();
  await refusesWith('unavailable', store.list('warm'));
  await refusesWith('unavailable', store.create('warm/a'));
  assert.equal(await readText(store, BUNDLE), 'bundle');
  await mkdir(at.warm);
  await refusesWith('unavailable', at.open().lock(HOLDER));
  assert.deepEqual(await readdir(at.warm), [], 'no lock file where the disk should be mounted');
});

it('a cold location that goes away while it is open gets no bundle', async (t) => {
  const at = await paired(t);
  const store = at.open(listed);
  assert.equal(await readText(store, BUNDLE), 'bundle');
  await rename(at.cold, `${at.cold}.off`);
  await mkdir(at.cold);
  await refusesWith('unavailable', store.create('cold/2026/2026-02.tar.gz'));
  assert.deepEqual(await readdir(at.cold), []);
});

it('an archive whose tiers were apart misses its bundles when the configuration has one location since', async (t) => {
  const at = await paired(t);
  const one = (expected: Expected | null): ArchiveStore => tieredArchive(openFolder(at.warm), null, expected);
  assert.deepEqual(await one(listed).away(), []);
  const lineage = { format: 1, database: 'db-1', path: '/x.db', archive: at.warm, host: 'h' } as const;
  await writeLineage(openFolder(at.warm), { ...lineage, cold: at.cold, generations: [] });
  for (const store of [one(listed), one(null)]) {
    const [away] = await store.away();
    assert.match(away?.why ?? '', /the tiers were apart, and the bundles are in .*cold-disk/);
    assert.match(
      away?.remedy ?? '',
      /Set archives to \{warm: .*warm-disk, cold: .*cold-disk\}, or move the folder/,
    );
    await refusesWith('unavailable', store.list('cold'));
    await refusesWith('unavailable', store.create(BUNDLE));
    assert.equal(await readText(store, 'warm/2026-01-16/a'), 'a');
  }
  await rename(join(at.cold, 'cold'), join(at.warm, 'cold'));
  for (const store of [one(listed), one(null)]) assert.equal(await readText(store, BUNDLE), 'bundle');
});

it('both locations are locked, and a second run is told of the holder of either', async (t) => {
  const at = await paired(t);
  const lock = await at.open().lock(HOLDER);
  await refusesWith('locked', openFolder(at.warm).lock(HOLDER));
  await refusesWith('locked', openFolder(at.cold).lock(HOLDER));
  await lock[Symbol.asyncDispose]();
  await rename(at.cold, `${at.cold}.off`);
  await mkdir(at.cold);
  await (await at.open(listed).lock(HOLDER))[Symbol.asyncDispose]();
  assert.deepEqual(await readdir(at.cold), [], 'no lock file where the disk should be mounted');
  await rm(at.cold, { recursive: true });
  await rename(`${at.cold}.off`, at.cold);
  await using _cold = await openFolder(at.cold).lock(HOLDER);
  await refusesWith('locked', at.open().lock(HOLDER));
  await using _warm = await openFolder(at.warm).lock(HOLDER);
});
