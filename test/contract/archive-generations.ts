import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { openStored, openStoredBundle } from '../../src/archive/stored-segment.ts';
import type { BundleInput } from '../../src/format/bundle/bundle-writer.ts';
import type { ByteSource } from '../../src/format/segment/segment.ts';
import { bundlePath, warmPath } from '../../src/format/segment-names.ts';
import { publish, publishText, refusesWith, written } from '../support/archives/archive.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import type { OpenArchive } from './archive-store.ts';

/** An open file goes on reading what it opened, whatever becomes of its name. */
export function generationTrials(place: (t: TestContext) => Promise<OpenArchive>): void {
  it('an open file keeps its generation when its name is replaced, removed, quarantined or given again', async (t) => {
    const open = await place(t);
    const path = 'cold/2026/2026-01.tar.gz';
    await publishText(open(), path, 'the first');
    await using first = await open().open(path);
    const keeps = async (after: string): Promise<void> => {
      assert.equal(first.bytes, 9, after);
      assert.equal(Buffer.from(await first.read(0, 9)).toString(), 'the first', after);
      assert.equal(Buffer.from(await first.read(4, 5)).toString(), 'first', after);
      await refusesWith('integrity', first.read(0, 10));
    };
    await (await written(open(), path, 'the second, which is longer')).replace();
    await keeps('replaced');
    await using second = await open().open(path);
    await open().remove(path);
    await keeps('removed');
    await publishText(open(), path, '3rd');
    await keeps('given again');
    await open().quarantine(path, 'why');
    await keeps('quarantined');
    assert.equal(Buffer.from(await second.read(0, second.bytes)).toString(), 'the second, which is longer');
    await refusesWith('not_found', open().open(path));
  });

  it('a segment and a bundle stay readable to whoever opened them, whatever becomes of their files', async (t) => {
    const open = await place(t);
    const one = await sampleBundle(2);
    const other = await sampleBundle(1);
    const [{ name, source }, { name: later }] = one.inputs as [BundleInput, BundleInput];
    const bytesOf = async (from: ByteSource) => Buffer.from(await from.read(0, from.bytes));
    const sealed = await bytesOf(source);
    const bundle = bundlePath(name.slice(0, 7));
    await publish(open(), bundle, one.file.content);
    await publish(open(), warmPath(name), sealed);
    await using warm = await openStored(open(), name, 'warm');
    await using cold = await openStored(open(), later, 'cold');
    await using whole = await openStoredBundle(open(), bundle);
    await open().remove(warmPath(name));
    const next = await open().create(bundle);
    await next.write(other.file.content);
    await next.sync();
    await next.replace();
    assert.equal(await openStored(open(), name, 'warm'), null);
    assert.equal(await openStored(open(), later, 'cold'), null);
    assert.deepEqual(await bytesOf(warm!.source), sealed);
    assert.deepEqual(await bytesOf(cold!.source), await bytesOf(one.inputs[1]!.source));
    assert.deepEqual(await bytesOf(whole!.bundle.open(name)!), sealed);
  });
}
