import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it, type TestContext } from 'node:test';
import { openFolder } from '../../src/archive/folder/folder-archive.ts';
import { archiveLockTrials } from '../contract/archive-ownership.ts';
import { archiveStoreContract, type OpenArchive } from '../contract/archive-store.ts';
import { filesIn, publishText, readText, refusesWith } from '../support/archives/archive.ts';

async function emptyFolder(t: TestContext): Promise<string> {
  const folder = await fs.mkdtemp(join(tmpdir(), 'firn-folder-'));
  t.after(() => fs.rm(folder, { recursive: true, force: true }));
  return folder;
}

async function place(t: TestContext): Promise<OpenArchive> {
  const folder = join(await emptyFolder(t), 'archives');
  return () => openFolder(folder);
}

archiveStoreContract('the folder archive', place);
archiveLockTrials('the folder archive', place);

it('reading makes no folder, and the first file makes it with its parents', async (t) => {
  const base = await emptyFolder(t);
  const store = openFolder(join(base, 'deep', 'archives'));
  await store.list('');
  await store.strays();
  await store.sweep();
  await store.remove('warm/a');
  await refusesWith('not_found', store.open('warm/a'));
  assert.deepEqual(await fs.readdir(base), []);
  await publishText(store, 'warm/a', 'a');
  assert.equal(await readText(store, 'warm/a'), 'a');
});

it('files have mode 0600 and folders 0700', async (t) => {
  const root = join(await emptyFolder(t), 'archives');
  const store = openFolder(root);
  await publishText(store, 'warm/2026-01-16/a', 'a');
  const unfinished = await store.create('warm/b');
  const paths = [
    '',
    'warm',
    'warm/2026-01-16',
    'warm/2026-01-16/a',
    '.tmp',
    `.tmp/${(await fs.readdir(join(root, '.tmp')))[0]}`,
  ];
  const modes = await Promise.all(
    paths.map(async (path) => ((await fs.stat(join(root, path))).mode & 0o777).toString(8)),
  );
  assert.deepEqual(modes, ['700', '700', '700', '600', '700', '600']);
  await unfinished.abandon();
});

it('the day folder goes with its last file, and other folders stay', async (t) => {
  const root = await emptyFolder(t);
  const store = openFolder(root);
  await publishText(store, 'warm/2026-01-16/a', 'a');
  await publishText(store, 'warm/2026-01-17/a', 'a');
  await fs.writeFile(join(root, 'warm/2026-01-17/.note'), 'of somebody else');
  await store.remove('warm/2026-01-16/a');
  await store.remove('warm/2026-01-17/a');
  assert.deepEqual(await fs.readdir(join(root, 'warm')), ['2026-01-17']);
});

it('a link in an archive is never followed, and is reported', async (t) => {
  const outside = await emptyFolder(t);
  await fs.mkdir(join(outside, 'day'));
  await fs.writeFile(join(outside, 'day/a'), 'outside');
  const root = await emptyFolder(t);
  await fs.mkdir(join(root, 'warm/2026-01-16'), { recursive: true });
  await fs.symlink(outside, join(root, 'cold'));
  await fs.symlink(join(outside, 'day'), join(root, 'warm/day'));
  await fs.symlink(join(outside, 'day/a'), join(root, 'warm/2026-01-16/a'));
  const store = openFolder(root);

  assert.deepEqual(await store.list(''), []);
  assert.deepEqual(await store.strays(), ['cold', 'warm/2026-01-16/a', 'warm/day']);
  for (const path of ['cold', 'cold/day', 'warm/day']) await refusesWith('refused', store.list(path));
  for (const path of ['cold/day/a', 'warm/day/a', 'warm/2026-01-16/a']) {
    await refusesWith('refused', store.open(path));
    await refusesWith('refused', store.settle(path));
    await refusesWith('refused', store.remove(path));
    await refusesWith('refused', store.quarantine(path, 'why'));
  }
  await refusesWith('refused', store.create('cold/day/b'));
  await refusesWith('refused', store.create('warm/day/b'));
  await refusesWith('refused', publishText(store, 'warm/2026-01-16/a', 'mine'));
  const replacement = await store.create('warm/2026-01-16/a');
  await replacement.sync();
  await refusesWith('refused', replacement.replace());
  await replacement.abandon();
  assert.deepEqual(await fs.readdir(join(outside, 'day')), ['a']);
  assert.equal(await fs.readFile(join(outside, 'day/a'), 'utf8'), 'outside');
});

it('a link that appears during the copy is not followed either', async (t) => {
  const outside = await emptyFolder(t);
  const root = await emptyFolder(t);
  const store = openFolder(root);
  const file = await store.create('warm/2026-01-16/a');
  await file.sync();
  await fs.mkdir(join(root, 'warm'));
  await fs.symlink(outside, join(root, 'warm/2026-01-16'));
  await refusesWith('refused', file.publish());
  await refusesWith('refused', file.replace());
  await file.abandon();
  assert.deepEqual(await fs.readdir(outside), []);
});

it('temporary files behind a link, and quarantine behind a link, are refused', async (t) => {
  const outside = await emptyFolder(t);
  const root = await emptyFolder(t);
  await fs.symlink(outside, join(root, '.tmp'));
  await refusesWith('refused', openFolder(root).create('warm/a'));
  assert.deepEqual(await openFolder(root).strays(), ['.tmp']);
  assert.deepEqual(await openFolder(root).sweep(), []);
  await fs.unlink(join(root, '.tmp'));

  await publishText(openFolder(root), 'warm/a', 'a');
  await fs.symlink(outside, join(root, 'quarantine'));
  await refusesWith('refused', openFolder(root).quarantine('warm/a', 'why'));
  assert.deepEqual(await fs.readdir(outside), []);
  assert.equal(await readText(openFolder(root), 'warm/a'), 'a');
});

it('the root itself may be a link, but not to nowhere or to a file', async (t) => {
  const base = await emptyFolder(t);
  await fs.mkdir(join(base, 'real'));
  await fs.symlink('real', join(base, 'archives'));
  const store = openFolder(join(base, 'archives'));
  await publishText(store, 'warm/a', 'a');
  assert.equal(await fs.readFile(join(base, 'real/warm/a'), 'utf8'), 'a');

  await fs.symlink('nowhere', join(base, 'dangling'));
  await refusesWith('refused', openFolder(join(base, 'dangling')).create('warm/a'));
  await fs.writeFile(join(base, 'file'), '');
  await refusesWith('refused', openFolder(join(base, 'file')).create('warm/a'));
  await refusesWith('refused', openFolder(join(base, 'file')).list(''));
});

it('sockets, foreign names and foreign files among the temporary ones are strays and are never swept', async (t) => {
  const root = await emptyFolder(t);
  const store = openFolder(root);
  await publishText(store, 'warm/a', 'a');
  await fs.writeFile(join(root, 'warm', 'back\\slash'), '');
  await fs.writeFile(Buffer.concat([Buffer.from(`${root}/warm/`), Buffer.from([0xff, 0xfe])]), '');
  await fs.writeFile(join(root, '.tmp', 'notes.txt'), 'of somebody else');
  await fs.mkdir(join(root, '.tmp', `${'a'.repeat(32)}.tmp`));
  assert.deepEqual(await filesIn(store, ''), [{ path: 'warm/a', bytes: 1 }]);
  const server = createServer().listen(join(root, 'warm', 'socket'));
  t.after(() => server.close());
  await once(server, 'listening');
  await refusesWith('refused', store.open('warm/socket'));
  const strays = [
    `.tmp/${'a'.repeat(32)}.tmp`,
    '.tmp/notes.txt',
    'warm/back\\slash',
    'warm/socket',
    'warm/\ufffd\ufffd',
  ];
  assert.deepEqual(await store.strays(), strays);
  assert.deepEqual(await store.sweep(), []);
  assert.deepEqual(await store.strays(), strays);
});
