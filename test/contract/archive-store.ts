import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { readIdentity } from '../../src/archive/identity.ts';
import {
  filesIn,
  publish,
  publishText,
  readText,
  refusesWith,
  written,
} from '../support/archives/archive.ts';
import { generationTrials } from './archive-generations.ts';
import { ownershipTrials } from './archive-ownership.ts';

/** One place for an archive, new for each test. Each call opens it as another process would. */
export type OpenArchive = () => ArchiveStore;

/**
 * What every archive store owes its callers. `place` makes an empty archive.
 * @param sequences of random changes that are tried: fewer where each takes many requests.
 */
export function archiveStoreContract(
  name: string,
  place: (t: TestContext) => Promise<OpenArchive>,
  sequences = 25,
): void {
  describe(`${name} keeps the archive store's contract`, () => {
    ownershipTrials(place);
    generationTrials(place);

    it('an archive that is not there yet reads as empty', async (t) => {
      const store = (await place(t))();
      assert.deepEqual(await store.list(''), []);
      assert.deepEqual(await store.list('warm/2026-01-16'), []);
      assert.deepEqual(await store.strays(), []);
      assert.deepEqual(await store.sweep(), []);
      assert.equal(await readIdentity(store), null);
      await store.remove('warm/2026-01-16/a.jsonl.gz');
      await refusesWith('not_found', store.open('warm/a'));
      await refusesWith('not_found', store.settle('warm/a'));
      await refusesWith('not_found', store.quarantine('warm/a', 'why'));
    });

    it('a published file reads back byte for byte, also by another process', async (t) => {
      const open = await place(t);
      const file = await open().create('warm/2026-01-16/a.jsonl.gz');
      await file.write(Buffer.from('one '));
      await file.write(new Uint8Array());
      await file.write(Buffer.from('two'));
      assert.equal(file.bytes, 7);
      await file.sync();
      await file.sync();
      assert.equal(Buffer.from(await file.read(4, 3)).toString(), 'two');
      await file.publish();
      assert.equal(await readText(open(), 'warm/2026-01-16/a.jsonl.gz'), 'one two');
      assert.deepEqual(await filesIn(open(), ''), [{ path: 'warm/2026-01-16/a.jsonl.gz', bytes: 7 }]);
    });

    it('an empty file can be published', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/empty', '');
      assert.deepEqual(await filesIn(open(), 'warm'), [{ path: 'warm/empty', bytes: 0 }]);
      assert.equal(await readText(open(), 'warm/empty'), '');
    });

    it('nobody sees a file before it is published', async (t) => {
      const open = await place(t);
      const file = await written(open(), 'warm/a', 'text');
      assert.deepEqual(await open().list(''), []);
      assert.deepEqual(await open().strays(), []);
      await refusesWith('not_found', open().open('warm/a'));
      await file.abandon();
    });

    it('publishing refuses a taken name and leaves its holder as it is', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/a', 'first');
      const second = await written(open(), 'warm/a', 'the second');
      await refusesWith('refused', second.publish());
      assert.equal(await readText(open(), 'warm/a'), 'first');
      await second.abandon();
      assert.deepEqual(await filesIn(open(), ''), [{ path: 'warm/a', bytes: 5 }]);
      assert.deepEqual(await open().sweep(), []);
    });

    it('of several publishers of one name exactly one succeeds', async (t) => {
      const open = await place(t);
      const files = await Promise.all(
        Array.from({ length: 8 }, (_, n) => written(open(), 'warm/2026-01-16/a', `from ${n}`)),
      );
      const results = await Promise.allSettled(files.map((file) => file.publish()));
      const winners = results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
      assert.equal(winners.length, 1);
      for (const result of results) {
        if (result.status === 'rejected') assert.equal(result.reason.code, 'refused');
      }
      assert.equal(await readText(open(), 'warm/2026-01-16/a'), `from ${winners[0]}`);
      await Promise.all(files.map((file) => file.abandon()));
      assert.equal((await open().list('')).length, 1);
    });

    it('only durable bytes get a name, and nothing is written after they are durable', async (t) => {
      const open = await place(t);
      const file = await open().create('warm/a');
      await file.write(Buffer.from('text'));
      await refusesWith('refused', file.publish());
      await refusesWith('refused', file.replace());
      await refusesWith('refused', file.read(0, 1));
      await file.sync();
      await refusesWith('refused', file.write(Buffer.from('more')));
      await file.publish();
      await refusesWith('refused', file.publish());
      await refusesWith('refused', file.replace());
      assert.equal(await readText(open(), 'warm/a'), 'text');
    });

    it('replacing takes the place of the holder, or of nothing', async (t) => {
      const open = await place(t);
      for (const text of ['first', 'and second', '3rd']) {
        const file = await written(open(), 'cold/2026/2026-01.tar.gz', text);
        await file.replace();
        assert.equal(await readText(open(), 'cold/2026/2026-01.tar.gz'), text);
      }
      assert.equal((await open().list('')).length, 1);
      assert.deepEqual(await open().sweep(), []);
    });

    it('an abandoned file leaves nothing, and abandoning again, or after publishing, changes nothing', async (t) => {
      const open = await place(t);
      const unfinished = await open().create('warm/a');
      await unfinished.write(Buffer.from('text'));
      await unfinished.abandon();
      await unfinished.abandon();
      await refusesWith('refused', unfinished.sync());
      assert.deepEqual(await open().list(''), []);
      assert.deepEqual(await open().sweep(), []);

      const finished = await written(open(), 'warm/b', 'text');
      await finished.publish();
      await finished.abandon();
      assert.equal(await readText(open(), 'warm/b'), 'text');
    });

    it('reading past the end is an integrity error, whatever length is asked for', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/a', 'four');
      await using file = await open().open('warm/a');
      assert.equal(file.bytes, 4);
      assert.equal((await file.read(4, 0)).length, 0);
      for (const [offset, length] of [
        [0, 5],
        [4, 1],
        [5, 0],
        [2, 2 ** 40],
        [-1, 2],
        [0, -1],
        [Number.NaN, 1],
      ] as const) {
        await refusesWith('integrity', file.read(offset, length));
      }
      const pending = await written(open(), 'warm/b', 'four');
      await refusesWith('integrity', pending.read(2, 3));
      await pending.abandon();
    });

    it('a removed file is gone, its neighbours stay, and removing again does nothing', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/2026-01-16/a', 'a');
      await publishText(open(), 'warm/2026-01-16/b', 'b');
      await open().remove('warm/2026-01-16/a');
      await open().remove('warm/2026-01-16/a');
      await refusesWith('not_found', open().open('warm/2026-01-16/a'));
      assert.deepEqual(await filesIn(open(), 'warm'), [{ path: 'warm/2026-01-16/b', bytes: 1 }]);
      await open().remove('warm/2026-01-16/b');
      assert.deepEqual(await open().list(''), []);
      await publishText(open(), 'warm/2026-01-16/a', 'again');
      assert.equal(await readText(open(), 'warm/2026-01-16/a'), 'again');
    });

    it('quarantine keeps the bytes, says why beside them, and never overwrites', async (t) => {
      const open = await place(t);
      const moved: string[] = [];
      for (const text of ['first', 'second', 'third']) {
        await publishText(open(), 'warm/2026-01-16/a.jsonl.gz', text);
        const path = await open().quarantine('warm/2026-01-16/a.jsonl.gz', `The ${text} is damaged.`);
        assert.ok(path.startsWith('quarantine/'));
        assert.equal(await readText(open(), path), text);
        const note = await readText(open(), `${path}.note.txt`);
        assert.match(note, new RegExp(`The ${text} is damaged\\.`));
        assert.match(note, /warm\/2026-01-16\/a\.jsonl\.gz/);
        moved.push(path);
      }
      assert.equal(new Set(moved).size, 3);
      assert.deepEqual(await open().list('warm'), []);
      assert.equal((await open().list('quarantine')).length, 6);
      await refusesWith('refused', open().quarantine(moved[0]!, 'again'));
    });

    it('sweeping removes what another process left and nothing else', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/a', 'a');
      const left = [await written(open(), 'warm/b', 'b'), await open().create('warm/c')];
      const store = open();
      const own = await written(store, 'warm/d', 'd');
      const swept = await store.sweep();
      assert.equal(swept.length, left.length);
      assert.deepEqual(await store.sweep(), []);
      await own.publish();
      assert.deepEqual(
        (await open().list('')).map((file) => file.path),
        ['warm/a', 'warm/d'],
      );
      for (const file of left) await file.abandon();
    });

    it('a found file can be settled as often as one likes', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/2026-01-16/a', 'a');
      const store = open();
      await store.settle('warm/2026-01-16/a');
      await store.settle('warm/2026-01-16/a');
      assert.equal(await readText(store, 'warm/2026-01-16/a'), 'a');
    });

    it('a folder is listed with all below it, sorted, and without names that only begin alike', async (t) => {
      const open = await place(t);
      const paths = [
        'cold/2026/2026-01.tar.gz',
        'warm/2026-01-16/a',
        'warm/2026-01-16/a.2',
        'warm/2026-01-2/a',
        'warmth/a',
      ];
      for (const path of paths.toReversed()) await publishText(open(), path, path);
      const listed = async (prefix: string) => (await open().list(prefix)).map((file) => file.path);
      assert.deepEqual(await listed(''), paths);
      assert.deepEqual(await listed('warm'), paths.slice(1, 4));
      assert.deepEqual(await listed('warm/2026-01-16'), paths.slice(1, 3));
      assert.deepEqual(await listed('warm/2026-01'), []);
      assert.deepEqual(await listed('warm/2026-01-16/a'), []);
    });

    it('paths that leave the archive, or mean two things, are refused everywhere', async (t) => {
      const open = await place(t);
      await publishText(open(), 'warm/a', 'a');
      const store = open();
      for (const path of HOSTILE) {
        await refusesWith('refused', store.list(path));
        await refusesWith('refused', store.create(path));
        await refusesWith('refused', store.open(path));
        await refusesWith('refused', store.settle(path));
        await refusesWith('refused', store.remove(path));
        await refusesWith('refused', store.quarantine(path, 'why'));
      }
      await refusesWith('refused', store.create(''));
      await refusesWith('refused', store.open(''));
      assert.deepEqual(await filesIn(open(), ''), [{ path: 'warm/a', bytes: 1 }]);
    });

    it('any sequence of publishing, replacing, removing and quarantine leaves what a map would hold', async (t) => {
      const path = fc.constantFrom('warm/d1/a', 'warm/d1/b', 'warm/d2/a', 'cold/2026/m.tar.gz');
      const step = fc.record({ act: fc.constantFrom('publish', 'replace', 'remove', 'quarantine'), path });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const open = await place(t);
          const expected = new Map<string, string>();
          for (const [n, { act, path }] of steps.entries()) await play(open(), expected, act, path, `${n}`);
          const found = new Map<string, string>();
          for (const { path } of await open().list('')) {
            if (!path.startsWith('quarantine/')) found.set(path, await readText(open(), path));
          }
          assert.deepEqual(found, new Map([...expected].sort()));
        }),
        { numRuns: sequences },
      );
    });
  });
}

const HOSTILE = [
  '/warm/a',
  '..',
  '../a',
  'warm/../../a',
  'warm/../a',
  './warm/a',
  'warm/.',
  'warm//a',
  'warm/',
  'warm\\a',
  'warm/a\0',
  '.tmp',
  '.tmp/a',
  'warm/\ud800',
];

async function play(
  store: ArchiveStore,
  model: Map<string, string>,
  act: string,
  path: string,
  text: string,
): Promise<void> {
  switch (act) {
    case 'publish':
      if (model.has(path)) return await refusesWith('refused', publish(store, path, Buffer.from(text)));
      model.set(path, text);
      return await publish(store, path, Buffer.from(text));
    case 'replace': {
      model.set(path, text);
      const file = await written(store, path, text);
      return await file.replace();
    }
    case 'remove':
      model.delete(path);
      return await store.remove(path);
    default:
      if (!model.delete(path)) return await refusesWith('not_found', store.quarantine(path, 'why'));
      await store.quarantine(path, 'why');
  }
}
