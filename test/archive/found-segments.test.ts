import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredFile } from '../../src/archive/archive-store.ts';
import { segmentsByFooter, segmentsByName } from '../../src/archive/found-segments.ts';
import { bundlePath, warmPath } from '../../src/format/segment-names.ts';
import { publish, publishText } from '../support/archives/archive.ts';
import { MemoryArchive } from '../support/archives/memory-archive.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

const BUNDLE = bundlePath('2026-01');

/** Consolidates after warm has been listed: the bundle appears, and the warm files go. */
class Consolidating extends MemoryArchive {
  consolidate: (() => Promise<void>) | null = null;

  override async list(folder: string): Promise<readonly StoredFile[]> {
    const listed = await super.list(folder);
    if (folder === 'warm') await this.consolidate?.();
    return listed;
  }
}

async function seen(walk: AsyncIterable<{ tier: string; segment: string | null }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { tier, segment } of walk) found.push(`${tier} ${segment}`);
  return found;
}

test('a segment that moves to cold during a walk is met at least once', async () => {
  const { file, inputs } = await sampleBundle(1);
  const [{ name }] = inputs as [(typeof inputs)[0]];
  const { file: segment } = await sampleSegment('gzip', 1, 3);
  for (const [walk, expected] of [
    [segmentsByName, [`warm ${name}`, `cold ${name}`]],
    [segmentsByFooter, [`cold ${name}`]],
  ] as const) {
    const archive = new Consolidating();
    await publish(archive, warmPath(name), segment.content);
    archive.consolidate = async () => {
      await publish(archive, BUNDLE, file.content);
      await archive.remove(warmPath(name));
    };
    assert.deepEqual(await seen(walk(archive)), expected);
  }
});

test('both walks give size, seal and names; only the second reads footers', async () => {
  const { file, inputs } = await sampleBundle(2);
  const { file: segment, footer } = await sampleSegment('gzip', 1, 3);
  const archive = new MemoryArchive();
  await publish(archive, BUNDLE, file.content);
  await publish(archive, warmPath('2026-01-16/tool_uses.jsonl.gz'), segment.content);
  await publishText(archive, warmPath('2026-01-17/tool_uses.jsonl.gz'), 'damaged');
  await publishText(archive, bundlePath('2026-02'), 'damaged');
  const names = await seen(segmentsByName(archive));
  const members = inputs.map(({ name }) => `cold ${name}`);
  assert.deepEqual(names, [
    'warm 2026-01-16/tool_uses.jsonl.gz',
    'warm 2026-01-17/tool_uses.jsonl.gz',
    ...members,
    'cold null',
  ]);
  const footers: string[] = [];
  const unreadable: string[] = [];
  for await (const found of segmentsByFooter(archive)) {
    if ('error' in found) unreadable.push(found.path);
    else footers.push(`${found.tier} ${found.segment} ${found.footer.rows} ${found.digest === null}`);
  }
  assert.deepEqual(unreadable, [warmPath('2026-01-17/tool_uses.jsonl.gz'), bundlePath('2026-02')]);
  assert.deepEqual(footers, [
    `warm 2026-01-16/tool_uses.jsonl.gz ${footer.rows} true`,
    ...members.map((member) => `${member} 120 false`),
  ]);
});
