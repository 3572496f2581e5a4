import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveStore } from '../../src/archive/archive-store.ts';
import { BundleShelf } from '../../src/archive/bundle-shelf.ts';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import { bundlePath } from '../../src/format/segment-names.ts';
import { MemoryArchive, MemoryPlace } from '../support/archives/memory-archive.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';

test('a bundle is opened once for segments in a row, and closed when the last of them is', async () => {
  const { file } = await sampleBundle(4, 2, 20);
  const { month, members } = await openBundle(file, 'bundle');
  const place = new MemoryPlace();
  const path = bundlePath(month);
  const damaged = bundlePath('2031-01');
  place.files.set(path, file.content);
  place.files.set(damaged, file.content.subarray(0, -1));
  const memory = new MemoryArchive(place);
  let [opened, closed] = [0, 0];
  const archive: ArchiveStore = Object.assign(Object.create(memory), {
    open: async (name: string) => {
      const inner = await memory.open(name);
      opened++;
      return { bytes: inner.bytes, read: inner.read, [Symbol.asyncDispose]: async () => void closed++ };
    },
  });
  {
    await using shelf = new BundleShelf(archive);
    for (const { name, bytes } of members) {
      await using stored = await shelf.open(name, 'cold');
      assert.equal(stored!.source.bytes, bytes);
    }
    assert.deepEqual([opened, closed], [1, 0]);
    assert.equal(await shelf.open(members[0]!.name.replace(/[^/]+$/, 'none.jsonl.gz'), 'cold'), null);
    const held = await shelf.open(members[0]!.name, 'cold');
    const other = members[0]!.name.replace(/^\d{4}-\d{2}/, '2031-01');
    await assert.rejects(shelf.open(other, 'cold'), { code: 'integrity' });
    await assert.rejects(shelf.open(other, 'cold'), { code: 'integrity' });
    assert.equal(await shelf.open(members[0]!.name.replace(/^\d{4}/, '2032'), 'cold'), null);
    await held!.source.read(0, 10);
    assert.equal(closed, 1, 'the damaged one; the other is still in use');
    await held![Symbol.asyncDispose]();
  }
  assert.deepEqual([opened, closed], [2, 2]);
});
