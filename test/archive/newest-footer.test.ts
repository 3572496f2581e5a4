import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newestFooter } from '../../src/archive/newest-footer.ts';
import { MemoryArchive, MemoryPlace } from '../support/archives/memory-archive.ts';
import { sampleSegment } from '../support/archives/sample-segment.ts';

const EARLY = '2026-02-01T02:00:00.000Z';
const LATE = '2026-02-02T02:00:00Z';

async function archiveOf(damage: (content: Buffer) => Buffer = (content) => content): Promise<MemoryArchive> {
  const place = new MemoryPlace();
  const early = await sampleSegment('gzip', 1, 5, { part: 2, archivedAt: EARLY });
  const late = await sampleSegment('gzip', 1, 5, { part: 1, archivedAt: LATE });
  place.files.set('warm/2026-01-16/tool_uses.2.jsonl.gz', early.file.content);
  place.files.set('warm/2026-01-16/tool_uses.jsonl.gz', damage(Buffer.from(late.file.content)));
  return new MemoryArchive(place);
}

const SEGMENTS = [
  { segment: '2026-01-16/tool_uses.2.jsonl.gz', archivedAt: EARLY, digest: null },
  { segment: '2026-01-16/tool_uses.jsonl.gz', archivedAt: LATE, digest: null },
];

test('the columns of a table are those of the segment archived last, whatever its name', async () => {
  assert.equal((await newestFooter(await archiveOf(), SEGMENTS))!.part, 1);
});

test('where that one is damaged, missing or another than its receipt says, the one before tells', async () => {
  const cut = await archiveOf((content) => content.subarray(0, 40));
  assert.equal((await newestFooter(cut, SEGMENTS))!.part, 2);
  const [early, late] = SEGMENTS as [(typeof SEGMENTS)[0], (typeof SEGMENTS)[0]];
  const other = [early, { ...late, digest: 'f'.repeat(64) }];
  assert.equal((await newestFooter(await archiveOf(), other))!.part, 2);
  const missing = [early, { ...late, segment: '2026-01-17/tool_uses.jsonl.gz' }];
  assert.equal((await newestFooter(await archiveOf(), missing))!.part, 2);
  assert.equal(await newestFooter(await archiveOf(), missing.slice(1)), null);
});
