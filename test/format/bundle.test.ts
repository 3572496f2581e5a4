import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBundle } from '../../src/format/bundle/bundle-reader.ts';
import { type BundleInput, writeBundle } from '../../src/format/bundle/bundle-writer.ts';
import { proveBundle } from '../../src/format/bundle/prove-bundle.ts';
import { provenFooter } from '../../src/format/segment/prove.ts';
import { openSegment } from '../../src/format/segment/segment-reader.ts';
import { segmentName } from '../../src/format/segment-names.ts';
import { MemoryFile } from '../support/archives/memory-file.ts';
import { sampleBundle } from '../support/archives/sample-bundle.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

test('a bundle gives back each segment byte for byte', async () => {
  const { file, inputs } = await sampleBundle(5);
  const bundle = await openBundle(file, 'bundle');
  assert.equal(bundle.members.length, inputs.length);
  for (const { name, source } of inputs) {
    const view = bundle.open(name)!;
    assert.deepEqual(await view.read(0, view.bytes), await source.read(0, source.bytes));
    assert.equal((await provenFooter(view, name)).rows, 120);
  }
  assert.equal(bundle.open('2026-01-01/other.jsonl.gz'), null);
  assert.deepEqual(await proveBundle(file, 'bundle'), {
    month: bundle.month,
    members: bundle.members,
    digest: bundle.digest,
  });
});

test('any range of a member longer than a stored block reads right', async () => {
  const name = segmentName('tool_uses', '2026-01-16', 1, 'none');
  const { file: segment } = await sampleSegment('none', 3, 800);
  assert.ok(segment.bytes > 3 * 65_535);
  const file = new MemoryFile();
  await writeBundle(file, '2026-01', [{ name, source: segment }]);
  const view = (await openBundle(file, 'bundle')).open(name)!;
  const edges = [0, 1, 65_022, 65_023, 65_024, 65_535, 130_557, 130_558, 130_559, segment.bytes - 1];
  for (const from of edges) {
    for (const to of edges.filter((edge) => edge >= from)) {
      const expected = segment.content.subarray(from, to + 1);
      assert.ok(expected.equals(await view.read(from, to + 1 - from)), `${from} to ${to}`);
    }
  }
  await assert.rejects(view.read(segment.bytes - 1, 2), { code: 'integrity' });
  await proveBundle(file, 'bundle');
});

test('one segment of a month is read with less than 5 % of its bytes touched', async () => {
  const { file, inputs } = await sampleBundle(31, 12, 400);
  const bundle = await openBundle(file, 'bundle');
  const { name } = inputs[15]!;
  const reader = await openSegment(bundle.open(name)!, name);
  assert.equal((await reader.readAll()).length, 4800);
  assert.ok(file.bytesRead < file.bytes * 0.05, `${file.bytesRead} of ${file.bytes}`);
});

test('a segment out of order, twice or of another month is refused', async () => {
  const { inputs } = await sampleBundle(2);
  const [first, second] = inputs as [BundleInput, BundleInput];
  for (const wrong of [[second, first], [first, first], []]) {
    await assert.rejects(writeBundle(new MemoryFile(), '2026-01', wrong), { code: 'refused' });
  }
  await assert.rejects(writeBundle(new MemoryFile(), '2026-02', inputs), { code: 'refused' });
});

test('a damaged segment is not bundled', async () => {
  const { inputs } = await sampleBundle(1);
  const source = (inputs[0]!.source as MemoryFile).flipped(100, 1);
  await assert.rejects(writeBundle(new MemoryFile(), '2026-01', [{ name: inputs[0]!.name, source }]), {
    code: 'integrity',
  });
});

test('a name longer than a tar header holds is kept', async () => {
  const name = segmentName('t'.repeat(200), '2026-01-16', 1, 'gzip');
  const { file: source } = await sampleSegment('gzip', 1, 10);
  const file = new MemoryFile();
  await writeBundle(file, '2026-01', [{ name, source }]);
  const { members } = await proveBundle(file, 'bundle');
  assert.equal(members[0]!.name, name);
  assert.equal(members[0]!.headerBytes, 1536);
});
